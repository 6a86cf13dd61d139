"""Sections 4.1 and 4.2 of the rules: subsidy deductions and refunds."""

from collections import defaultdict
from datetime import date
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

from .activity import Spell, is_employer_paid, months_of
from .facts import Facts
from .model import FOREVER, Contribution, Decision, Deduction, Overlap, Policy, Refund, first_day, month_of

FEN = Decimal("0.01")
NEEDED = ("retain", "tolerate", "hold", "review")


def paid_by_year(spell: Spell) -> dict[int, list[Contribution]]:
    """ "For money it belongs to the calendar year of accrym_begn"."""
    years = defaultdict(list)
    for contribution in spell.paid:
        years[contribution.first_month // 12].append(contribution)
    return years


def touches(overlap: Overlap, year: int) -> bool:
    return overlap.starts_on < date(year + 1, 1, 1) and (overlap.ends_on or FOREVER) > date(year, 1, 1)


def deduction_rules(policy: Policy) -> set[str]:
    """ "`student_school_place`, `resident_usual_residence` or `cross_scheme_one_year` with terminate ...;
    `cross_scheme_under_one_year` only if the overlay says so"."""
    rules = {"student_school_place", "resident_usual_residence", "cross_scheme_one_year"}
    return rules | {"cross_scheme_under_one_year"} if policy.deduct_under_one_year else rules


def is_needed_later(spell: Spell, past: Overlap, year: int, overlaps: list[Overlap], facts: Facts, rows: dict) -> bool:
    """ "not needed later in that year (active alone, or kept, tolerated, held or under review in a later overlap)": on a
    day from the past overlap's end to the end of the year, to come or gone by."""
    from_day, to_day = past.ends_on, date(year + 1, 1, 1)
    days = {from_day} | {day for s in facts.spells for interval in s.active for day in interval}
    for day in days:
        if from_day <= day < to_day and [s for s in facts.spells if s.is_active(day)] == [spell]:
            return True
    for later in overlaps:
        if spell.enrollment_id in later.members and from_day <= later.starts_on < to_day:
            # the one row of a deceased, or of one who has left, "stands for its current and future overlaps"
            row = rows.get((spell.enrollment_id, later.key)) or rows[spell.enrollment_id, None]
            if (row.would_be if row.action == "none" else row.action) in NEEDED:
                return True
    return False


def deductions_of(overlaps: list[Overlap], decisions: list[Decision], facts: Facts) -> list[Deduction]:
    """ "For each resident enrollment removed by [the rules] with terminate (in a current overlap, or as `would_be` in a
    past one), one deduction for each calendar year that the overlap touches, inside the look-back and begun by the
    as-of date, to which an effective contribution of it belongs. Once per (enrollment, year)". Of several grounds one
    that is not exempt counts before one that is, then the current overlap, the death, the latest past overlap."""
    policy, as_of = facts.policy, facts.as_of
    years = range(as_of.year - policy.lookback_years, as_of.year + 1)
    rows = {(row.enrollment_id, row.overlap.key if row.overlap else None): row for row in decisions}
    found = []
    for spell in facts.spells:
        if spell.scheme != "resident":
            continue
        paid = paid_by_year(spell)
        for year in (y for y in years if y in paid):
            grounds = []
            for row in decisions:
                ground = ground_of(row, spell, year, overlaps, rows, facts)
                if ground:
                    grounds.append((*ground, row))
            if grounds:
                status, _, row = min(grounds, key=lambda g: (g[0] == "exempt", g[1]))
                found.append(deduction_of(spell, year, status, row.rule_id, paid[year], policy))
    return found


def ground_of(row: Decision, spell: Spell, year: int, overlaps: list[Overlap], rows: dict, facts: Facts):
    """Whether this row makes a deduction of that year: (status, order among grounds), or nothing."""
    if row.enrollment_id != spell.enrollment_id:
        return None
    if row.overlap is None:
        # "`deceased` with terminate: the years after the year of death, likewise."
        dead = row.rule_id == "deceased" and row.action == "terminate" and year > facts.deceased().year
        return ("new", (1, 0)) if dead else None
    if row.rule_id not in deduction_rules(facts.policy) or not touches(row.overlap, year):
        return None
    # "not for a tertiary student's year of entry in an overlap of resident enrollments only"
    exempt = row.overlap.category == "within_resident" and facts.is_entry_year(year)
    status = "exempt" if exempt else "new"
    if row.overlap.timing == "current" and row.action == "terminate":
        return status, (0, 0)
    if row.overlap.timing != "past" or row.would_be != "terminate":
        return None
    if is_needed_later(spell, row.overlap, year, overlaps, facts, rows):
        return None
    return status, (2, -row.overlap.starts_on.toordinal())


def deduction_of(spell: Spell, year: int, status: str, rule_id: str, paid: list, policy: Policy) -> Deduction:
    """ "the sum of finsubs_amt of that year's effective contributions; where that is 0 or absent, the standard"."""
    recorded = sum((c.subsidy for c in paid), Decimal(0))
    amount, basis = (recorded, "paid_record") if recorded > 0 else (policy.standard(year), "standard")
    if status == "exempt":
        amount = Decimal(0)
    return Deduction(
        spell.enrollment_id,
        spell.area,
        year,
        status,
        amount.quantize(FEN),
        basis,
        rule_id,
        split(amount, policy.shares(spell.area, spell.pool, year)),
    )


def split(amount: Decimal, percent: dict[str, int]) -> tuple[tuple[str, Decimal], ...]:
    """ "two decimals, adding up exactly (largest remainder; the odd fen goes to the highest level)"."""
    exact = {level: amount * share / 100 for level, share in percent.items()}
    given = {level: part.quantize(FEN, ROUND_FLOOR) for level, part in exact.items()}
    highest_first = list(percent)
    missing = int((amount - sum(given.values())) / FEN)
    by_remainder = sorted(highest_first, key=lambda lv: (-(exact[lv] - given[lv]), highest_first.index(lv)))
    for level in by_remainder[:missing]:
        given[level] += FEN
    return tuple(given.items())


def refunds_of(spells: list[Spell], counting: dict[str, Decision], facts: Facts) -> list[Refund]:
    """ "For each resident enrollment whose counting action is terminate or suspend: one row per paid period (effective
    contributions with one accrym_begn, summed) that reaches beyond the effective date". And `flexible_prepaid`."""
    by_id = {spell.enrollment_id: spell for spell in spells}
    refunds = []
    for enrollment_id, row in counting.items():
        if row.action not in ("terminate", "suspend"):
            continue
        spell = by_id[enrollment_id]
        if spell.scheme == "resident":
            periods = defaultdict(list)
            for contribution in spell.paid:
                periods[contribution.first_month].append(contribution)
            for first_month, paid in periods.items():
                end = first_day(max(c.last_month for c in paid) + 1)
                if end > row.effective_date:
                    refunds.append(refund_of(spell, row, first_day(first_month), end, paid, facts))
        elif spell.kind == "flexible" and row.rule_id == "employee_workplace" and row.kept:
            refund = flexible_prepaid(spell, by_id[row.kept], facts)
            if refund:
                refunds.append(refund)
    return refunds


def refund_of(spell: Spell, row: Decision, begin: date, end: date, paid: list, facts: Facts) -> Refund:
    """ "*begun* means that it starts before the effective date. First case that holds"."""
    policy, personal = facts.policy, max(sum((c.personal for c in paid), Decimal(0)), Decimal(0))
    assisted = max(sum((c.assisted for c in paid), Decimal(0)), Decimal(0))
    begun = begin < row.effective_date
    amount, aid = Decimal(0), Decimal(0)
    if row.rule_id == "deceased":
        case_id, eligibility = "death", "provincial" if begun else policy.refund_death_not_begun
        amount = personal if eligibility == "eligible" else amount
    elif row.action == "suspend":
        case_id, eligibility = "suspended", "not_refundable" if begun else "provincial"
    elif not begun:
        case_id, eligibility, amount = "not_begun", "eligible", personal
    elif assisted > 0 or any(a.begin <= begin < (a.end or FOREVER) for a in facts.person.assistance):
        case_id, eligibility, amount, aid = "assisted", "eligible", personal, assisted
    else:
        case_id, eligibility = "begun", policy.refund_begun
        amount = personal if eligibility == "eligible" else amount
    return Refund(
        spell.enrollment_id,
        spell.area,
        begin,
        end,
        eligibility,
        case_id,
        amount.quantize(FEN),
        aid.quantize(FEN),
        channel_of(paid, case_id, facts),
    )


def channel_of(paid: list[Contribution], case_id: str, facts: Facts) -> str:
    """ "A premium paid from a relative's account goes back to that account"; `assisted`: "through the paying channel of
    the ended place"."""
    if any(c.payer and c.payer != facts.person.certno for c in paid):
        return "relative_account"
    return "paying_channel" if case_id == "assisted" else "own_account"


def flexible_prepaid(spell: Spell, kept: Spell, facts: Facts) -> Refund | None:
    """ "a flexible enrollment terminated by `employee_workplace` whose kept enrollment has an employer-paid month in the
    as-of year: for its contributions that are one sum over two months or more, the months of the as-of year from that
    first employer-paid month on: eligible, the sum spread evenly over its months, rounded half up per contribution; one
    row"."""
    january = month_of(date(facts.as_of.year, 1, 1))
    this_year = range(january, january + 12)
    employer_months = [m for c in kept.paid if is_employer_paid(c, kept.last, facts.policy) for m in months_of(c) if m in this_year]
    if not employer_months:
        return None
    began = min(m for c in kept.paid if is_employer_paid(c, kept.last, facts.policy) for m in months_of(c))
    first = min(employer_months)
    if facts.policy.first_refund_month == "month_after" and began == first:
        first += 1
    months, amount, paid = set(), Decimal(0), []
    for c in spell.paid:
        refunded = [m for m in months_of(c) if m in this_year and m >= first]
        if len(months_of(c)) < 2 or not refunded:
            continue
        months.update(refunded)
        amount += (c.personal * len(refunded) / len(months_of(c))).quantize(FEN, ROUND_HALF_UP)
        paid.append(c)
    if not months:
        return None
    return Refund(
        spell.enrollment_id,
        spell.area,
        first_day(min(months)),
        first_day(max(months) + 1),
        "eligible",
        "flexible_prepaid",
        amount.quantize(FEN),
        Decimal(0).quantize(FEN),
        channel_of(paid, "flexible_prepaid", facts),
    )
