"""One file of an extract, and what opening it gives: parts that worker processes read side by side."""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa

from contracts.extracts import Extract
from contracts.model import Field
from contracts.site import NO_SITE, Site
from flows.errors import UnreadableFile

#: A day, alone or with the time of day behind it.
_MONTH, _DAY, _TIME = "(0[1-9]|1[0-2])", "(0[1-9]|[12][0-9]|3[01])", "(?:(?:[01][0-9]|2[0-3])(?:[0-5][0-9]){0,2})?"
_DATES = (
    re.compile(rf"(?<![0-9])(20[0-9]{{2}})[-_.]?{_MONTH}[-_.]?{_DAY}{_TIME}(?![0-9])"),
    re.compile("(?<![0-9])(20[0-9]{2})年([0-9]{1,2})月([0-9]{1,2})日"),
)
_CERTIFICATE = re.compile(r"(?<![0-9])(?:[0-9]{15}|[0-9]{17}[0-9Xx])(?![0-9])")
#: Columns of text that hold few values many times over.
_FEW_VALUED = frozenset({"payer_certno", "nat_regn_code", "emp_name", "crter_name", "school_name", "source", "reason", "funding"})
#: (rows before it in the file, table), or where rows are picked their numbers instead.
Batches = Iterator[tuple[int, pa.Table]]
Picked = Iterator[tuple[np.ndarray, pa.Table]]


@dataclass
class SourceFile:
    """One file of an extract. ``columns``: contract column -> header in the file; ``extra``: headers left out;
    ``sheets_left_out``: sheets of a workbook that do not carry the header; ``site``: what the bureau adds to the contract."""

    extract: Extract
    path: Path
    name: str
    number: int
    columns: dict[str, str] = field(default_factory=dict)
    extra: list[str] = field(default_factory=list)
    encoding: str = ""
    sheets_left_out: list[str] = field(default_factory=list)
    site: Site = NO_SITE

    def own_date(self) -> date:
        """The date in the file's name, else the day of its last modification (UTC)."""
        return date_in_name(self.path.name) or datetime.fromtimestamp(self.path.stat().st_mtime, UTC).date()

    def unreadable(self, place: str, expected: str) -> UnreadableFile:
        return UnreadableFile(self.name, place, expected)


@dataclass(frozen=True)
class Unit:
    """A part of a file that can be sent to a worker process, and read more than once with the same rows each time.

    Called, it gives batches of (rows before the batch in the file, table), one chunk per column. ``pick`` reads some rows
    without the others, where the form of the file allows it.
    """

    read: Callable[[], Batches]
    pick: Callable[[np.ndarray], Picked] | None = None

    def __call__(self) -> Batches:
        return self.read()

    def at(self, numbers: np.ndarray) -> Picked:
        """The rows of the part with these ``numbers`` (from 1 in the file, rising): batches of (numbers, table)."""
        if self.pick:
            yield from self.pick(numbers)
            return
        for before, table in self.read():
            here = numbers[(numbers > before) & (numbers <= before + len(table))]
            if len(here):
                yield here, table.take(pa.array(here - before - 1))


@dataclass(frozen=True)
class Rows:
    """A file opened for reading: its parts under the contract's column names, to be gone through once."""

    units: Iterable[Unit]


def date_in_name(name: str) -> date | None:
    """The newest day in a file's name, as YYYYMMDD, with - _ or . between its parts, as 2026年11月2日; a period is named by its first and
    its last day."""
    days = []
    for parts in (parts for form in _DATES for parts in form.findall(name)):
        with suppress(ValueError):
            days.append(date(*map(int, parts)))
    return max(days, default=None)


def without_certificate_numbers(text: str) -> str:
    """A name that is repeated in manifests and messages, which are open: digits that may be a certificate number are hidden in it."""
    return _CERTIFICATE.sub("*", text)


def repeats(field: Field) -> bool:
    """Whether a column holds few values many times over, so that it is read as a dictionary."""
    return field.column.type != "text" or bool(field.codes) or field.is_place or field.name in _FEW_VALUED
