"""What a person or a program sees while a night runs: steps, rows, counts; never a value of a row.

For a person on a terminal one line that moves, elsewhere a line for each step, on standard error. For a program (``--json``)
one JSON object a line on standard output, and nothing else there (docs/datasets.md).
"""

import json
import os
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TextIO

#: How often a program is told how far a step is, in seconds.
EVERY = 1.0


class Progress:
    """For a person. ``seconds``: step -> how long it took."""

    def __init__(self) -> None:
        self.live = is_terminal(sys.stderr)
        self.seconds: dict[str, float] = {}
        self.begin("")

    def begin(self, step: str) -> None:
        self.step, self.since = step, time.monotonic()
        self.rows, self.work, self.done, self.table = 0, 0.0, 0.0, ""
        if step:
            self._begun()

    def expect(self, work: float) -> None:
        """How much there is to do in this step, in whatever unit `tick` counts."""
        self.work += work

    def tick(self, rows: int, work: float) -> None:
        """So many more rows, and so much more of the work, are done."""
        self.rows += rows
        self.done += work
        self._show()

    def at(self, table: str) -> None:
        """What is being made."""
        self.table = table
        self._show()

    def end(self) -> None:
        self.seconds[self.step] = round(time.monotonic() - self.since, 3)
        self._ended()

    @property
    def rate(self) -> float:
        """Rows a second."""
        return self.rows / max(time.monotonic() - self.since, 0.001)

    @property
    def remaining(self) -> float | None:
        """Seconds, as things have gone so far; None where nothing is known."""
        if not 0 < self.done <= self.work:
            return None
        return (time.monotonic() - self.since) * (self.work / self.done - 1)

    def note(self, text: str) -> None:
        tell(text, sys.stderr)

    def _begun(self) -> None:
        self._show()

    def _show(self) -> None:
        if not self.live:
            return
        told = [f"{self.rows:,} rows, {self.rate:,.0f} a second"] if self.rows else []
        told += [f"{self.remaining:,.0f} s left"] if self.remaining is not None else []
        told += [self.table] if self.table else []
        tell(f"\r\x1b[2K{self.step:<14} {', '.join(told)}", sys.stderr, end="")

    def _ended(self) -> None:
        text = f"{self.step:<14} {self.seconds[self.step]:7.1f} s" + (f"  {self.rows:,} rows" if self.rows else "")
        tell(("\r\x1b[2K" if self.live else "") + text, sys.stderr)


class Lines(Progress):
    """For a program."""

    def __init__(self) -> None:
        super().__init__()
        self.told = 0.0

    def note(self, text: str) -> None:
        say("note", text=text)

    def _begun(self) -> None:
        say("step", state="started", step=self.step)

    def _show(self) -> None:
        if time.monotonic() - self.told < EVERY:
            return
        self.told = time.monotonic()
        left = None if self.remaining is None else round(self.remaining, 1)
        say("progress", step=self.step, rows=self.rows, rows_per_second=round(self.rate), seconds_remaining=left, table=self.table or None)

    def _ended(self) -> None:
        say("step", state="done", step=self.step, seconds=self.seconds[self.step], rows=self.rows or None)


def say(event: str, **told: object) -> None:
    """One line of JSON for a program; what is not known is left out."""
    tell(json.dumps({"event": event} | {k: v for k, v in told.items() if v is not None}, ensure_ascii=False), sys.stdout)


def warn(text: str) -> None:
    """What went wrong without being a failure."""
    tell(f"warning: {text}", sys.stderr)


def tell(text: str, stream: TextIO | None, end: str = "\n") -> OSError | None:
    """Write to whoever listens. Nothing fails for want of a listener: a stream that was closed, whose reader has gone or whose disk is
    full is written no more, and what it cannot spell is escaped. Returns why it cannot be written, if so."""
    if stream is None:  # print would take standard output in its place
        return None
    encoding = getattr(stream, "encoding", None) or "utf-8"
    try:
        print(text.encode(encoding, "backslashreplace").decode(encoding), end=end, file=stream, flush=True)
    except (OSError, ValueError) as error:
        _deafen(stream)
        return error if isinstance(error, OSError) else None
    return None


def is_terminal(stream: TextIO | None) -> bool:
    with suppress(OSError, ValueError, AttributeError):
        return stream.isatty()
    return False


def _deafen(stream: TextIO) -> None:
    """What is still to be written, at the end of the process, too, goes nowhere."""
    with suppress(OSError, ValueError), Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), stream.fileno())
