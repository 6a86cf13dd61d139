"""Section 4.6 of the rules: what was booked for the dead after their death."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from .activity import Spell, is_effective, owner_of, scheme_of
from .facts import Facts
from .model import FOREVER, NEVER_ACTIVE, Decision, Person, Policy, first_day, month_of


@dataclass(frozen=True)
class Booked:
    """A contribution, or a stay in hospital; of a stay there is no id and no amount."""

    extract: str
    contribution_id: str | None
    enrollment_id: str | None
    died_on: date
    begins_on: date
    ends_on: date | None
    personal: Decimal | None
    assisted: Decimal | None
    subsidy: Decimal | None
    is_doubtful: bool


def is_in_question(person: Person, policy: Policy, as_of: date) -> bool:
    """Two enrollments or more that can be active in the look-back, or one and an earlier one of the other scheme, or one that
    reaches beyond the as-of date though the person is said to be dead."""
    rows = [r for r in person.enrollments if scheme_of(r.insutype) and r.status not in NEVER_ACTIVE]
    recent = [r for r in rows if (r.end or FOREVER) > date(as_of.year - policy.lookback_years, 1, 1)]
    earlier = {scheme_of(r.insutype) for r in rows if r not in recent}
    switched = any(earlier - {scheme_of(r.insutype)} for r in recent)
    return len(recent) > 1 or switched or any((r.end or FOREVER) > as_of for r in rows)


def booked_after_death(person: Person, spells: list[Spell], decisions: list[Decision], facts: Facts) -> list[Booked]:
    """ "Effective contributions whose months begin after the month of death, and stays in hospital after the day of death, up to
    the as-of date"; marked where the death is in doubt or "a clerk has not let it pass"."""
    died_on = facts.deceased()
    if died_on is None or not is_in_question(person, facts.policy, facts.as_of):
        return []
    not_ended = any(d.overlap is None and d.action != "terminate" for d in decisions)
    doubtful = bool(facts.conflicts() or facts.death_doubts() or not_ended)
    found = []
    for c in person.contributions:
        if is_effective(c) and scheme_of(c.insutype) and c.first_month > month_of(died_on):
            owner = owner_of(c, spells, facts.policy)
            months = first_day(c.first_month), first_day(c.last_month + 1)
            named = owner.enrollment_id if owner else None
            found.append(Booked("contribution", c.contribution_id, named, died_on, *months, c.personal, c.assisted, c.subsidy, doubtful))
    for stay in dict.fromkeys(person.stays):
        if died_on < stay.admitted_on <= facts.as_of:
            named = next((s.enrollment_id for s in spells if stay.enrollment_id in [r.enrollment_id for r in s.rows]), None)
            days = stay.admitted_on, stay.discharged_on
            found.append(Booked("inpatient_stay", None, named, died_on, *days, None, None, None, doubtful))
    return found
