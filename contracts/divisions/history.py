"""From dated lists of division codes to periods: when each code stood for which division, and what took its place.

Three series say the same thing at different paces. The statistics office's yearly editions (to 2010) and the
ministry's lists (2010 on) follow each other and make up the main series. The statistics office's later editions lag
or lead by months and carry statistical zones, so they only move a beginning forward that the ministry confirms.
Rows that count rather than name (市辖区, 省直辖县级行政区划) stand in the statistics office's editions alone.
"""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby

#: What one list leaves out or misspells comes back in the next yearly one; longer absences are real.
NOISE = timedelta(days=365)
#: Lists and reports of changes differ by up to a year about the same change.
LAG = timedelta(days=366)
#: Reports of earlier years mix up codes, by the word of their own source.
RELIABLE = 1984
#: Names of the rows that add up what lies below them and name no division.
SUMMARIES = (
    "市辖区", "县", "市", "省直辖行政单位", "省直辖县级行政单位", "省直辖县级行政区划", "自治区直辖县级行政单位", "自治区直辖县级行政区划",
)  # fmt: skip


@dataclass(frozen=True)
class Edition:
    """A list of all codes in force on ``day``: code -> name."""

    day: date
    names: dict[str, str]


@dataclass(frozen=True)
class Change:
    """A reported change: in ``year``, the division ``old_code`` gave way to ``new_code``. Either side may be empty text."""

    year: int
    old_code: str
    old_name: str
    new_code: str
    new_name: str


@dataclass(frozen=True)
class Period:
    """``code`` stood for ``name`` from ``valid_from`` until the day before ``valid_to`` (None: still does)."""

    code: str
    name: str
    valid_from: date
    valid_to: date | None
    successors: tuple[str, ...] = ()

    def holds(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


def history(editions: list[Edition], changes: list[Change]) -> list[Period]:
    """Periods of all codes, sorted by code and beginning. ``editions``: sorted by day; the last is the list in force."""
    counted = [e for e in editions if not set(SUMMARIES).isdisjoint(e.names.values())]
    first_counted = counted[0].day if counted else date.max
    ministry = min((e.day for e in editions if e.day > first_counted and e not in counted), default=date.max)
    main = [e for e in editions if e not in counted or e.day < ministry]
    years = _years(changes)
    divisions = _advanced(_runs([_only(e, False) for e in main], years), counted)
    summaries = _carried(_runs([_only(e, True) for e in counted], years), divisions, counted)
    periods = sorted(divisions + summaries + _unlisted(changes, editions), key=lambda p: (p.code, p.valid_from))
    return _with_successors(periods, changes)


def check(periods: list[Period]) -> None:
    """Refuse a history in which a code is no code, stands for two divisions at once, or has a successor not in it.

    Raises ValueError naming the code.
    """
    codes = {p.code for p in periods}
    for code, group in groupby(periods, key=lambda p: p.code):
        spans = list(group)
        if not (len(code) == 6 and code.isdecimal() and all(p.name for p in spans)):
            raise ValueError(f"divisions: {code!r} is no code with a name")
        for earlier, later in zip(spans, spans[1:], strict=False):
            if earlier.valid_to is None or earlier.valid_to > later.valid_from:
                raise ValueError(f"divisions: {code} stands for two divisions on {later.valid_from}")
        for period in spans:
            if period.valid_to is not None and period.valid_to <= period.valid_from:
                raise ValueError(f"divisions: {code} ends on {period.valid_to}, before it begins")
            if not codes.issuperset(period.successors):
                raise ValueError(f"divisions: a successor of {code} is not in the table")


def undated(periods: list[Period], editions: list[Edition], changes: list[Change]) -> list[str]:
    """Codes that came or went between the last two editions without a reported change: their day is the last edition's."""
    before, after = editions[-2:]
    years = _years(changes)
    moved = (set(before.names) ^ set(after.names)) - {p.code for p in periods if p.name in SUMMARIES}
    return sorted(c for c in moved if not _reported(years[c], before.day, after.day))


def _only(edition: Edition, summaries: bool) -> Edition:
    return Edition(edition.day, {c: n for c, n in edition.names.items() if (n in SUMMARIES) == summaries})


def _years(changes: list[Change]) -> dict[str, set[int]]:
    years = defaultdict(set)
    for change in changes:
        years[change.old_code].add(change.year)
        years[change.new_code].add(change.year)
    return years


def _runs(editions: list[Edition], years: dict[str, set[int]]) -> list[Period]:
    """A period for every run of editions that give a code one name."""
    days = [e.day for e in editions]
    periods = []
    for code in sorted(set().union(*(e.names for e in editions))):
        runs = _name_runs(_smoothed([e.names.get(code) for e in editions], days))
        for (name, first, end), (following, *_) in zip(runs, [*runs[1:], (None, 0, 0)], strict=True):
            if name is not None:
                begins = _changed_on(years[code], days, first, min)
                # a code that only changes its name has one day for both
                ends = _changed_on(years[code], days, end, min if following else max) if end < len(days) else None
                periods.append(Period(code, name, begins, ends))
    return periods


def _name_runs(names: list[str | None]) -> list[tuple[str | None, int, int]]:
    """(name, first position, position after the last) of every run of equal names."""
    starts = [i for i, name in enumerate(names) if i == 0 or name != names[i - 1]]
    return [(names[first], first, end) for first, end in zip(starts, [*starts[1:], len(names)], strict=True)]


def _smoothed(names: list[str | None], days: list[date]) -> list[str | None]:
    """The same names with what lasts less than NOISE between two runs of one name read as that name."""
    runs = _name_runs(names)
    smooth = list(names)
    for (left, *_), (_, first, end), (right, *_) in zip(runs, runs[1:], runs[2:], strict=False):
        if left is not None and left == right and days[end - 1] - days[first] < NOISE:
            smooth[first:end] = [left] * (end - first)
    return smooth


def _changed_on(years: set[int], days: list[date], position: int, choose) -> date:
    """Day of the change that edition ``position`` is the first to show: its own, or a reported year end before it.

    Editions a year apart or less date a change well enough; a wider gap is narrowed by the reports.
    """
    after = days[position]
    if position == 0 or after - days[position - 1] <= LAG:
        return after
    before = days[position - 1]
    reported = _reported(years, before, after)
    return max(min(choose(reported), after), before + timedelta(days=1)) if reported else after


def _reported(years: set[int], before: date, after: date) -> list[date]:
    """Year ends of the reports about a change between two editions; those that the first one missed count only alone."""
    ends = [date(year, 12, 31) for year in years]
    inside = [day for day in ends if before < day and day.year <= after.year]
    return inside or [day for day in ends if before - LAG < day <= before]


def _advanced(periods: list[Period], counted: list[Edition]) -> list[Period]:
    """Beginnings moved to the first of the statistics office's editions that already lists the division."""
    result = []
    for period in periods:
        free_from = result[-1].valid_to if result and result[-1].code == period.code else date.min
        begins = period.valid_from
        for edition in reversed([e for e in counted if e.day < begins]):
            if edition.day < free_from or edition.names.get(period.code) != period.name:
                break
            begins = edition.day
        result.append(replace(period, valid_from=begins))
    return result


def _carried(summaries: list[Period], divisions: list[Period], counted: list[Edition]) -> list[Period]:
    """Summary rows of the last edition that has them stand as long as the division above them does."""
    ends = {}
    for period in divisions:
        if counted and period.holds(counted[-1].day):
            ends[period.code] = period.valid_to
    return [replace(p, valid_to=ends.get(_above(p.code), counted[-1].day)) if p.valid_to is None else p for p in summaries]


def _above(code: str) -> str:
    return code[:2] + "0000" if code.endswith("00") else code[:4] + "00"


def _unlisted(changes: list[Change], editions: list[Edition]) -> list[Period]:
    """Codes that came and went between two editions: known from the reports alone, where those give both ends."""
    listed = set().union(*(e.names for e in editions))
    begins, ends = {}, {}
    for change in sorted(changes, key=lambda c: c.year):
        if change.year >= RELIABLE and change.old_code != change.new_code:
            begins.setdefault(change.new_code, change)
            ends[change.old_code] = change
    return [
        Period(code, begins[code].new_name, date(begins[code].year, 12, 31), date(ends[code].year, 12, 31))
        for code in (begins.keys() & ends.keys()) - listed - {""}
        if begins[code].year < ends[code].year
    ]


def _with_successors(periods: list[Period], changes: list[Change]) -> list[Period]:
    """Periods with the codes that the reports name for what the division became, as far as the table bears them out."""
    by_code = defaultdict(list)
    for period in periods:
        by_code[period.code].append(period)
    reported = defaultdict(set)
    for change in changes:
        if change.old_code != change.new_code:
            reported[change.old_code, change.old_name].add((change.year, change.new_code))

    def in_reach(old: Period, code: str) -> bool:
        """Same province, or a province founded then: reports that only compare names also pair strangers."""
        province = by_code[code[:2] + "0000"]
        return old.code[:2] == code[:2] or any(abs(p.valid_from - old.valid_to) <= LAG for p in province)

    def follows(old: Period, new: Period) -> bool:
        """A division that keeps its name gets a new code; one that is merged may go to a code long in use."""
        if new.name == old.name:
            return abs(new.valid_from - old.valid_to) <= LAG
        return new.holds(old.valid_to) or old.valid_to <= new.valid_from <= old.valid_to + LAG

    def successors(old: Period) -> tuple[str, ...]:
        near = {code for year, code in reported[old.code, old.name] if old.valid_to and abs(year - old.valid_to.year) <= 1}
        return tuple(sorted(code for code in near if in_reach(old, code) and any(follows(old, new) for new in by_code[code])))

    return [replace(p, successors=successors(p)) for p in periods]
