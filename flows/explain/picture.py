"""One person's time line as a picture: where every span, month, evidence and effect stands, in the units of an SVG view box.

What is drawn is what flows/explain/sections.py tells in words; nothing is in the picture alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flows.explain.members import Member
from flows.explain.page import Page
from flows.explain.timeline import Axis, Span, axis_of

#: Units of the view box: the names on the left, the time beside them, a row for each enrollment.
NAMES, WIDTH, ROW, TOP = 230, 1000, 54, 40
#: Below its top line in a row: from, height.
BAR, MONTHS = (18, 12), (34, 5)


@dataclass(frozen=True)
class Bar:
    """A span of a kind (words.SENTENCES drawn_*), with what a pointer over it shows."""

    kind: str
    x: float
    y: float
    width: float
    height: float
    title: str


@dataclass(frozen=True)
class Mark:
    """A day: kind, its place, what stands beside it."""

    kind: str
    x: float
    y: float
    text: str


@dataclass(frozen=True)
class Picture:
    """``ticks``: (x, text); ``bands``: overlaps over the whole height; ``names``: (y, first line, second line)."""

    height: int
    as_of: float
    ticks: list[tuple[float, str]]
    bands: list[Bar]
    names: list[tuple[float, str, str]]
    bars: list[Bar]
    marks: list[Mark]


def picture(page: Page) -> Picture | None:
    """None where no time is known to draw."""
    told, members = page.told, page.members
    if not members:
        return None
    axis = axis_of(told.overlaps, [span[0] for m in members.values() for span in m.enrolled], told.as_of)
    rows = {enrollment_id: TOP + n * ROW for n, enrollment_id in enumerate(members)}
    under = TOP + len(rows) * ROW
    height = under + 2 * ROW - 16
    names = [(y, page.id(e), page.standing(members[e])) for e, y in rows.items()]
    names += [(under, page.say("evidence"), ""), (under + ROW // 2 + 8, page.say("money"), "")]
    bands = [
        Bar(
            "overlap",
            x,
            TOP - 14,
            wide,
            height - TOP + 14,
            f"{page.say('overlap', n=n)}{page.colon}{page.period(o['starts_on'], o['ends_on'])}",
        )
        for n, o in enumerate(told.overlaps, 1)
        for x, wide in _placed(axis, [(o["starts_on"], o["ends_on"])])
    ]
    bars = [bar for e, y in rows.items() for bar in _bars(page, axis, members[e], y)]
    marks = [*_effects(page, axis, rows), *_evidence(page, axis, under), *_money(page, axis, under + ROW // 2 + 8)]
    return Picture(height, _x(axis, told.as_of), _ticks(axis), bands, names, bars, marks)


def _x(axis: Axis, day: date) -> float:
    """The place of a day; days outside fall on the edges."""
    share = (day - axis.first).days / (axis.last - axis.first).days
    return round(NAMES + (WIDTH - NAMES) * min(max(share, 0), 1), 1)


def _placed(axis: Axis, spans: Sequence[Span]) -> Iterator[tuple[float, float]]:
    """(x, width) of the spans that reach into the axis."""
    for start, end in _inside(axis, spans):
        x = _x(axis, start)
        yield x, max(round(_x(axis, end or axis.last) - x, 1), 1)


def _ticks(axis: Axis) -> list[tuple[float, str]]:
    """Each 1 January; where there are few, the quarters between them, too."""
    months = (1,) if (axis.last - axis.first).days > 3 * 365 else (1, 4, 7, 10)
    days = [date(year, month, 1) for year in range(axis.first.year, axis.last.year + 1) for month in months]
    return [(_x(axis, day), str(day.year) if day.month == 1 else f"{day:%Y-%m}") for day in days if axis.first < day < axis.last]


def _bars(page: Page, axis: Axis, member: Member, top: int) -> Iterator[Bar]:
    for kind, (down, height) in (("enrolled", BAR), ("active", BAR), ("paid", MONTHS), ("back_paid", MONTHS)):
        spans = getattr(member, kind)
        for (x, wide), (start, end) in zip(_placed(axis, spans), _inside(axis, spans), strict=True):
            yield Bar(kind, x, top + down, wide, height, f"{page.say(f'drawn_{kind}')}{page.colon}{page.period(start, end)}")


def _inside(axis: Axis, spans: Sequence[Span]) -> list[Span]:
    return [(start, end) for start, end in spans if start < axis.last and (end is None or end > axis.first)]


def _effects(page: Page, axis: Axis, rows: Mapping[str, int]) -> Iterator[Mark]:
    """From which day on what becomes of an enrollment, or until when it is tolerated."""
    for d in page.told.decisions:
        if d["effective_date"] and axis.first <= d["effective_date"] <= axis.last:
            said = page.comma.join((page.action(d), page.dated(d)))
            yield Mark("effect", _x(axis, d["effective_date"]), rows[d["enrollment_id"]] + BAR[0], said)


def _evidence(page: Page, axis: Axis, top: int) -> Iterator[Mark]:
    """Facts that are a day."""
    for fact, day in dict.fromkeys((row["fact"], row["value"]) for d in page.told.decisions for row in d["evidence"]):
        try:
            on = date.fromisoformat(day)
        except ValueError:
            continue
        if axis.first <= on <= axis.last:
            yield Mark("evidence", _x(axis, on), top + 12, f"{page.word('fact', fact)} {day}")


def _money(page: Page, axis: Axis, top: int) -> Iterator[Mark]:
    """What is deducted for each year, where the year stands."""
    years: dict[int, list[Mapping]] = {}
    for row in page.told.deductions:
        if row["status"] not in ("reversed", "exempt"):
            years.setdefault(row["fiscal_year"], []).append(row)
    for year, rows in years.items():
        if axis.first.year <= year <= axis.last.year:
            yield Mark("money", _x(axis, date(year, 1, 1)), top + 14, f"{year}: {sum(r['amount'] for r in rows):,}")
