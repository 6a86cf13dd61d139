"""Section 4.4 of the rules: relations of mutual aid that end or were never valid, and what provinces owe each other."""

from collections import defaultdict
from datetime import date
from decimal import Decimal

from .activity import scheme_of
from .coverage import why_left_out
from .model import FOREVER, NEVER_ACTIVE, Outcome, Person, Policy, first_day, month_of

CLOSE_RELATIVES = {"配偶", "父母", "子女", "兄弟姐妹", "祖父母", "外祖父母", "孙子女", "外孙子女"}


def basic_rows(person: Person) -> list:
    return [r for r in person.enrollments if scheme_of(r.insutype) and r.status not in NEVER_ACTIVE]


def ended_spells(outcome: Outcome) -> dict[str, tuple]:
    """Every enrollment that is terminated or suspended, confirmed by a clerk or not: id -> (effective date, action)."""
    words = {"terminate": "terminated", "suspend": "suspended"}
    return {d.enrollment_id: (d.effective_date, words[d.action]) for d in outcome.counting.values() if d.action in words}


def dissolutions(people: list[Person], outcomes: dict[str, Outcome], as_of: date) -> dict[str, dict]:
    """relation -> what is listed. "every relation whose donor enrollment is terminated or suspended is listed as dissolved, with
    the unused quota ... whose beneficiary has no active basic enrollment, whose kinship is not in the list, or whose donor is
    not an employee enrollee is listed as invalid"."""
    by_number, found = {p.certno: p for p in people}, {}
    for donor in people:
        relations = defaultdict(list)
        for row in donor.aid:
            relations[row.relation_id].append(row)
        for relation_id, rows in relations.items():
            row = rows[0]
            if not row.begin <= as_of < (row.end or FOREVER):
                continue
            used = max((r.used for r in rows if r.used is not None), default=None)
            spent = sum((r.spent for r in rows if r.spent is not None), Decimal(0))
            unused = max(Decimal(0), row.quota - (spent if used is None else used))
            listed = judged(row, donor, by_number.get(row.beneficiary), outcomes, as_of)
            if listed:
                status, reason, returned, effective = listed
                found[relation_id] = {
                    "donor": donor.certno, "beneficiary": row.beneficiary, "status": status, "reason": reason,
                    "unused_quota": unused.quantize(Decimal("0.01")), "return_to_enrollment_id": returned, "effective_date": effective,
                }  # fmt: skip
    return found


def judged(row, donor: Person, beneficiary: Person | None, outcomes: dict[str, Outcome], as_of: date):
    spells = outcomes[donor.label].spells
    # "one enrollment with the later row's id": what names any of its rows names it
    known = [s for s in spells if row.enrollment_id is None or row.enrollment_id in {r.enrollment_id for r in s.rows}]
    ended = ended_spells(outcomes[donor.label])
    mine = [(*ended[s.enrollment_id], s.enrollment_id) for s in known if s.enrollment_id in ended and s.scheme == "employee"]
    if row.enrollment_id:
        over = [s for s in known if s.end <= as_of and s.scheme == "employee"]
        mine += [(s.end, "suspended" if s.rows[-1].status == "2" else "terminated", s.enrollment_id) for s in over]
    elif any(s.scheme == "employee" and s.start <= as_of < s.end and s.enrollment_id not in ended for s in spells):
        mine = []  # the donor goes on as an employee enrollee
    with_account = [s for s in known if s.scheme == "employee"]
    last = max(with_account, key=lambda s: (s.rows[-1].start, s.enrollment_id), default=None)
    returned = last.enrollment_id if last else "" if known else row.enrollment_id or ""
    if mine:
        day, word, enrollment_id = min(mine, key=lambda m: (m[0], m[2], m[1]))
        return "dissolved", f"donor_{word}", enrollment_id, day
    if row.kinship not in CLOSE_RELATIVES:
        return "invalid", "kinship", returned, row.begin
    if not any(s.scheme == "employee" and s.start <= as_of < s.end for s in spells):
        return "invalid", "donor_not_employee", returned, as_of
    if beneficiary is None or not is_covered(beneficiary, outcomes[beneficiary.label].spells, as_of):
        return "invalid", "beneficiary_not_insured", returned, as_of
    return None


def is_covered(person: Person, spells: list, as_of: date) -> bool:
    """Active, or "registered within 90 days ... covered from birth"."""
    return any(s.is_active(as_of) for s in spells) or why_left_out(person, spells, Policy(), as_of) == "newborn"


def province_of(person: Person | None, number: str, month: int, enrollment_id: str | None = None) -> str:
    """Of the enrollment named, else of the one that began last of those in force in the month, else of those begun by then, else of all."""
    rows = basic_rows(person) if person else []
    for row in rows:
        if row.enrollment_id == enrollment_id:
            return row.area[:2]
    first, after = first_day(month), first_day(month + 1)
    begun = [r for r in rows if r.start < after]
    in_force = [r for r in begun if (r.end or FOREVER) > first]
    return max(((r.start, r.enrollment_id, r.area) for r in in_force or begun or rows), default=("", "", number))[2][:2]


def clearing(people: list[Person], as_of: date) -> dict[tuple, tuple]:
    """(month, donor province, beneficiary province) -> (gross, net): "net amounts by donor province, beneficiary province and
    month, which add up to zero over the country"."""
    by_number, gross = {p.certno: p for p in people}, defaultdict(Decimal)
    for donor in people:
        for row in donor.aid:
            if row.spent is None or not (as_of.year - 1) * 12 <= row.spent_month <= month_of(as_of):
                continue
            gives = province_of(donor, donor.certno, row.spent_month, row.enrollment_id)
            takes = province_of(by_number.get(row.beneficiary), row.beneficiary, row.spent_month)
            if gives != takes:
                gross[row.spent_month, gives, takes] += row.spent
    pairs = {*gross, *((m, b, a) for m, a, b in gross)}
    return {
        (m, a, b): (gross.get((m, a, b), Decimal(0)), gross.get((m, a, b), Decimal(0)) - gross.get((m, b, a), Decimal(0)))
        for m, a, b in pairs
    }
