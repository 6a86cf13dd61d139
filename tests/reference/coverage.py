"""Section 4.5 of the rules: who of the population is covered by nothing on the as-of date."""

from dataclasses import dataclass
from datetime import date, timedelta

from .activity import Spell, is_effective, is_employer_paid, is_flexible, owner_of, row_of, scheme_of
from .model import FOREVER, NEVER_ACTIVE, Contribution, Person, Policy, births_of, home_of, month_of, readable


@dataclass(frozen=True)
class Gap:
    status: str
    area: str
    suggested_scheme: str
    key_groups: tuple[str, ...]
    last_enrollment_id: str | None
    last_covered_on: date | None


def known_payments(person: Person, as_of: date, policy: Policy) -> list[Contribution]:
    """Effective payments of the two schemes that can reach into the look-back."""
    since = (as_of.year - policy.lookback_years) * 12 - 12
    return [c for c in person.contributions if is_effective(c) and scheme_of(c.insutype) and c.last_month >= since]


def is_known(person: Person, as_of: date, policy: Policy) -> bool:
    """ "The population known to public security, education, tax and the newborn records", or enrolled at any time."""
    return bool(person.residents or person.students or person.enrollments or known_payments(person, as_of, policy))


def is_newborn(person: Person, policy: Policy, as_of: date) -> bool:
    """ "newborn within 90 days": the day of birth is day 0 and the last one counts."""
    births = births_of([*person.residents, *person.enrollments], person)
    return bool(births) and 0 <= (as_of - min(births)).days <= policy.newborn_days


def why_left_out(person: Person, spells: list[Spell], policy: Policy, as_of: date) -> str | None:
    """ "The dead, the emigrated and those in military service are left out", and newborns registered in time."""
    gone = {r.dereg_reason for r in person.residents if r.dereg_reason and (r.dereg_date or as_of) <= as_of}
    if "死亡" in gone or any(d.on <= as_of for d in person.deaths):
        return "deceased"
    is_here = any(r.dereg_reason is None for r in person.residents)
    if "出国定居" in gone and not is_here:
        return "emigrated"
    if "参军" in gone and not is_here:
        return "military"
    registered = any(s.scheme == "resident" and s.start <= as_of < s.end for s in spells)
    return "newborn" if registered and is_newborn(person, policy, as_of) else None


def key_groups_of(person: Person, flexible: bool, policy: Policy, as_of: date) -> tuple[str, ...]:
    given = [a.category for a in person.assistance if a.begin <= as_of < (a.end or FOREVER)]
    student = any(s.is_attended(as_of) for s in person.students)
    groups = {
        "assistance": any(not c.startswith("21") for c in given),
        "disabled": any(c in ("2308", "2104") for c in given) or person.cert_type == "09",
        "flexible": flexible,
        "newborn": is_newborn(person, policy, as_of),
        "student": student,
        "veteran": any(c.startswith("21") for c in given),
    }
    return tuple(sorted(name for name, holds in groups.items() if holds))


def home_on(person: Person, as_of: date) -> str | None:
    """Rows that name different homes name none, and so does a place that cannot be read."""
    homes = {home_of(row, as_of) for row in person.residents} - {None}
    return readable(homes.pop()) if len(homes) == 1 else None


def gap_of(person: Person, spells: list[Spell], policy: Policy, as_of: date) -> Gap | None:
    """ "less those with an active enrollment on the as-of date: uninsured, lapsed (was active inside the look-back, not now) or
    suspended, each with the scheme the person should join"."""
    if not is_known(person, as_of, policy) or any(s.is_active(as_of) for s in spells):
        return None
    if why_left_out(person, spells, policy, as_of):
        return None
    this_month, since = month_of(as_of), date(as_of.year - policy.lookback_years, 1, 1)
    recent = [
        (c, is_employer_paid(c, row_of(c, person, spells, policy), policy))
        for c in known_payments(person, as_of, policy)
        if scheme_of(c.insutype) == "employee" and c.first_month <= this_month and c.last_month >= this_month - 3
    ]
    employed = [c for c, by_employer in recent if by_employer]
    rows = [r for r in person.enrollments if scheme_of(r.insutype) and r.status not in NEVER_ACTIVE]
    last = min(rows, key=lambda r: (r.start > as_of, -r.start.toordinal(), r.enrollment_id), default=None)
    covers = [(end, s.enrollment_id) for s in spells for _, end in s.active if since < end <= as_of]
    work = max(((c.last_month, c.area) for c in employed), default=(0, None))[1]
    flexible = any(not by_employer for _, by_employer in recent) or (last is not None and is_flexible(last, policy))
    schools = sorted((s.is_attended(as_of), s.entry, readable(s.school_area) or "?") for s in person.students)
    attended, school = any(s.is_attended(as_of) for s in person.students), schools[-1][2].replace("?", "") if schools else None
    paid = [c for c in person.contributions if is_effective(c) and c.first_month <= this_month <= c.last_month]
    owners = [owner_of(c, spells, policy) for c in paid]
    set_aside = [(s.rows[-1].start, s.enrollment_id) for s in owners if s and s.rows[-1].status == "2" and s.end <= as_of]
    return Gap(
        "suspended" if set_aside or (last and last.status == "2") else "lapsed" if covers else "uninsured",
        work or home_on(person, as_of) or (attended and school) or (last.area if last else school or person.certno[:6]),
        "employee" if employed else "resident",
        key_groups_of(person, flexible, policy, as_of),
        max(set_aside)[1] if set_aside else max(covers)[1] if covers else last.enrollment_id if last else None,
        max(covers)[0] - timedelta(days=1) if covers else None,
    )
