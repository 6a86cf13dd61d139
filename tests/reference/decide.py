"""One person's whole night, in the order of the rules."""

from datetime import date

from .activity import Spell, active_days, is_effective, owner_of, scheme_of, spells_of
from .after_death import booked_after_death
from .consequences import deductions_of, refunds_of
from .continuity import switches_of, wait_of
from .coverage import gap_of
from .facts import Facts
from .model import Contribution, Decision, Ending, Outcome, Person, Policy
from .overlaps import overlaps_of
from .retention import counting_rows, decisions_of, guard


def activity_of(person: Person, policy: Policy, as_of: date) -> list[Spell]:
    spells = spells_of(person, policy)
    for contribution in person.contributions:
        if is_effective(contribution):
            owner = owner_of(contribution, spells, policy)
            if owner:
                owner.paid.append(contribution)
    for spell in spells:
        spell.active = active_days(spell, policy, as_of)
    for spell in spells:
        if spell.active:
            spell.waiting_months = wait_of(person, spell, spells, effective_of(person), policy)[2]
    return spells


def effective_of(person: Person) -> list[Contribution]:
    return [c for c in person.contributions if is_effective(c) and scheme_of(c.insutype)]


def ending_of(row: Decision, spells: dict[str, Spell]) -> Ending:
    spell = spells[row.enrollment_id]
    return Ending(
        row.enrollment_id,
        spell.scheme,
        spell.area,
        spell.last.emp_no,
        row.overlap,
        row.rule_id,
        row.kept,
        spells[row.kept].area if row.kept else None,
        row.effective_date,
        row.resumes_on,
    )


def decide(person: Person, policy: Policy, as_of: date) -> Outcome:
    """activity -> overlaps -> facts -> retention -> consequences"""
    spells = activity_of(person, policy, as_of)
    facts = Facts(person, spells, policy, as_of)
    overlaps = overlaps_of(spells, policy, as_of)
    decisions = decisions_of(overlaps, spells, facts)
    counting = counting_rows(decisions)
    guard(counting, spells, {row.enrollment_id for row in decisions if row.is_confirmed or row.is_contradicted})
    by_id = {spell.enrollment_id: spell for spell in spells}
    return Outcome(
        certno=person.certno,
        overlaps=overlaps,
        decisions=decisions,
        counting=counting,
        terminations=[ending_of(r, by_id) for r in counting.values() if r.action == "terminate" and not r.is_confirmed],
        suspensions=[ending_of(r, by_id) for r in counting.values() if r.action == "suspend" and not r.is_confirmed],
        reviews=[row for row in decisions if row.action == "review" and not row.is_confirmed],
        deductions=deductions_of(overlaps, decisions, facts),
        refunds=refunds_of(spells, counting, facts),
        spells=spells,
        switches=switches_of(person, spells, effective_of(person), policy, as_of),
        gap=gap_of(person, spells, policy, as_of),
        after_death=booked_after_death(person, spells, decisions, facts),
    )
