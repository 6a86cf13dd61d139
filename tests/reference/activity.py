"""Section 1 of the rules: spells, what was paid for, and when an enrollment is active."""

import calendar
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta

from .model import FOREVER, NEVER_ACTIVE, Contribution, Enrollment, Person, Policy, first_day, month_of

Interval = tuple[date, date]


def scheme_of(insutype: str) -> str | None:
    """ "`employee` = insutype 310; `resident` = 390 and the legacy 380, 391. Every other insutype is supplementary"."""
    if insutype == "310":
        return "employee"
    if insutype in ("390", "380", "391"):
        return "resident"
    return None


def is_retired(row: Enrollment) -> bool:
    """ "an employee enrollment with insutype_retr_flag 1 or 2, or psn_type 12.."."""
    return scheme_of(row.insutype) == "employee" and (row.retired_flag in ("1", "2") or (row.psn_type or "").startswith("12"))


def is_flexible(row: Enrollment, policy: Policy) -> bool:
    """ "an employee enrollment that is not retired, with psn_type 1103 or emp_mgt_type in the parameter's list"."""
    return (
        scheme_of(row.insutype) == "employee"
        and not is_retired(row)
        and (row.psn_type == "1103" or row.emp_mgt_type in policy.flexible_emp_mgt_types)
    )


def kind_of(row: Enrollment, policy: Policy) -> str:
    """ "another of its kind (resident; flexible; retired; other employee)"."""
    if scheme_of(row.insutype) == "resident":
        return "resident"
    if is_retired(row):
        return "retired"
    return "flexible" if is_flexible(row, policy) else "employee"


def pool_of(row: Enrollment, policy: Policy) -> str:
    """ "the first n digits of `poolarea_no`, else of `insu_admdvs`"."""
    return policy.pool_of_code(row.pool_area or row.area)


@dataclass
class Spell:
    """ "one enrollment with the later row's id and attributes, the earlier start and the earlier trt_begn_date"."""

    rows: list[Enrollment]
    kind: str
    pool: str
    paid: list[Contribution] = field(default_factory=list)
    active: list[Interval] = field(default_factory=list)
    waiting_months: int = 0  # continuity.wait_of

    @property
    def last(self) -> Enrollment:
        return self.rows[-1]

    @property
    def enrollment_id(self) -> str:
        return self.last.enrollment_id

    @property
    def area(self) -> str:
        return self.last.area

    @property
    def scheme(self) -> str:
        return "resident" if self.kind == "resident" else "employee"

    @property
    def start(self) -> date:
        return self.rows[0].start

    @property
    def end(self) -> date:
        return self.last.end or FOREVER

    @property
    def crt_insu_date(self) -> date:
        """ "crt_insu_date in the facts and for contributions that name none is the later row's"."""
        return self.last.start

    def benefits_after(self, waiting_months: int) -> date | None:
        """ "`trt_begn_date` where given; else the first active day plus the waiting period of 4.3", of several rows "the earlier": of
        rows without a date before the first that has one it is the first active day."""
        days = [row.benefit_from for row in self.rows if row.benefit_from]
        dated = min((row.start for row in self.rows if row.benefit_from), default=FOREVER)
        if self.active and self.active[0][0] < dated:
            days.append(add_months(self.active[0][0], waiting_months))
        return min(days, default=None)

    @property
    def benefits_begin(self) -> date | None:
        return self.benefits_after(self.waiting_months)

    def is_active(self, day: date) -> bool:
        return any(start <= day < end for start, end in self.active)

    def is_benefit_active(self, day: date) -> bool:
        """ "its benefits have begun by the decision date"."""
        return self.is_active(day) and self.benefits_begin <= day


def can_be_active(row: Enrollment) -> bool:
    return bool(scheme_of(row.insutype)) and row.status not in NEVER_ACTIVE


def spells_of(person: Person, policy: Policy) -> list[Spell]:
    """ "Of one person, scheme and pool, a row that begins on the very day another of its kind (...; status not 0 or 3)
    ends continues it ... Rows are paired one to one in the order of start and id."

    Of several rows that end on one day the earliest start, then the smallest id, is continued first, by the smallest id
    of those that begin, first those of no length; a row never continues itself.
    """
    rows = [row for row in person.enrollments if can_be_active(row)]
    families = defaultdict(list)
    for row in rows:
        families[kind_of(row, policy), pool_of(row, policy)].append(row)
    spells = []
    for (kind, pool), family in families.items():
        next_of = {}
        for day in {row.end for row in family if row.end}:
            ending = sorted((r for r in family if r.end == day), key=lambda r: (r.start, r.enrollment_id))
            starting = sorted((r for r in family if r.start == day), key=lambda r: (r.end != day, r.enrollment_id))
            if all(r.start == day for r in ending):
                starting = starting[1:]  # nothing goes on as it
            for before, after in zip(ending, starting, strict=False):
                next_of[before.enrollment_id] = after
        continued = {row.enrollment_id for row in next_of.values()}
        for row in family:
            if row.enrollment_id not in continued:
                chain = [row]
                while chain[-1].enrollment_id in next_of:
                    chain.append(next_of[chain[-1].enrollment_id])
                spells.append(Spell(chain, kind, pool))
    return sorted(spells, key=lambda spell: spell.enrollment_id)


def is_effective(contribution: Contribution) -> bool:
    """ "clct_type 10, 30, 31 or 32, clct_flag 1 or 4, and revs_flag Z"."""
    return contribution.kind in ("10", "30", "31", "32") and contribution.flag in ("1", "4") and contribution.reversal == "Z"


def owner_of(contribution: Contribution, spells: list[Spell], policy: Policy) -> Spell | None:
    """ "It belongs to the one enrollment that it names; where it names none, to the person's enrollment (status not 0 or
    3) of the same scheme and pool whose span meets its months, of several the one with the latest crt_insu_date (then
    the smallest id)." In a spell "contributions that name either belong to it"."""
    scheme = scheme_of(contribution.insutype)
    if contribution.enrollment_id is not None:
        for spell in spells:
            if contribution.enrollment_id in [row.enrollment_id for row in spell.rows] and spell.scheme == scheme:
                return spell
        return None
    begin, end = first_day(contribution.first_month), first_day(contribution.last_month + 1)
    meeting = [
        spell
        for spell in spells
        if spell.scheme == scheme and spell.pool == policy.pool_of_code(contribution.area) and max(spell.start, begin) < min(spell.end, end)
    ]
    newest = max((spell.crt_insu_date for spell in meeting), default=None)
    return min((spell for spell in meeting if spell.crt_insu_date == newest), key=lambda spell: spell.enrollment_id, default=None)


def row_of(contribution: Contribution, person: Person, spells: list[Spell], policy: Policy) -> Enrollment | None:
    """ "It belongs to the one enrollment that it names", be it never active: "its pool is that of its enrollment", and so is its kind."""
    owner = owner_of(contribution, spells, policy)
    if owner:
        return owner.last
    named = [r for r in person.enrollments if r.enrollment_id == contribution.enrollment_id]
    return next((r for r in named if scheme_of(r.insutype) == scheme_of(contribution.insutype)), None)


def is_employer_paid(contribution: Contribution, row: Enrollment | None, policy: Policy) -> bool:
    """ "its scheme is employee and it is not flexible (psn_type 1103 or a flexible emp_mgt_type; where both are null, as
    its enrollment is)"."""
    if scheme_of(contribution.insutype) != "employee":
        return False
    if contribution.psn_type is None and contribution.emp_mgt_type is None:
        return row is None or not is_flexible(row, policy)
    return contribution.psn_type != "1103" and contribution.emp_mgt_type not in policy.flexible_emp_mgt_types


def months_of(contribution: Contribution) -> range:
    return range(contribution.first_month, contribution.last_month + 1)


def add_months(day: date, months: int) -> date:
    """ "to the same day that many months later (clipped to the month's end)"."""
    month = month_of(day) + months
    year, number = month // 12, month % 12 + 1
    return date(year, number, min(day.day, calendar.monthrange(year, number)[1]))


def union(intervals: list[Interval]) -> list[Interval]:
    """Sorted, disjoint, none empty; intervals that touch become one."""
    joined: list[Interval] = []
    for start, end in sorted(i for i in intervals if i[0] < i[1]):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def clip(intervals: list[Interval], start: date, end: date) -> list[Interval]:
    return [(max(a, start), min(b, end)) for a, b in intervals if max(a, start) < min(b, end)]


def goes_on(spell: Spell, active: list[Interval], policy: Policy, as_of: date) -> bool:
    """ "An employee enrollment that ... is active on [the as-of date] and either retired or paid up to (or begun in) a
    month no more than `collection_lag_months` before the as-of month"; begun in looks at the spell's start."""
    if not any(start <= as_of < end for start, end in active):
        return False
    paid_months = [c.last_month for c in spell.paid]
    latest = max(paid_months + [month_of(spell.start)])
    return spell.kind == "retired" or month_of(as_of) - latest <= policy.collection_lag_months


def active_days(spell: Spell, policy: Policy, as_of: date) -> list[Interval]:
    """ "An enrollment is active on day d when its span holds d and it is paid for d."

    Resident: "paid on the days of the months accrym_begn..accrym_end of its effective contributions".
    Employee: "from the first day of each paid month m to the first day of month m + 1 + payment_grace_months, and from
    its crt_insu_date to the same day that many months later"; "a retired one needs no contribution".
    """
    if spell.kind == "retired" or (spell.scheme == "employee" and spell.start > as_of):
        return clip([(spell.start, spell.end)], spell.start, spell.end)
    grace = 0 if spell.scheme == "resident" else policy.payment_grace_months
    paid = [(first_day(c.first_month), first_day(c.last_month + 1 + grace)) for c in spell.paid]
    if spell.scheme == "employee":
        paid.append((spell.start, add_months(spell.start, grace)))
    active = clip(union(paid), spell.start, spell.end)
    if spell.scheme == "employee" and goes_on(spell, active, policy, as_of):
        active = union([*active, (as_of, spell.end)])
    return active


def previous_day(day: date) -> date:
    return day - timedelta(days=1)
