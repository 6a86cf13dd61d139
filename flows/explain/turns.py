"""What would change a decision, or settle it; from published rows and the policy (see ladder.py for what is claimed)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flows.explain.ladder import evidence_of, is_contradicted, leaders, months_found, outcome
from policy import ENDED, Policy, Rule

#: Which department's rows say whether a fact holds (rules 2).
SOURCES = {
    "person_choice": "case_feedback",
    "employer_paid": "enrollment",
    "employment_place": "contribution",
    "usual_residence": "resident",
    "usual_county": "resident",
    "school_place": "student",
}
DATED = ("newest_in_pool", "newest")
OTHER_ONE_YEAR_RULE = {"cross_scheme_one_year": "cross_scheme_under_one_year", "cross_scheme_under_one_year": "cross_scheme_one_year"}


@dataclass(frozen=True)
class Turn:
    """Something that would change an outcome, or settle it: a key of words.SENTENCES and what it speaks of, in codes."""

    key: str
    of: Mapping[str, object] = field(default_factory=dict)


def turns(decision: Mapping, members: Sequence[Mapping], policy: Policy | None) -> list[Turn]:
    """What would change this decision, or settle it: what was found after the ladder first, then the ladder itself."""
    found = [*_tonight(decision), *_waits_for(decision)]
    rule = policy.rules.get(decision["rule_id"]) if policy else None
    if rule is None:
        return found
    chosen = _chosen(decision, members)
    if chosen is not None:
        return found + chosen
    special = {
        "identity_conflict": _identity,
        "deceased": _deceased,
        "deregistered": _deregistered,
        "freshman_year": _freshman,
        "waiting_period": _waiting,
        "cross_scheme_flexible": _flexible,
        "cross_scheme_one_year": _months,
        "cross_scheme_under_one_year": _months,
    }
    found += special.get(rule.rule_id, _own_scheme)(decision, members, policy)
    weighs = rule.choice_first and decision["action"] != "none" and "retirement_place" not in decision["missing"]
    return [*found, Turn("choose")] if weighs else found


def _chosen(d: Mapping, members: Sequence[Mapping]) -> list[Turn] | None:
    """Where the person's choice decided, nothing else was looked at; None where it did not."""
    if is_contradicted(d):
        return []
    if d["deciding_fact"] == "person_choice":
        return [Turn("chosen")]
    others = [m["enrollment_id"] for m in members if m["rule_id"] == d["rule_id"] and m["deciding_fact"] == "person_choice"]
    return [Turn("chosen_instead", {"others": others})] if others else None


def _tonight(d: Mapping) -> list[Turn]:
    if d["action"] == "none":
        return [Turn("over", {"action": d["would_be"]})]
    if d["action"] == "hold":
        return [Turn("discharge", {"action": d["would_be"]})]
    if d["action"] == "review" and d["would_be"]:
        days = [row["value"] for row in evidence_of(d, "left_uncovered")]
        return [Turn("covered", {"action": d["would_be"], "day": days[0]})] if days else []
    return [Turn("resumes", {"day": d["resumes_on"]})] if d["resumes_on"] else []


def _waits_for(d: Mapping) -> list[Turn]:
    found = [Turn("missing", {"missing": d["missing"]})] if d["missing"] else []
    kind = "guarded" if d["conflict"] == ["left_uncovered"] else "conflict"
    return found + ([Turn(kind, {"conflict": d["conflict"]})] if d["conflict"] else [])


def _identity(d: Mapping, members: Sequence[Mapping], policy: Policy) -> list[Turn]:
    if evidence_of(d, "deregistered") and "deregistered" in policy.rules:
        return [Turn("departure_settled", {"action": policy.rules["deregistered"].action})]
    if d["overlap_id"] is None and "deceased" in policy.rules:
        return [Turn("death_settled", {"action": policy.rules["deceased"].action})]
    return [Turn("identity_settled")]


def _deceased(d: Mapping, members: Sequence[Mapping], policy: Policy) -> list[Turn]:
    action, found = policy.rules["deceased"].action, []
    if "death_date" in d["conflict"]:
        found.append(Turn("sources_agree", {"days": policy.parameters["death_sources_days"], "action": action}))
    if "psn_name" in d["conflict"]:
        found.append(Turn("name_agrees", {"action": action}))
    extracts = sorted({row["extract"] for row in evidence_of(d, "deceased")})
    return [*found, Turn("report_withdrawn", {"extracts": extracts})]


def _deregistered(d: Mapping, members: Sequence[Mapping], policy: Policy) -> list[Turn]:
    """Both doubts have to go before anything is suspended; whoever is on the register again is decided as those who stayed."""
    doubts = {"dereg_date": "departure_dated", "dereg_reason": "register_agrees"}
    action = policy.rules["deregistered"].action
    found = [Turn(key, {"action": action}) for code, key in doubts.items() if d["conflict"] == [code]]
    if set(doubts) <= set(d["conflict"]):
        found = [Turn("register_settled", {"action": action})]
    return [*found, Turn("on_the_register_again")]


def _freshman(d: Mapping, members: Sequence[Mapping], policy: Policy) -> list[Turn]:
    after = policy.rules.get("student_school_place")
    if not d["deciding_fact"]:
        return _rivals(d, members)
    return [Turn("year_over", {"rule": after.rule_id, "action": after.action})] if after else []


def _waiting(d: Mapping, members: Sequence[Mapping], policy: Policy) -> list[Turn]:
    wait = Turn("wait_over", {"day": d["effective_date"]}) if d["effective_date"] else Turn("wait_kept")
    return [wait, *_rivals(d, members)] if outcome(d) == "retain" else [wait]


def _months(d: Mapping, members: Sequence[Mapping], policy: Policy) -> list[Turn]:
    """Employee against resident by the months in a row: they change what becomes of the resident side only."""
    limit, other = policy.parameters["one_year_months"], policy.rules.get(OTHER_ONE_YEAR_RULE[d["rule_id"]])
    asks = [Turn("policy_asks_review")] if policy.rules[d["rule_id"]].action == "review" else []
    if limit is ENDED or other is None:
        return asks
    if d["scheme"] == "employee":
        return [*(asks or [Turn("scheme_stays")]), *_rivals(d, members)]
    found = months_found(d)
    of = {"found": found, "limit": limit, "rule": other.rule_id, "action": other.action}
    turn = Turn("fewer_months", of) if found >= limit else Turn("more_months", of | {"short": limit - found})
    return [*asks, turn, *([Turn("if_flexible", {"rule": "cross_scheme_flexible"})] if "cross_scheme_flexible" in policy.rules else [])]


def _flexible(d: Mapping, members: Sequence[Mapping], policy: Policy) -> list[Turn]:
    """A flexible worker against the resident scheme: benefits begun, then the later date."""
    rule, employed = policy.rules["cross_scheme_flexible"], Turn("if_employed")
    if d["deciding_fact"] == "benefit_active":
        own, _ = _dates(d, "benefit_active")
        together = [m for m in members if m["rule_id"] == d["rule_id"] and m["deciding_fact"] == "benefit_active"]
        key = "benefits_begun" if len(together) == 1 else "benefits_begun_tied"
        return [Turn(key, {"own": own, "day": d["decision_date"]}), employed]
    if d["deciding_fact"]:
        return [*_behind(d, rule, members), employed]
    if outcome(d) == "review":
        sides = [m["scheme"] for m in members if outcome(m) == "review"]
        if sides.count("employee") > 1:
            return [Turn("first_own"), employed]
        facts = ("benefit_active",) if sides.count("resident") > 1 else rule.ladder
        return [Turn("tie_break", {"facts": facts, "action": rule.action}), employed]
    return [*_rivals(d, members), employed]


def _own_scheme(d: Mapping, members: Sequence[Mapping], policy: Policy) -> list[Turn]:
    """One scheme narrowed by its own rule."""
    rule = policy.rules[d["rule_id"]]
    then = [Turn("then_cross")] if len({m["scheme"] for m in members}) > 1 else []
    if d["deciding_fact"]:
        return [*_behind(d, rule, members), *then]
    if outcome(d) == "review":
        if "retirement_place" in d["missing"]:
            return [Turn("retirement_tie")]
        found = [Turn("tie_break", {"facts": rule.ladder, "action": rule.action}), *then]
        # the lists of a past overlap do not say whether it was a retirement that tied them
        return [*found, Turn("tie_or_retired")] if d["scheme"] == "employee" and not d["missing"] else found
    return _rivals(d, members)


def _behind(d: Mapping, rule: Rule, members: Sequence[Mapping]) -> list[Turn]:
    """What would bring a removed member level with the leaders, or ahead of them."""
    fact, ahead = d["deciding_fact"], leaders(rule, members)
    if fact in DATED:
        own, theirs = _dates(d, fact)
        if theirs is None or d["kept_enrollment_id"] not in ahead:  # the leader it was compared with is itself removed
            return [Turn("later_than", {"own": own, "leaders": ahead})]
        return [Turn("later", {"own": own, "theirs": theirs, "leaders": ahead})]
    rest = rule.ladder[rule.ladder.index(fact) + 1 :] if fact in rule.ladder else ()  # the choice is told apart, see _chosen
    level = {"fact": fact, "extract": SOURCES.get(fact, "enrollment"), "leaders": ahead}
    also = Turn("also_true", level | {"facts": rest}) if rest else Turn("also_true_last", level)
    return [also, Turn("alone_true", {"fact": fact, "leaders": ahead})]


def _rivals(d: Mapping, members: Sequence[Mapping]) -> list[Turn]:
    """What would cost the one that stays its place: the facts on which others fell behind it, of its scheme or by its rule."""
    behind: dict[str, list[str]] = {}
    for m in members:
        by_fact = m["deciding_fact"] and m["deciding_fact"] != "continuous_employee_months"
        if by_fact and (m["scheme"] == d["scheme"] or m["rule_id"] == d["rule_id"] == "cross_scheme_flexible"):
            behind.setdefault(m["deciding_fact"], []).append(m["enrollment_id"])
    return [Turn("rival_later" if fact in DATED else "rival", {"fact": fact, "others": others}) for fact, others in behind.items()]


def _dates(d: Mapping, fact: str) -> tuple[str | None, str | None]:
    """The dates that were compared: of the enrollment itself, and of the one that stays."""
    by_row = {row["row_key"]: row["value"] for row in evidence_of(d, fact)}
    return by_row.get(d["enrollment_id"]), by_row.get(d["kept_enrollment_id"])
