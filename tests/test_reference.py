"""The pipeline and the reference answer the same of 20,000 made-up people, under both policies.

The people are drawn so that every rule, tie, action and case of money occurs: that is tested first, because an answer
that agrees on cases that never came up says nothing.
"""

import hashlib
from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from inbox import AS_OF, rows_of, write_inbox
from reference import POLICIES, decide, jilin, national
from reference.observed import DATASETS, as_scenario, from_night, from_reference, read_night
from reference.random_people import random_people

POLICY_IDS = ("national", "jilin")
SHOWN = 3


# what the people reach ----------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def reached(reference_outcomes) -> dict[str, Counter]:
    """Per policy: how often each thing the rules can say was said."""
    counts = {}
    for policy_id, outcomes in ((policy_id, reference_outcomes(policy_id)) for policy_id in POLICY_IDS):
        seen = counts[policy_id] = Counter()
        for outcome in outcomes.values():
            seen.update(("overlap", o.category, o.timing) for o in outcome.overlaps)
            seen.update(("place", o.place) for o in outcome.overlaps)
            for d in outcome.decisions:
                seen.update(
                    [
                        ("rule", d.rule_id),
                        ("action", d.action),
                        ("fact", d.deciding_fact),
                        (d.rule_id, d.action),
                        (d.rule_id, d.deciding_fact),
                        ("would_be", d.action, d.would_be),
                    ]
                )
                seen.update([("conflict", c) for c in d.conflict])
            seen.update(("resumes", bool(s.resumes_on)) for s in outcome.suspensions)
            seen.update(("deduction", d.status, d.basis, d.rule_id) for d in outcome.deductions)
            seen.update(("levels", len(d.levels), d.year) for d in outcome.deductions)
            seen.update(("refund", r.case_id, r.eligibility) for r in outcome.refunds)
            seen.update(("channel", r.channel) for r in outcome.refunds)
            seen.update(("merged", len(s.rows)) for s in outcome.spells)
    return counts


RULES = (
    "identity_conflict",
    "deceased",
    "freshman_year",
    "student_school_place",
    "resident_usual_residence",
    "employee_workplace",
    "waiting_period",
    "cross_scheme_flexible",
    "cross_scheme_one_year",
    "cross_scheme_under_one_year",
)
RESIDENT_FACTS = ("usual_residence", "usual_county", "newest_in_pool")
EXPECTED = [
    *(("rule", rule) for rule in RULES),
    *(("action", action) for action in ("retain", "terminate", "suspend", "tolerate", "hold", "review", "none")),
    *(
        ("overlap", category, timing)
        for timing in ("past", "current", "future")
        for category in ("within_employee", "within_resident", "cross_scheme", "mixed")
    ),
    *(("place", place) for place in ("same_pool", "same_province", "cross_province")),
    *(("student_school_place", fact) for fact in ("school_place", *RESIDENT_FACTS)),
    *(("resident_usual_residence", fact) for fact in RESIDENT_FACTS),
    *(("employee_workplace", fact) for fact in ("employer_paid", "employment_place", "newest_in_pool")),
    *(("cross_scheme_flexible", fact) for fact in ("benefit_active", "newest")),
    ("cross_scheme_flexible", "review"),
    ("waiting_period", "benefit_active"),
    ("freshman_year", "school_place"),
    ("cross_scheme_one_year", "continuous_employee_months"),
    *(("would_be", "none", was) for was in ("retain", "terminate", "tolerate", "review", "suspend")),
    *(("would_be", "hold", was) for was in ("terminate", "suspend")),
    ("would_be", "review", "terminate"),
    *(("conflict", field) for field in ("psn_name", "gend", "brdy", "death_date", "left_uncovered")),
    ("resumes", True),
    ("resumes", False),
    *(
        ("deduction", "new", basis, rule)
        for basis in ("paid_record", "standard")
        for rule in ("student_school_place", "resident_usual_residence", "cross_scheme_one_year", "deceased")
    ),
    ("deduction", "exempt", "standard", "resident_usual_residence"),
    ("deduction", "exempt", "standard", "student_school_place"),
    *(("levels", 2, year) for year in (2025, 2026)),
    ("refund", "death", "provincial"),
    ("refund", "suspended", "not_refundable"),
    ("refund", "suspended", "provincial"),
    ("refund", "not_begun", "eligible"),
    ("refund", "assisted", "eligible"),
    ("refund", "begun", "provincial"),
    ("refund", "flexible_prepaid", "eligible"),
    *(("channel", channel) for channel in ("own_account", "relative_account", "paying_channel")),
    *(("merged", rows) for rows in (1, 2, 3)),
]


@pytest.mark.parametrize("policy_id", POLICY_IDS)
def test_every_rule_tie_and_case_is_reached(reached, policy_id):
    missing = [what for what in EXPECTED if not reached[policy_id][what]]
    assert not missing, missing


def test_the_policies_differ_where_they_should(reached):
    assert reached["national"]["cross_scheme_under_one_year", "suspend"]
    assert not reached["national"]["cross_scheme_under_one_year", "terminate"]
    assert reached["jilin"]["cross_scheme_under_one_year", "terminate"]
    assert not reached["jilin"]["cross_scheme_under_one_year", "suspend"]
    assert reached["jilin"]["refund", "death", "eligible"] and not reached["national"]["refund", "death", "eligible"]


def test_people_are_told_apart_and_drawn_the_same_way_each_time(people):
    assert len({person.certno for person in people}) == len(people)
    again = random_people(200, seed=20261122)
    assert [rows_of(p) for p in again] == [rows_of(replace(p, aid=[])) for p in people[:200]]


# the same answers ---------------------------------------------------------------------------------------------------
def differences(expected: dict, observed: dict) -> list[tuple]:
    """(key, what the reference says, what was published), for keys where they differ; None where there is no row."""
    return [
        (key, expected.get(key), observed.get(key))
        for key in sorted({*expected, *observed}, key=str)
        if expected.get(key) != observed.get(key)
    ]


def owner_of_key(dataset: str, key: tuple | str) -> str:
    """The label of the person that a row of a dataset is about: ids are `<label>.<letter>`."""
    first = key[0][0] if dataset == "overlaps" else key if isinstance(key, str) else key[0]
    return first.split(".")[0]


@pytest.mark.parametrize("dataset", DATASETS)
@pytest.mark.parametrize("policy_id", POLICY_IDS)
def test_pipeline_agrees(random_night, people, policy_id, dataset):
    night = random_night(policy_id)
    expected, observed = getattr(night.expected, dataset), getattr(night.observed, dataset)
    differ = differences(expected, observed)
    if not differ:
        assert expected, f"no rows of {dataset} to compare"
        return
    by_label, shown = {person.label: person for person in people}, []
    labels = list(dict.fromkeys(owner_of_key(dataset, key) for key, _, _ in differ))
    for label in sorted(labels, key=lambda one: len(by_label[one].enrollments) + len(by_label[one].contributions))[:SHOWN]:
        shown.append(as_scenario(by_label[label]))
        for key, says, published in differ:
            if owner_of_key(dataset, key) == label:
                shown.append(f"  {key}\n    reference {says}\n    published {published}")
    pytest.fail(
        f"{policy_id} {dataset}: {len(differ)} of {len(expected)} rows differ, of {len(labels)} persons\n" + "\n".join(shown), pytrace=False
    )


@pytest.mark.parametrize("policy_id", POLICY_IDS)
def test_overlap_ids_are_those_of_person_members_and_start(random_night, policy_id):
    """overlap_id: the first 32 hex digits of SHA-256 of person_id|members joined by commas|start."""
    overlaps = random_night(policy_id).datasets["overlaps"]
    for row in overlaps.iter_rows(named=True):
        text = f"{row['person_id']}|{','.join(row['enrollment_ids'])}|{row['starts_on'].isoformat()}"
        assert row["overlap_id"] == hashlib.sha256(text.encode()).hexdigest()[:32]


def test_each_overlap_has_one_person(random_night):
    """Members of an overlap are of one person, and a person_id is one person's in every dataset."""
    night = random_night("national")
    owners: dict[str, set] = {}
    for row in night.datasets["overlaps"].iter_rows(named=True):
        owners.setdefault(row["person_id"], set()).update(e.split(".")[0] for e in row["enrollment_ids"])
    for name in set(DATASETS) - {"overlaps"}:
        for row in night.datasets[name].iter_rows(named=True):
            owners.setdefault(row["person_id"], set()).add(row["enrollment_id"].split(".")[0])
    assert all(len(labels) == 1 for labels in owners.values())
    assert len({next(iter(labels)) for labels in owners.values()}) == len(owners)


# the comparison itself ------------------------------------------------------------------------------------------------
CHANGES = {
    "grace": {"payment_grace_months": 2},
    "lag": {"collection_lag_months": 1},
    "look-back": {"lookback_years": 2},
    "year": {"one_year_months": 11},
    "sources": {"death_sources_days": 29},
    "back-payment": {"count_backpay": True},
    "bridge": {"gap_tolerance_months": 1},
    "pools": {"pooling_level": 2},
    "flexible": {"flexible_emp_mgt_types": frozenset({"02"})},
    "deduction": {"deduct_under_one_year": True},
    "refund": {"refund_begun": "eligible"},
}


@pytest.mark.parametrize("change", CHANGES)
def test_the_comparison_notices_another_parameter(random_night, people, change):
    """A reference with one parameter changed no longer agrees: each of them is reached by the people."""
    policy = (jilin if change == "deduction" else national)(**CHANGES[change])
    some = people[:4000]
    labels = {person.label for person in some}
    expected, night = from_reference([decide(p, policy, AS_OF) for p in some]), random_night(policy.policy_id)
    assert any(
        differences(
            getattr(expected, name), {key: row for key, row in getattr(night.observed, name).items() if owner_of_key(name, key) in labels}
        )
        for name in DATASETS
    )


@pytest.mark.parametrize(
    "as_of, policy_id, seed",
    [(date(2027, 1, 1), "jilin", 2), (date(2025, 7, 1), "national", 5), (AS_OF, "guangdong", 3), (AS_OF, "fujian", 4)],
)
def test_pipeline_agrees_on_other_nights(run_night, tmp_path, as_of, policy_id, seed):
    """Other people, on a New Year's Day, in a year that most of their payments have yet to reach, and in other provinces."""
    others = [p for p in random_people(5000, seed) if p.born <= as_of]
    inbox = write_inbox(tmp_path / "inbox", others, as_of)
    warehouse = run_night(inbox, tmp_path / "warehouse", as_of, policy_id, ("overlap_share",))
    expected = from_reference([decide(p, POLICIES[policy_id], as_of) for p in others])
    observed = from_night(read_night(warehouse))
    for name in DATASETS:
        assert getattr(expected, name)
        assert differences(getattr(expected, name), getattr(observed, name)) == [], name
