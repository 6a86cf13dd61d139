"""The ladder of a rule with the step that decided, from published rows and the policy.

A publication says of a removed member only its deciding fact. What follows from that is all that is claimed here: on
every step before it the member and the leaders are the same, on that step the leaders are ahead, later ones were not
looked at; of tied members no step tells them apart. Rows are the published columns as dictionaries.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from policy import Policy, Rule

#: Rules of which the first that applies decides, within a scheme and across the two (rules 3).
ORDERS = (
    ("freshman_year", "student_school_place", "resident_usual_residence"),
    ("waiting_period", "cross_scheme_flexible", "cross_scheme_one_year", "cross_scheme_under_one_year"),
)


@dataclass(frozen=True)
class Step:
    """One fact of a ladder; ``fate``: same, decided, tied, not_needed, or not weighed at all: set_aside (one is retired),
    contradicted (the person chose more than one), tied_side (the other scheme is tied in itself). ``members`` are those
    who fell behind here."""

    fact: str
    fate: str
    members: tuple[str, ...] = ()


def outcome(decision: Mapping) -> str:
    """What the rule said, before a past overlap, the hospital or the guard changed it."""
    return decision["would_be"] or decision["action"]


def steps(rule: Rule, members: Sequence[Mapping]) -> list[Step]:
    """The ladder of ``rule`` in one overlap, whose decisions are ``members``."""
    facts, own = rule.rungs, [m for m in members if m["rule_id"] == rule.rule_id]
    fell = {fact: tuple(m["enrollment_id"] for m in own if m["deciding_fact"] == fact) for fact in facts}
    unweighed = _unweighed(own)
    if unweighed:
        return [Step(fact, unweighed) for fact in facts]
    tied = len(leaders(rule, members)) > 1 or any(outcome(m) == "review" for m in own)
    last = max((at for at, fact in enumerate(facts) if fell[fact]), default=-1)
    found = []
    for at, fact in enumerate(facts):
        fate = "decided" if fell[fact] else "same" if at < last else "tied" if tied else "not_needed"
        if fate == "tied" and fact == "newest" and _tied_scheme(members):
            fate = "tied_side"
        found.append(Step(fact, fate, fell[fact]))
    return found


def _unweighed(own: Sequence[Mapping]) -> str:
    """Why a rule weighs nothing at all; empty where it does. ``own``: the members under that rule."""
    if any("retirement_place" in m["missing"] for m in own):
        return "set_aside"
    return "contradicted" if any(is_contradicted(m) for m in own) else ""


def is_contradicted(d: Mapping) -> bool:
    """Whether the person chose more than one of the enrollments."""
    return "chosen_enrollment_id" in d["conflict"]


def _tied_scheme(members: Sequence[Mapping]) -> bool:
    """Whether two of one scheme lead: then the date of enrollment is not weighed across the schemes (rules 3, ties)."""
    schemes = [m["scheme"] for m in members if outcome(m) == "review"]
    return len(schemes) > len(set(schemes))


def leaders(rule: Rule, members: Sequence[Mapping]) -> list[str]:
    """Members of the side or sides that ``rule`` compared, those that fell behind on it aside."""
    behind = {m["enrollment_id"] for m in members if m["rule_id"] == rule.rule_id and m["deciding_fact"]}
    if rule.rule_id.startswith("cross_scheme"):
        compared = [m for m in members if m["rule_id"] == rule.rule_id]
    else:
        schemes = {m["scheme"] for m in members if m["rule_id"] == rule.rule_id}
        compared = [m for m in members if m["scheme"] in schemes]
    return [m["enrollment_id"] for m in compared if m["enrollment_id"] not in behind]


def passed_over(rule_id: str, policy: Policy) -> list[str]:
    """Rules that would have come before this one and did not apply."""
    order = next((o for o in ORDERS if rule_id in o), (rule_id,))
    return [r for r in order[: order.index(rule_id)] if r in policy.rules]


def evidence_of(decision: Mapping, fact: str) -> list[Mapping]:
    return [row for row in decision["evidence"] if row["fact"] == fact]


def months_found(decision: Mapping) -> int:
    """Continuous employee months as the evidence has them; no row means none was found."""
    rows = evidence_of(decision, "continuous_employee_months")
    return int(rows[0]["value"]) if rows else 0
