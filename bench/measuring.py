"""A command as a whole process: how long it takes, what it holds in memory and on disk, and how long each step of a night."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

CHECKOUT = Path(__file__).resolve().parent.parent
SAMPLE_SECONDS = 0.2


@dataclass(frozen=True)
class Measured:
    """One process and its children: seconds of wall and CPU, peak resident bytes, most bytes spilled, step -> seconds."""

    wall: float
    cpu: float
    peak: int
    spill: int = 0
    steps: dict[str, float] = field(default_factory=dict)


def measure(command: list[str], spilled: Callable[[], int] = lambda: 0) -> Measured:
    """Run a command to its end and measure it; a failing command stops the benchmark. ``spilled``: bytes at a moment."""
    before, started, peak, spill = os.times(), time.perf_counter(), 0, 0
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8") as said,
        tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as complained,
    ):
        with subprocess.Popen(command, cwd=CHECKOUT, stdout=said, stderr=complained) as process:
            while process.poll() is None:
                peak, spill = max(peak, resident(process.pid)), max(spill, spilled())
                time.sleep(SAMPLE_SECONDS)
        wall, after = time.perf_counter() - started, os.times()
        if process.returncode:
            complained.seek(0)
            sys.exit(f"bench: {' '.join(command)} failed:\n{complained.read()}")
        said.seek(0)
        cpu = after.children_user + after.children_system - before.children_user - before.children_system
        return Measured(wall, cpu, peak, spill, steps_of(said))


def steps_of(lines: Iterable[str]) -> dict[str, float]:
    """Step -> seconds, from what ``nightly --json`` says; nothing from any other command."""
    events = [json.loads(line) for line in lines if line.startswith("{")]
    return {e["step"]: e["seconds"] for e in events if e.get("event") == "step" and e.get("state") == "done"}


def middle(runs: list[Measured]) -> Measured:
    """The median of each figure by itself."""
    figures = {name: median(getattr(run, name) for run in runs) for name in ("wall", "cpu", "peak", "spill")}
    return Measured(**figures, steps={step: median(run.steps[step] for run in runs) for step in runs[0].steps})


def resident(pid: int) -> int:
    """Resident bytes of a process and its descendants; a page that several share counts once (proportional set size)."""
    total, waiting = 0, [pid]
    while waiting:
        here = waiting.pop()
        try:
            told = Path(f"/proc/{here}/smaps_rollup").read_text()
            total += int(told.partition("\nPss:")[2].split()[0]) << 10
        except (OSError, IndexError, ValueError):
            continue
        waiting += children(here)
    return total


def children(pid: int) -> list[int]:
    """The processes that a process has started and that still run; none of one that has ended."""
    found = []
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            with suppress(OSError):  # a thread may have ended since
                found += map(int, (task / "children").read_text().split())
    return found


def spilled_below(warehouse: Path) -> int:
    """Bytes that the engine keeps on disk for want of memory."""
    total = 0
    for file in warehouse.glob(str(Path(".runs", "*", "work", "spill", "*"))):
        try:
            total += file.stat().st_size
        except OSError:
            continue
    return total
