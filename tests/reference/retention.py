"""Section 3 of the rules: which enrollment is kept."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from .activity import Spell, add_months
from .facts import Facts, newest_in_pool
from .model import FOREVER, Decision, Overlap

RESIDENT_LADDER = ("usual_residence", "usual_county", "newest_in_pool")
LADDERS = {
    "student_school_place": ("school_place", *RESIDENT_LADDER),
    "resident_usual_residence": RESIDENT_LADDER,
    "employee_workplace": ("employer_paid", "employment_place", "newest_in_pool"),
}


@dataclass
class Verdict:
    """What a rule says of one member, before hospital and guard."""

    action: str
    rule_id: str
    deciding_fact: str | None = None
    kept: str | None = None
    until: date | None = None  # of a tolerated one: the day the waiting period ends


@dataclass
class Scheme:
    """One scheme of an overlap after step 2: its leaders, and who fell behind them by which fact."""

    rule_id: str
    leaders: list[Spell]
    removed: dict[str, str]

    @property
    def single(self) -> Spell | None:
        return self.leaders[0] if len(self.leaders) == 1 else None


def climb(members: list[Spell], rule_id: str, facts: Facts, overlap: Overlap) -> Scheme:
    """ "A rule is a ladder: a lexicographic preference over facts. The members that are best on it *lead*; whoever is
    behind them is *removed*, and the first fact on which it differs from the leaders is its `deciding_fact`"."""
    leaders, removed = list(members), {}
    choices, day = facts.choices(overlap), overlap.decision_date
    if len(choices) > 1:
        return Scheme(rule_id, leaders, removed)
    for spell in [s for s in leaders if s.enrollment_id in choices]:
        removed = {other.enrollment_id: "person_choice" for other in leaders if other is not spell}
        leaders = [spell]
    if rule_id == "student_school_place" and not choices and facts.is_school_doubted(day):
        return Scheme(rule_id, leaders, removed)
    for fact in LADDERS[rule_id]:
        ahead = newest_in_pool(leaders) if fact == "newest_in_pool" else [spell for spell in leaders if getattr(facts, fact)(spell, day)]
        if fact == "employment_place":
            ahead = [spell for spell in ahead if not facts.is_begun_elsewhere_since(spell, members, day)]
        if ahead:
            removed.update({spell.enrollment_id: fact for spell in leaders if spell not in ahead})
            leaders = ahead
    return Scheme(rule_id, leaders, removed)


def narrow_residents(members: list[Spell], facts: Facts, overlap: Overlap) -> Scheme:
    """ "`student_school_place`, else `resident_usual_residence`"."""
    rule_id = "student_school_place" if facts.schools(overlap.decision_date) else "resident_usual_residence"
    return climb(members, rule_id, facts, overlap)


def narrow_employees(members: list[Spell], facts: Facts, overlap: Overlap) -> Scheme:
    """ "where one of them is retired, all are tied at once"."""
    if len(members) > 1 and any(spell.kind == "retired" for spell in members):
        return Scheme("employee_workplace", list(members), {})
    return climb(members, "employee_workplace", facts, overlap)


def freshman(members: list[Spell], facts: Facts, day: date) -> dict[str, Verdict] | None:
    """ "an overlap of resident enrollments only, the person a tertiary student that day in the year of entry, exactly one
    member at the school place": it is kept, the others tolerated."""
    at_school = [spell for spell in members if facts.school_place(spell, day)]
    if not facts.is_freshman(day) or len(at_school) != 1:
        return None
    kept = at_school[0].enrollment_id
    return {
        spell.enrollment_id: Verdict("retain", "freshman_year")
        if spell is at_school[0]
        else Verdict("tolerate", "freshman_year", "school_place", kept)
        for spell in members
    }


def own_scheme_verdicts(scheme: Scheme, kept: str | None) -> dict[str, Verdict]:
    """ "One leader survives; several are *tied*: `review`, while those behind them are removed all the same"."""
    verdicts = {spell.enrollment_id: Verdict("retain" if scheme.single else "review", scheme.rule_id) for spell in scheme.leaders}
    for enrollment_id, fact in scheme.removed.items():
        verdicts[enrollment_id] = Verdict("terminate", scheme.rule_id, fact, kept)
    return verdicts


def cross_scheme(employees: Scheme, residents: Scheme, facts: Facts, overlap: Overlap) -> dict[str, Verdict]:
    """ "the leaders of the two are compared by the first cross-scheme rule that applies": what becomes of the leaders."""
    day = overlap.decision_date
    begins = [spell.benefits_begin for spell in employees.leaders]
    if all(begin > day for begin in begins):
        return employee_first(employees, residents, Verdict("tolerate", "waiting_period", "benefit_active", until=min(begins)))
    if all(spell.kind == "flexible" for spell in employees.leaders):
        return flexible_against_residents(employees, residents, day)
    full_year = facts.continuous_employee_months(overlap) >= facts.policy.one_year_months
    rule = "cross_scheme_one_year" if full_year else "cross_scheme_under_one_year"
    action = "terminate" if full_year else facts.policy.under_one_year_action
    is_retired = any(spell.kind == "retired" for spell in employees.leaders)
    choices = set() if is_retired else facts.choices(overlap)
    if len(choices) == 1:
        return chosen_first(employees, residents, choices.pop(), Verdict(action, rule, "person_choice"))
    if choices or action == "review":
        verdicts = {spell.enrollment_id: Verdict("review", rule) for spell in [*employees.leaders, *residents.leaders]}
        if not employees.single:
            verdicts.update({s.enrollment_id: Verdict("review", employees.rule_id) for s in employees.leaders})
        return verdicts
    return employee_first(employees, residents, Verdict(action, rule, "continuous_employee_months"))


def chosen_first(employees: Scheme, residents: Scheme, chosen: str, loser: Verdict) -> dict[str, Verdict]:
    """The person's own choice between the schemes; an employee enrollment is only suspended by it, and what the policy
    would have reviewed is, too."""
    if chosen in [spell.enrollment_id for spell in employees.leaders]:
        return employee_first(employees, residents, replace(loser, action="suspend" if loser.action == "review" else loser.action))
    return {chosen: Verdict("retain", loser.rule_id)} | {
        spell.enrollment_id: replace(loser, action="suspend", kept=chosen) for spell in employees.leaders
    }


def employee_first(employees: Scheme, residents: Scheme, loser: Verdict) -> dict[str, Verdict]:
    """ "Employee leaders tied, one-year rules or waiting period: they are `review` under `employee_workplace`, and the
    resident leaders are removed (tolerated) all the same, one or several"."""
    verdicts = {}
    for spell in employees.leaders:
        verdicts[spell.enrollment_id] = Verdict("retain", loser.rule_id) if employees.single else Verdict("review", "employee_workplace")
    kept = employees.single.enrollment_id if employees.single else None
    for spell in residents.leaders:
        verdicts[spell.enrollment_id] = Verdict(loser.action, loser.rule_id, loser.deciding_fact, kept, loser.until)
    return verdicts


def flexible_against_residents(employees: Scheme, residents: Scheme, day: date) -> dict[str, Verdict]:
    """ "benefit_active, then newest", and: "Flexible against one resident leader with nothing to tell them apart: both
    review. Flexible against tied residents: it wins only if it is benefit_active and none of them is, else all review;
    tied flexible ones: all review"."""
    rule = "cross_scheme_flexible"
    flexible, resident = employees.single, residents.single
    leaders = [*employees.leaders, *residents.leaders]
    winner, fact = None, None
    if flexible:
        flexible_active = flexible.is_benefit_active(day)
        residents_active = [spell.is_benefit_active(day) for spell in residents.leaders]
        if flexible_active and not any(residents_active):
            winner, fact = flexible, "benefit_active"
        elif resident and not flexible_active and all(residents_active):
            winner, fact = resident, "benefit_active"
        elif resident and flexible.crt_insu_date != resident.crt_insu_date:
            winner = max(flexible, resident, key=lambda spell: spell.crt_insu_date)
            fact = "newest"
    if winner:
        return {
            spell.enrollment_id: Verdict("retain", rule) if spell is winner else Verdict("suspend", rule, fact, winner.enrollment_id)
            for spell in leaders
        }
    verdicts = {}
    for scheme in (employees, residents):
        for spell in scheme.leaders:
            verdicts[spell.enrollment_id] = Verdict("review", rule if scheme.single else scheme.rule_id)
    return verdicts


def kept_by_own_scheme(own: Scheme, other: Scheme, leaders: dict[str, Verdict]) -> str | None:
    """ "the single survivor of its own scheme if that is not removed itself; if its scheme's leaders are removed by the
    other scheme, that scheme's single leader; else null"."""
    if any(leaders[spell.enrollment_id].action in ("terminate", "suspend") for spell in own.leaders):
        return other.single.enrollment_id if other.single else None
    return own.single.enrollment_id if own.single else None


def verdicts_of(overlap: Overlap, spells: dict[str, Spell], facts: Facts) -> dict[str, Verdict]:
    """Steps 1 to 3 of section 3 for one overlap (the deceased are dealt with apart)."""
    if facts.conflicts():
        return {member: Verdict("review", "identity_conflict") for member in overlap.members}
    day = overlap.decision_date
    members = [spells[member] for member in overlap.members]
    in_employee = [spell for spell in members if spell.scheme == "employee"]
    in_resident = [spell for spell in members if spell.scheme == "resident"]
    if not in_employee:
        tolerated = freshman(in_resident, facts, day)
        if tolerated:
            return tolerated
    employees = narrow_employees(in_employee, facts, overlap) if in_employee else None
    residents = narrow_residents(in_resident, facts, overlap) if in_resident else None
    if not (employees and residents):
        only = employees or residents
        return own_scheme_verdicts(only, only.single.enrollment_id if only.single else None)
    leaders = cross_scheme(employees, residents, facts, overlap)
    return {
        **own_scheme_verdicts(employees, kept_by_own_scheme(employees, residents, leaders)),
        **own_scheme_verdicts(residents, kept_by_own_scheme(residents, employees, leaders)),
        **leaders,
    }


def row_of(member: str, verdict: Verdict, overlap: Overlap, spells: dict[str, Spell], facts: Facts) -> Decision:
    """The member's row in one overlap: of a past one "`none` ...; `would_be` is what the rule would have done"; in a
    current or future one hospital turns an ending into `hold`; `effective_date`: "the latest of the as-of date, the
    overlap's start, and the day on which the kept enrollment's benefits begin"."""
    spell = spells[member]
    row = Decision(
        member,
        overlap,
        spell.scheme,
        spell.area,
        verdict.action,
        verdict.rule_id,
        overlap.decision_date,
        deciding_fact=verdict.deciding_fact,
        kept=verdict.kept,
        conflict=facts.conflicts()
        if verdict.rule_id == "identity_conflict"
        else ("chosen_enrollment_id",) * (verdict.action == "review" and len(facts.choices(overlap)) > 1),
    )
    if overlap.timing == "past":
        row.action, row.would_be = "none", verdict.action
    elif verdict.action in ("terminate", "suspend"):
        if facts.in_hospital(spell):
            row.action, row.would_be = "hold", verdict.action
        else:
            kept_begins = spells[verdict.kept].benefits_begin if verdict.kept else facts.as_of
            row.effective_date = max(facts.as_of, overlap.starts_on, kept_begins)
    elif verdict.action == "tolerate":
        row.effective_date = verdict.until
    return row


def deceased_rows(spells: list[Spell], facts: Facts) -> list[Decision]:
    """ "every enrollment of a dead person, status not 0 or 3, whose span reaches beyond the as-of date, overlap or not,
    paid or not; its one row has no overlap_id"; "terminate, effective the day after death"; in conflict or doubt:
    review."""
    died_on = facts.deceased()
    rows = []
    for spell in spells:
        if died_on is None or spell.end <= max(facts.as_of, spell.start):
            continue
        row = Decision(spell.enrollment_id, None, spell.scheme, spell.area, "review", "deceased", facts.as_of)
        if facts.conflicts():
            row.rule_id, row.conflict = "identity_conflict", facts.conflicts()
        elif facts.death_doubts():
            row.conflict = facts.death_doubts()
        else:
            row.action, row.effective_date = "terminate", died_on + timedelta(days=1)
        rows.append(row)
    return rows


def departed_rows(spells: list[Spell], facts: Facts) -> list[Decision]:
    """As the dead have: one row without an overlap for every enrollment that reaches beyond the as-of date. "Suspend, from the
    day after the deregistration, but not before the as-of date"; in conflict or doubt: review; "held until discharge"."""
    rows = []
    for spell in spells if facts.departures() else []:
        if spell.end <= max(facts.as_of, spell.start):
            continue
        row = Decision(spell.enrollment_id, None, spell.scheme, spell.area, "review", "deregistered", facts.as_of)
        if facts.conflicts():
            row.rule_id, row.conflict = "identity_conflict", facts.conflicts()
        elif facts.departure_doubts():
            row.conflict = facts.departure_doubts()
        elif facts.in_hospital(spell):
            row.action, row.would_be = "hold", "suspend"
        else:
            row.action, row.effective_date = "suspend", max(facts.as_of, facts.left_on() + timedelta(days=1))
        rows.append(row)
    return rows


def counting_rows(decisions: list[Decision]) -> dict[str, Decision]:
    """ "the enrollment's row that counts: `deceased`, else its current overlap, else its earliest future one, else its
    latest past one"."""

    def order(row: Decision) -> tuple:
        if row.overlap is None:
            return 0, 0
        start = row.overlap.starts_on.toordinal()
        return {"current": (1, 0), "future": (2, start), "past": (3, -start)}[row.overlap.timing]

    counting: dict[str, Decision] = {}
    for row in sorted(decisions, key=order):
        counting.setdefault(row.enrollment_id, row)
    return counting


def first_uncovered_day(ended: Spell, effective: date, staying: list[Spell]) -> date | None:
    """ "on some day from its effective date on, would be benefit-active while none that stays is": the first such day.
    The answer can only change on a day on which some activity or some benefit begins or ends."""
    days = {effective}
    for spell in [ended, *staying]:
        days.update(day for interval in spell.active for day in interval)
        days.update({spell.benefits_begin} - {None})
    for day in sorted(days):
        if effective <= day < FOREVER and ended.is_benefit_active(day) and not any(spell.is_benefit_active(day) for spell in staying):
            return day
    return None


def guard(counting: dict[str, Decision], spells: list[Spell], in_doubt: set[str]) -> None:
    """ "for the actions that count tonight, all at once: ... A termination becomes `review` (`would_be` terminate,
    conflict `left_uncovered`); a suspension carries `resumes_on`, the first such day. Not for the deceased" and the deregistered. What a
    clerk confirmed, or clerks contradict each other about (``in_doubt``), does not stay; a suspension beside it from whose first day nothing
    covers is a `review`, too."""
    ended = {e: row for e, row in counting.items() if row.action in ("terminate", "suspend")}
    staying = [spell for spell in spells if spell.enrollment_id not in {*ended, *in_doubt}]
    by_id = {spell.enrollment_id: spell for spell in spells}
    for enrollment_id, row in ended.items():
        if row.rule_id in ("deceased", "deregistered"):
            continue
        day = first_uncovered_day(by_id[enrollment_id], row.effective_date, staying)
        if day and (row.action == "terminate" or (day == row.effective_date and in_doubt - set(ended))):
            row.action, row.would_be, row.effective_date = "review", row.action, None
            row.conflict = ("left_uncovered",)
        elif day:
            row.resumes_on = day


def speaks_for(day: date, row: Decision, facts: Facts, overlaps: list[Overlap]) -> bool:
    """Whether a return of that day, under a number of the bureau's own, speaks for the case: it "had come up and was not over on the day
    it was decided on", or is "the next overlap, of that or the next year, where the enrollment was in none that day"."""
    if not row.overlap:
        return day >= max(facts.death_dates() or [facts.left_on() or date.min])
    mine = [o for o in overlaps if row.enrollment_id in o.members]
    going_on = any(o.holds(day) for o in mine)
    is_next = row.overlap.starts_on == min((o.starts_on for o in mine if o.starts_on > day), default=None)
    return row.overlap.holds(day) or (is_next and not going_on and row.overlap.starts_on.year <= day.year + 1)


def returned(row: Decision, enrollment: Spell, facts: Facts, overlaps: list[Overlap], by_choice: set) -> tuple[str | None, date | None]:
    """What the clerks said last of the case, up to the as-of date, and when a rejection expires.
    "confirmed and rejected cases do not come back (a rejection can expire, by policy) ... contradictory returns are listed". A rejection,
    and a contradiction, "speaks for later overlaps of the enrollment with any of the covers" that it was left beside, too."""
    answers = [(day, 1, fate, expires) for day, fate, expires in [answered(row, enrollment, facts, overlaps, by_choice)] if day]
    for earlier in overlaps if row.overlap else []:
        beside = set(earlier.members) & set(row.overlap.members) - {row.enrollment_id}
        if row.enrollment_id in earlier.members and beside and earlier.starts_on < row.overlap.starts_on:
            day, fate, expires = answered(replace(row, overlap=earlier), enrollment, facts, overlaps, by_choice)
            answers += [(day, 0, fate, expires)] if fate in ("rejected", "contradicted") else []
    _, _, fate, expires = max(answers, key=lambda answer: answer[:2], default=(None, 0, None, None))
    return fate, expires


def answered(
    row: Decision, enrollment: Spell, facts: Facts, overlaps: list[Overlap], by_choice: set
) -> tuple[date | None, str | None, date | None]:
    """The day of the last answer to this very case, what it was, and when it expires. The person's choice answers it only where it rules
    about it tonight (``by_choice``)."""
    ids = [row.enrollment_id for row in enrollment.rows]
    backs = [f for f in facts.person.feedback if f.enrollment_id in ids and f.decided_on <= facts.as_of]
    is_ruled = row.overlap is not None and (row.enrollment_id, row.overlap.starts_on) in by_choice
    answers = {"rejected", "confirmed"} | ({"person_chose"} if is_ruled else set())
    backs = [f for f in backs if f.result in answers and speaks_for(f.decided_on, row, facts, overlaps)]
    last = max((f.decided_on for f in backs), default=None)
    results = {f.result for f in backs if f.decided_on == last}
    if len(results) > 1:
        return last, "contradicted", None
    months = facts.policy.rejection_lasts_months
    expires = add_months(last, months) if results == {"rejected"} and months else None
    if expires and expires <= facts.as_of:
        return None, None, None
    return last, next(iter(results), None), expires


def honour(row: Decision, enrollment: Spell, facts: Facts, overlaps: list[Overlap], by_choice: set) -> Decision:
    """A rejected case is left as it is; where clerks contradict each other nothing ends; a confirmed one is carried out."""
    fate, expires = returned(row, enrollment, facts, overlaps, by_choice)
    due = row.would_be if row.action in ("none", "hold") else row.action
    row.is_confirmed, row.is_contradicted = fate == "confirmed", fate == "contradicted"
    if fate == "rejected" and due in ("terminate", "suspend", "review"):
        was, ruled, effective = due, "tolerate", expires
    elif fate == "contradicted" and due in ("terminate", "suspend", "review"):
        row.conflict = (*row.conflict, "case_feedback")
        if due == "review":
            return row
        was, ruled, effective = due, "review", None
    else:
        return row
    row.action, row.would_be, row.effective_date = ("none", ruled, None) if row.action == "none" else (ruled, was, effective)
    return row


def decisions_of(overlaps: list[Overlap], spells: list[Spell], facts: Facts) -> list[Decision]:
    """All rows of one person, before the guard. A deceased's one row "stands for its current and future overlaps (past
    ones are decided as for the living)"; so does that of one who has left."""
    by_id = {spell.enrollment_id: spell for spell in spells}
    rows = [*deceased_rows(spells, facts), *departed_rows(spells, facts)]
    stood_for = {row.enrollment_id for row in rows if row.rule_id != "identity_conflict"}
    for overlap in overlaps:
        for member, verdict in verdicts_of(overlap, by_id, facts).items():
            if overlap.timing == "past" or member not in stood_for:
                rows.append(row_of(member, verdict, overlap, by_id, facts))
    by_choice = {
        (row.enrollment_id, row.overlap.starts_on)
        for row in rows
        if row.overlap and (row.deciding_fact == "person_choice" or "chosen_enrollment_id" in row.conflict)
    }
    return nobody_is_dead_in_one_place(facts, [honour(row, by_id[row.enrollment_id], facts, overlaps, by_choice) for row in rows])


def nobody_is_dead_in_one_place(facts: Facts, rows: list[Decision]) -> list[Decision]:
    """Where a clerk rejected the death under one enrollment, the person's others are a review."""
    of_death = [row for row in rows if row.overlap is None and facts.deceased()]
    if any(row.action == "tolerate" for row in of_death):
        for row in [row for row in of_death if row.action != "tolerate"]:
            if row.action == "terminate":
                row.action, row.would_be, row.effective_date = "review", "terminate", None
            row.conflict, row.is_confirmed = tuple(dict.fromkeys((*row.conflict, "case_feedback"))), False
    return rows
