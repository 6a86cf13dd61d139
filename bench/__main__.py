"""``python -m bench --persons N``: generate N persons once, then measure floor and night in turn, whole processes.

Prints wall and CPU seconds, peak resident memory (the sum over the processes of a run, sampled) and the ratio.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
OUT = CHECKOUT / "bench" / "out"
AS_OF = "2026-11-22"
SAMPLE_SECONDS = 0.05


@dataclass(frozen=True)
class Measured:
    """One process and its children: seconds of wall and CPU, peak resident bytes."""

    wall: float
    cpu: float
    peak: int


def measure(command: list[str]) -> Measured:
    """Run a command to its end and measure it; a failing command stops the benchmark."""
    before, started, peak = os.times(), time.perf_counter(), 0
    with subprocess.Popen(command, cwd=CHECKOUT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        while process.poll() is None:
            peak = max(peak, resident(process.pid))
            time.sleep(SAMPLE_SECONDS)
        told = process.stderr.read().decode(errors="replace")
    if process.returncode:
        sys.exit(f"bench: {' '.join(command)} failed:\n{told}")
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return Measured(time.perf_counter() - started, cpu, peak)


def resident(pid: int) -> int:
    """Resident bytes of a process and its descendants; pages they share are counted once for each."""
    total, waiting = 0, [pid]
    while waiting:
        here = waiting.pop()
        try:
            total += int(Path(f"/proc/{here}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
            for task in Path(f"/proc/{here}/task").iterdir():
                waiting += map(int, (task / "children").read_text().split())
        except (OSError, IndexError, ValueError):
            continue
    return total


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__.splitlines()[0])
    parser.add_argument("--persons", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--memory", default="3GB", help="--memory of the night")
    options = parser.parse_args()
    data = OUT / f"persons-{options.persons}"
    if not (data / "truth").exists():
        generate = [
            sys.executable,
            "-m",
            "sample_data.generate",
            "--persons",
            str(options.persons),
            "--seed",
            "11",
            "--as-of",
            AS_OF,
            "--out",
            str(data),
            "--format",
            "parquet",
        ]
        subprocess.run(generate, cwd=CHECKOUT, check=True)
    inbox, warehouse, scratch = data / "inbox", OUT / "warehouse", OUT / "scratch"
    night = [
        sys.executable,
        "-m",
        "flows",
        "nightly",
        "--as-of",
        AS_OF,
        "--inbox",
        str(inbox),
        "--warehouse",
        str(warehouse),
        "--memory",
        options.memory,
    ]
    floor = [sys.executable, "-m", "bench.floor", str(inbox), str(warehouse / "current"), str(scratch)]
    nights, floors = [], []
    for n in range(options.rounds):
        shutil.rmtree(warehouse, ignore_errors=True)
        nights.append(measure(night))
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir(parents=True)
        floors.append(measure(floor))
        print(f"round {n + 1}: night {nights[-1].wall:.1f} s, floor {floors[-1].wall:.1f} s", flush=True)
    for name, runs in (("floor", floors), ("night", nights)):
        wall, cpu, peak = (statistics.median(getattr(r, f) for r in runs) for f in ("wall", "cpu", "peak"))
        print(f"{name:<6} wall {wall:8.1f} s   cpu {cpu:8.1f} s   peak {peak / 2**30:6.2f} GiB")
    print(f"night / floor = {statistics.median(r.wall for r in nights) / statistics.median(r.wall for r in floors):.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
