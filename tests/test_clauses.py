"""Each clause of the rules is shown by cases in which it holds, and in which it just does not.

tests/clauses.yaml lists the clauses; a case of tests/scenarios names in `proves` those that it shows, and how.
"""

import re
from pathlib import Path

import pytest
import yaml
from inbox import load_scenarios

from policy import vocabulary
from policy.files import read_tree

HERE = Path(__file__).parent
CLAUSES = {
    clause: told
    for section in yaml.safe_load((HERE / "clauses.yaml").read_text(encoding="utf-8")).values()
    for clause, told in section.items()
}
HOLDS, NOT = ("holds", "holds_by_a_day"), ("just_not", "not_by_a_day")
CASES = load_scenarios()
#: What a province changes and no statement of SQL decides by: what is published of it, if anything, says so itself.
NO_DECISION = {"newborn_days", "enrollment_window", "no_wait_classes"}


def shown(clause: str) -> list[str]:
    return [case.proves[clause] for case in CASES if clause in case.proves]


@pytest.mark.parametrize("clause", CLAUSES)
def test_a_clause_is_shown_to_hold_and_just_not_to_hold(clause):
    told, how = CLAUSES[clause], shown(clause)
    if "proved_by" in told:
        assert (HERE.parent / told["proved_by"]).is_file() and not how
        return
    wanted = (("holds_by_a_day",), ("not_by_a_day",)) if told.get("dated") else (HOLDS, NOT)
    for kind in wanted:
        assert set(kind) & set(how), f"no case in which {clause} {' or '.join(kind)}: {told['says']}"


def test_a_case_proves_clauses_that_exist():
    assert {clause for case in CASES for clause in case.proves} <= set(CLAUSES)
    assert {how for case in CASES for how in case.proves.values()} <= {*HOLDS, *NOT}


def test_every_rule_has_its_clause():
    named = {rule_id for rule_id in vocabulary.RULES if any(f"{rule_id}:" in told["says"] for told in CLAUSES.values())}
    assert named == set(vocabulary.RULES)


def test_whatever_a_province_changes_has_its_clause():
    changed = {
        f"{policy_id}.{name}" for policy_id, file in read_tree().provinces.items() for name in {*file.parameters, *file.rules} - NO_DECISION
    }
    assert changed <= set(CLAUSES)


def test_a_case_that_shows_a_province_runs_under_its_policy():
    """One of the two cases may run under the nation's policy: it shows that the nation decides otherwise."""
    for clause in (clause for clause in CLAUSES if "." in clause):
        policies = {case.policy for case in CASES if case.proves.get(clause) in HOLDS}
        assert policies == {clause.split(".")[0]}


def test_the_words_of_a_clause_are_one_sentence():
    assert all(re.fullmatch(r"[A-Z0-9a-z_].*\.", told["says"]) for told in CLAUSES.values())
