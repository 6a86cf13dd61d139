"""What a clerk reads beside a decision: the rows that it rests on, the reason in both languages, and what a review misses.

tests/evidence.yaml has the expected words of some cases of tests/scenarios. An item is `fact value extract key`; a row
without a key of its own has a hash, written as #.
"""

import re
from pathlib import Path

import polars as pl
import pytest
import yaml
from inbox import AS_OF, Numbers, load_scenarios, scenario_of, write_inbox
from prepared import prepare, publish_again
from test_parameters import with_values

import policy

EXPECTED = yaml.safe_load((Path(__file__).parent / "evidence.yaml").read_text(encoding="utf-8"))
CASES = [case for case in load_scenarios() if case.as_of == AS_OF]
BY_ID = {case.scenario_id: case for case in CASES}
NAMES = ("decisions", "reviews")


def told_under(case: str) -> tuple:
    """Policy and further parameters of a case, by which a night can be shared."""
    return BY_ID[case].group[1:]


def rules_of(policy_id: str, parameters: tuple) -> policy.Policy:
    return with_values(policy_id, dict(parameters)) if parameters else policy.load(policy_id, AS_OF)


def items(row: dict) -> list[str]:
    told = [item.split("\x1f") for item in row["evidence"].split("\x1e")]
    letter = row["enrollment_id"].rpartition(".")[0]
    return [" ".join([fact, value, extract, shown(key, letter)]) for fact, value, extract, key in told]


def shown(key: str, case: str) -> str:
    return "#" if re.fullmatch("[0-9a-f]{32}", key) else key.removeprefix(case)


def told_of(case: str, published: dict) -> dict:
    """letter -> what is said of the enrollment's row, of cases with one overlap."""
    reviews = {row["enrollment_id"]: row for row in published["reviews"].iter_rows(named=True)}
    told = {}
    for row in published["decisions"].iter_rows(named=True):
        owner, _, letter = row["enrollment_id"].rpartition(".")
        if owner != case:
            continue
        assert letter not in told, "a case with one overlap is needed"
        told[letter] = {"evidence": items(row), "zh": row["reason_zh"], "en": row["reason_en"]}
        if row["action"] == "review":
            review = reviews[row["enrollment_id"]]
            told[letter] |= {"missing": review["missing"], "conflict": review["conflict"]}
    return told


@pytest.fixture(scope="module")
def published(tmp_path_factory) -> dict:
    """policy and further parameters -> dataset -> rows"""
    folder = tmp_path_factory.mktemp("evidence")
    read = prepare(write_inbox(folder / "inbox", [case.person for case in CASES], AS_OF), AS_OF, folder / "read")
    return {under: publish_again(read, rules_of(*under), NAMES) for under in {told_under(case) for case in EXPECTED}}


@pytest.mark.parametrize("case", EXPECTED)
def test_a_decision_says_on_what_it_rests_and_why(case, published):
    assert told_of(case, published[told_under(case)]) == EXPECTED[case]


#: Twice insured last year, and not at all this year: there are decisions on the past, and a place in the coverage plan.
LAPSED_PUPIL = yaml.safe_load("""
id: lapsed-pupil
says: In two places last year, at school in one of them, and paid nowhere this year.
person: {born: 2012-04-02, sex: 2, name: 何秀兰, id: "220102"}
enrollments: {A: {scheme: resident, area: "220102", from: 2024-01-01}, B: {scheme: resident, area: "510104", from: 2024-01-01}}
contributions: {A: [{from: 2025-01, to: 2025-12}], B: [{from: 2025-01, to: 2025-12}]}
residence: {household: "220102", living: "510104", permit: {area: "510104", from: 2025-03-01, to: 2029-03-01}}
student: {school_area: "510104", stage: junior, from: 2024-09-01, to: 2028-07-01}
expect: {}
""")


def test_a_row_has_the_same_key_in_a_decision_and_in_the_coverage_plan(tmp_path):
    person = scenario_of(LAPSED_PUPIL, Numbers()).person
    read = prepare(write_inbox(tmp_path / "inbox", [person], AS_OF), AS_OF, tmp_path / "read")
    found = publish_again(read, policy.load("national", AS_OF), ("decisions", "coverage_gaps"))
    [gap], decided = items_by_extract(found["coverage_gaps"]), items_by_extract(found["decisions"])
    assert len(decided) == 2 and gap["resident"] and gap["student"]
    for name in ("resident", "student"):
        assert all(gap[name] == row[name] for row in decided)


def items_by_extract(rows: pl.DataFrame) -> list[dict[str, list[tuple]]]:
    """Of each row: extract -> (fact, value, key)."""
    told: list[dict] = []
    for evidence in rows["evidence"]:
        told.append({})
        for fact, value, extract, key in (item.split("\x1f") for item in evidence.split("\x1e")):
            told[-1].setdefault(extract, []).append((fact, value, key))
    return told


def test_every_kind_of_evidence_is_among_them():
    facts = {item.split()[0] for told in EXPECTED.values() for row in told.values() for item in row["evidence"]}
    assert facts == {
        "enrolled",
        "kept",
        "person_choice",
        "school_place",
        "usual_residence",
        "employment_place",
        "continuous_employee_months",
        "benefit_active",
        "newest",
        "newest_in_pool",
        "deceased",
        "deregistered",
        "identity_conflict",
        "in_hospital",
        "left_uncovered",
    }
