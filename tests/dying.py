"""Nights in processes of their own that are killed: from outside at a moment, or by themselves at a place in the code.

A server that has imported everything forks them, so that a night costs no start of the interpreter: only the night itself.
"""

import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import expectations.gate
import flows.nightly
import flows.report
import flows.report.checks
from flows import dataset_files, disk, ingest, publish_step, steps, warehouse
from flows.__main__ import main

#: Where a night can be told to die: before and after each step, and around everything that publishing does.
STEPS = tuple(f"{when} {step}" for step in steps.STEPS for when in ("before", "after"))
PUBLISHING = {
    "write": (dataset_files, "write"),
    "manifest": (dataset_files, "write_json"),
    "page": (flows.report.checks, "write"),
    "report": (flows.report, "write"),
    "clean": (publish_step, "_remove_work"),
    "sync": (disk, "sync_tree"),
    "link": (warehouse.Warehouse, "_link"),
    "sweep": (warehouse.Warehouse, "sweep"),
    "run folder": (warehouse.Warehouse, "new_run"),
}
PLACES = STEPS + tuple(
    f"{when} {name}{f' {n}' if n > 1 else ''}"
    for name in PUBLISHING
    for n in range(1, {"write": 9, "link": 2}.get(name, 1) + 1)
    for when in ("before", "after")
)


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _around(owner: object, attribute: str, name: str, place: str) -> None:
    """Die before or after the n-th call of ``owner.attribute``."""
    real, calls = getattr(owner, attribute), iter(range(1, 1_000_000))

    def watched(*args, **kwargs):
        n = next(calls)
        label = f"{name}{f' {n}' if n > 1 else ''}"
        if place == f"before {label}":
            _die()
        result = real(*args, **kwargs)
        if place == f"after {label}":
            _die()
        return result

    setattr(owner, attribute, watched)


def _run(arguments: list[str], key_file: str, place: str, said: str) -> None:
    os.environ["ONECOVER_KEY_FILE"] = key_file
    for variable in ("PREFECT_API_URL", "ONECOVER_AS_OF"):
        os.environ.pop(variable, None)
    with Path(said).open("w", encoding="utf-8") as told:
        sys.stdout = sys.stderr = told
        for step, function in steps.STEPS.items():
            steps.STEPS[step] = _step(step, function, place)
        for name, (owner, attribute) in PUBLISHING.items():
            _around(owner, attribute, name, place)
        status = main(arguments)
        told.flush()
        os._exit(status)


def _step(name: str, function: Callable, place: str) -> Callable:
    def watched(of) -> None:
        if place == f"before {name}":
            _die()
        function(of)
        if place == f"after {name}":
            _die()

    return watched


class Nights:
    """Starts nights. ``said``: the file for what they print."""

    def __init__(self, key_file: Path, said: Path):
        self.context = multiprocessing.get_context("forkserver")
        self.context.set_forkserver_preload(["dying", "great_expectations.expectations"])
        self.key_file, self.said = key_file, said

    def start(self, arguments: list[str], place: str = "") -> multiprocessing.Process:
        process = self.context.Process(target=_run, args=(arguments, str(self.key_file), place, str(self.said)))
        process.start()
        return process

    def whole(self, arguments: list[str]) -> float:
        """A night to its end; returns its seconds."""
        begun = time.monotonic()
        process = self.start(arguments)
        process.join(120)
        assert process.exitcode == 0, self.said.read_text(encoding="utf-8")
        return time.monotonic() - begun

    def killed_at(self, arguments: list[str], place: str) -> None:
        """A night that dies at ``place``; it must come there."""
        process = self.start(arguments, place)
        process.join(120)
        assert process.exitcode == -signal.SIGKILL, f"{place}: {process.exitcode} {self.said.read_text(encoding='utf-8')}"

    def killed_after(self, arguments: list[str], seconds: float) -> int:
        """A night killed after ``seconds``; returns how it ended: it may have been faster."""
        process = self.start(arguments)
        process.join(seconds)
        process.kill()
        process.join(60)
        return process.exitcode


__all__ = ["PLACES", "PUBLISHING", "STEPS", "Nights", "expectations", "ingest"]
