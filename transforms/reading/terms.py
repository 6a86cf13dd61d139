"""What the rows of a night are judged by."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from contracts.site import NO_SITE, Site


@dataclass(frozen=True)
class Terms:
    """What a row is judged by: the as-of date, the first day of the look-back, the file that says whose rows are carried on
    (None: everybody's), what the bureau adds to the contract, and the reasons of a deregistration that put a person in
    question; for how many months after the paid one an employee is covered."""

    as_of: date
    since: date
    wanted: Path | None = None
    site: Site = NO_SITE
    gone: tuple[str, ...] = ("death",)
    grace: int = 0
