"""A person's overlaps and enrollments drawn on one time axis, in plain characters: any terminal shows them at one width."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

COLUMNS = 60
IN_OVERLAP, ENROLLED, OPEN, EARLIER, AS_OF, PAID, BACK_PAID = "=", "-", ">", "<", "|", "o", "b"
Span = tuple[date, date | None]


@dataclass(frozen=True)
class Axis:
    """Days first..last (half-open) on COLUMNS columns."""

    first: date
    last: date
    as_of: date

    def column(self, day: date) -> int:
        """The column of a day; days outside fall on the edges."""
        at = (day - self.first).days * COLUMNS // (self.last - self.first).days
        return min(max(at, 0), COLUMNS - 1)

    def ruler(self) -> str:
        """The first day, then each January that has room."""
        line = f"{self.first}"
        for year in range(self.first.year + 1, self.last.year + 1):
            at = self.column(date(year, 1, 1))
            if at >= len(line) + 2:
                line = line.ljust(at) + str(year)
        return line

    def bar(self, *layers: tuple[str, Sequence[Span]]) -> str:
        """One row: the spans of each (mark, spans), later ones over earlier ones. An end of None is open."""
        row = [" "] * COLUMNS
        for mark, spans in layers:
            for start, end in spans:
                self._draw(row, start, end or self.last, mark)
        every = [span for _, spans in layers for span in spans]
        if any(start < self.first for start, _ in every):
            row[0] = EARLIER
        if any(end is None or end > self.last for _, end in every):
            row[-1] = OPEN
        return "".join(row).rstrip()

    def mark(self) -> str:
        """The row that points at the as-of date."""
        return " " * self.column(self.as_of) + AS_OF

    def _draw(self, row: list[str], start: date, end: date, mark: str) -> None:
        if start >= end or start >= self.last or end <= self.first:
            return
        at, until = self.column(start), max(self.column(end), self.column(start) + 1)
        row[at:until] = mark * (until - at)


def axis_of(overlaps: Sequence[Mapping], enrolled: Iterable[date], as_of: date) -> Axis:
    """The overlaps (the enrollments, where there is none) and the as-of date, with some room before and after."""
    starts = [o["starts_on"] for o in overlaps] or list(enrolled)
    ends = [o["ends_on"] or o["starts_on"] for o in overlaps]
    first, last = min([*starts, as_of]), max([*starts, *ends, as_of])
    room = max(30, (last - first).days // 8)
    return Axis(date.fromordinal(first.toordinal() - room), date.fromordinal(last.toordinal() + room), as_of)


def spans_of(enrollment_id: str, overlaps: Sequence[Mapping]) -> list[Span]:
    """The overlaps of which an enrollment is a member."""
    return [(o["starts_on"], o["ends_on"]) for o in overlaps if enrollment_id in o["enrollment_ids"]]
