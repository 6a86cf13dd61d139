"""Section 1.2 of the rules: when two or more enrollments of one person are active at once."""

from datetime import date

from .activity import Spell, previous_day
from .model import FOREVER, Overlap, Policy


def elementary_intervals(spells: list[Spell]) -> list[tuple[date, date, frozenset[str]]]:
    """The time line cut at every day on which any enrollment starts or stops being active."""
    cuts = sorted({day for spell in spells for interval in spell.active for day in interval})
    return [
        (start, end, frozenset(s.enrollment_id for s in spells if s.is_active(start))) for start, end in zip(cuts, cuts[1:], strict=False)
    ]


def constant_intervals(spells: list[Spell]) -> list[tuple[date, date, frozenset[str]]]:
    """ "a maximal interval during which the *set* of active ... enrollments is constant"."""
    joined: list[tuple[date, date, frozenset[str]]] = []
    for start, end, members in elementary_intervals(spells):
        if joined and joined[-1][2] == members and joined[-1][1] == start:
            joined[-1] = (joined[-1][0], end, members)
        else:
            joined.append((start, end, members))
    return joined


def category_of(members: list[Spell]) -> str:
    """ "`within_employee`, `within_resident`, `cross_scheme` (one of each), `mixed` (both schemes, three or more)"."""
    schemes = {spell.scheme for spell in members}
    if len(schemes) == 1:
        return f"within_{schemes.pop()}"
    return "cross_scheme" if len(members) == 2 else "mixed"


def place_of(members: list[Spell]) -> str:
    """ "`same_pool`, else `same_province` (first two digits of insu_admdvs), else `cross_province`"."""
    if len({spell.pool for spell in members}) == 1:
        return "same_pool"
    return "same_province" if len({spell.area[:2] for spell in members}) == 1 else "cross_province"


def timing_of(start: date, end: date, as_of: date) -> tuple[str, date]:
    """ "`current` when it holds the as-of date, `future` when it starts later, `past` when it ended"; and the decision
    date: "the as-of date if current, its first day if future, its last day if past"."""
    if start > as_of:
        return "future", start
    if end <= as_of:
        return "past", previous_day(end)
    return "current", as_of


def overlaps_of(spells: list[Spell], policy: Policy, as_of: date) -> list[Overlap]:
    """ "An overlap is reported when it reaches into the look-back, which begins on 1 January of the year
    `lookback_years` before the as-of date's ... shorter than `min_overlap_days` is dropped"."""
    look_back = date(as_of.year - policy.lookback_years, 1, 1)
    found = []
    for start, end, ids in constant_intervals(spells):
        if len(ids) < 2 or end <= look_back or (end - start).days < policy.min_overlap_days:
            continue
        members = [spell for spell in spells if spell.enrollment_id in ids]
        timing, decision_date = timing_of(start, end, as_of)
        found.append(
            Overlap(
                tuple(sorted(ids)), start, None if end == FOREVER else end, category_of(members), place_of(members), timing, decision_date
            )
        )
    return found
