"""Section 4.3 of the rules: switches between schemes, and how long benefits wait."""

from dataclasses import dataclass
from datetime import date

from .activity import Spell, months_of, previous_day
from .model import FOREVER, Person, Policy, births_of, first_day, month_of


@dataclass(frozen=True)
class Switch:
    from_enrollment_id: str
    to_enrollment_id: str
    continuous_months: int
    gap_months: int
    waiting_months: int
    benefit_start: date
    clause: str


def before(spell: Spell, spells: list[Spell], same_scheme: bool):
    """Of the covers that began before the spell's first active day, the one that reaches furthest: (end, start, id)."""
    begins = spell.active[0][0]
    found = [
        (end, start, s.enrollment_id)
        for s in spells
        if s is not spell and (s.scheme == spell.scheme) == same_scheme
        for start, end in s.active
        if start < begins
    ]
    return max(found, default=None)


def origin_of(spell: Spell, spells: list[Spell]) -> str | None:
    """The enrollment of the other scheme from which this one is a switch: nothing of its own scheme reaches as far."""
    begins = spell.active[0][0]
    other, same = before(spell, spells, False), before(spell, spells, True)
    if other is None or (same and min(same[0], begins) >= min(other[0], begins)):
        return None
    return other[2]


def insured_months(policy: Policy, effective: list, spells: list[Spell]) -> set[int]:
    """ "months of continuous basic insurance", whichever the scheme: clct_type 10 (back-payment only by parameter), and the
    months of a retired enrollment's span."""
    months = {m for c in effective if c.kind == "10" or policy.count_backpay for m in months_of(c)}
    for s in spells:
        if s.kind == "retired" and s.start < s.end:
            months |= (
                set(range(month_of(s.start), month_of(previous_day(s.end)) + 1))
                if s.end != FOREVER
                else set(range(month_of(s.start), month_of(date(2040, 1, 1))))
            )
    return months


def run_before(months: set[int], first: int, bridge: int) -> int:
    """Months of the run that ends before ``first``; gaps of at most ``bridge`` months inside it do not count."""
    earlier = sorted((m for m in months if m < first), reverse=True)
    count = 0
    for place, month in enumerate(earlier):
        if place and earlier[place - 1] - month - 1 > bridge:
            break
        count += 1
    return count


def never_waits(person: Person, spell: Spell, policy: Policy) -> bool:
    """ "newborn, assisted, veteran": from 2025."""
    begins = spell.active[0][0]
    if begins < date(2025, 1, 1):
        return False
    births = births_of(person.enrollments, person)
    if births and 0 <= (spell.start - min(births)).days <= policy.newborn_days:
        return True
    return any(a.begin <= begins < (a.end or FOREVER) for a in person.assistance)


def wait_of(person: Person, spell: Spell, spells: list[Spell], effective: list, policy: Policy) -> tuple[int, int, int, bool]:
    """(continuous months, gap, wait, whether 38号 was asked).

    "0 when continuous >= 24 and gap <= 3; else `waiting_months` of the area. From 2025 for residents: 3 months when enrolled
    late or after missed years, +1 per missed year, -1 per year paid back, and 4 or more missed years never below 6. Where an
    area has none there is no wait."
    """
    begins = spell.active[0][0]
    first, months = month_of(begins), insured_months(policy, effective, spells)
    run = run_before(months, first, policy.continuity_gap_months)
    last = max((m for m in months if m < first), default=None)
    reaches = [month_of(previous_day(min(b[0], begins))) for b in [before(spell, spells, False)] if b]
    insured = last if last is not None else max(reaches, default=first - 1)
    gap = max(0, first - 1 - insured)
    window = policy.window_end(begins.year) if spell.scheme == "resident" and begins >= date(2025, 1, 1) else None
    missed = list(range(last // 12 + 1, first // 12)) if last is not None else []
    continued = last is not None and run >= policy.continuity_months and gap <= policy.continuity_gap_months
    if never_waits(person, spell, policy) or continued:
        return run, gap, 0, window is not None and not continued
    if window is None:
        return run, gap, policy.waiting_months, False
    if not missed and spell.start < window:
        return run, gap, 0, True
    backpaid = {m // 12 for c in effective if c.kind != "10" and c.insutype != "310" for m in months_of(c)}
    wait = 3 + len(missed) - len(set(missed) & backpaid)
    return run, gap, max(wait, 6 if len(missed) >= 4 else 0, 0), True


def switches_of(person: Person, spells: list[Spell], effective: list, policy: Policy, as_of: date) -> list[Switch]:
    """ "For each switch between schemes inside the look-back"."""
    found = []
    for spell in spells:
        if not spell.active or spell.active[0][0] < first_day((as_of.year - policy.lookback_years) * 12):
            continue
        origin = origin_of(spell, spells)
        if origin:
            run, gap, wait, is_38 = wait_of(person, spell, spells, effective, policy)
            start = spell.benefits_after(wait)
            clause = "国办发〔2024〕38号" if is_38 else "33号 二(三)"
            found.append(Switch(origin, spell.enrollment_id, run, gap, wait, start, clause))
    return found
