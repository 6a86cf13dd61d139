"""What a person sees while a night runs: one line that moves on a terminal, a few plain lines elsewhere."""

import sys
import time


class Progress:
    """Lines on standard error; names of steps and counts only, never a value of a row."""

    def __init__(self) -> None:
        self.live = sys.stderr.isatty()
        self.started = time.monotonic()
        self.step = ""
        self.rows = 0
        self.since = self.started
        self.seconds: dict[str, float] = {}

    def begin(self, step: str) -> None:
        self.step, self.rows, self.since = step, 0, time.monotonic()
        self._show("")

    def tick(self, rows: int) -> None:
        self.rows += rows
        rate = self.rows / max(time.monotonic() - self.since, 0.001)
        self._show(f"{self.rows:,} rows, {rate:,.0f} a second")

    def end(self) -> None:
        seconds = time.monotonic() - self.since
        self.seconds[self.step] = round(seconds, 3)
        text = f"{self.step:<14} {seconds:7.1f} s" + (f"  {self.rows:,} rows" if self.rows else "")
        print(("\r\x1b[2K" if self.live else "") + text, file=sys.stderr, flush=True)

    def _show(self, text: str) -> None:
        if self.live:
            print(f"\r\x1b[2K{self.step:<14} {text}", end="", file=sys.stderr, flush=True)

    def note(self, text: str) -> None:
        print(text, file=sys.stderr, flush=True)
