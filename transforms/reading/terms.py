"""The settings that the reading of a row depends on."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from contracts.site import NO_SITE, Site


@dataclass(frozen=True)
class Terms:
    """``since``: the first day of the look-back. ``wanted``: the folder that says whose rows are kept (wanted.py); None: everybody's.
    ``site``: what the bureau adds to the contract. ``gone``: the reasons of a deregistration that put a person in question. ``grace``:
    for how many months after the last paid one an employee stays covered (payment_grace_months)."""

    as_of: date
    since: date
    wanted: Path | None = None
    site: Site = NO_SITE
    gone: tuple[str, ...] = ("death",)
    grace: int = 0
