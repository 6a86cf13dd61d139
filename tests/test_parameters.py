"""Every parameter does what it says: the pipeline and the reference agree under values that no policy file has yet."""

from dataclasses import replace
from datetime import date

import pytest
from inbox import AS_OF, write_inbox
from prepared import decide_again, prepare
from reference import POLICIES, decide
from reference.observed import DATASETS, from_reference
from reference.random_people import random_people

import policy
from policy import vocabulary
from policy.files import read_tree
from policy.resolver import resolve

#: policy, values in the words of the policy files, values of the reference where it has others.
CHANGES = {
    "pools": ("national", {"pooling_level": {"default": 2}}, {"pooling_level": 2}),
    "counties": ("national", {"pooling_level": {"default": 6, "11": 2}}, {"pooling_level": 6, "province_pools": frozenset({"11"})}),
    "flexible": ("national", {"flexible_emp_mgt_types": ("02",)}, {"flexible_emp_mgt_types": frozenset({"02"})}),
    "grace": ("national", {"payment_grace_months": 1}, {}),
    "lag": ("national", {"collection_lag_months": 0}, {}),
    "look-back": ("national", {"lookback_years": 2}, {}),
    "no look-back": ("jilin", {"lookback_years": 0}, {}),
    "short": ("national", {"min_overlap_days": 60}, {}),
    "back-payment": ("jilin", {"count_backpay": True}, {}),
    "bridge": ("national", {"gap_tolerance_months": 2}, {}),
    "year": ("national", {"one_year_months": 7}, {}),
    "sources": ("national", {"death_sources_days": 0}, {}),
    "away": ("national", {"suspended_deregistrations": ("emigrated", "military", "prison")}, {}),
    "in prison": ("jilin", {"suspended_deregistrations": ("prison",)}, {}),
    "terminate": ("national", {"under_one_year_action": "terminate", "deduct_under_one_year": True}, {}),
    "review": ("national", {"under_one_year_action": "review"}, {}),
    "review and choice": ("national", {"under_one_year_action": "review", "choice_decides": True}, {}),
    "terminate and choice": ("national", {"under_one_year_action": "terminate", "choice_decides": True}, {}),
    "death": ("national", {"refund_death_not_begun": "eligible"}, {}),
    "begun": ("national", {"refund_begun": "eligible"}, {}),
    "prepaid": ("national", {"first_refund_month": "month_after"}, {}),
    "freshmen": ("national", {"freshman_until": "end_of_next_year"}, {"freshman_until": None, "freshman_years": 1}),
}
#: Tests of their own: the night of the coverage plan, waits and the ledger over nights.
ELSEWHERE = {
    "waiting_months",
    "continuity_months",
    "continuity_gap_months",
    "newborn_days",
    "enrollment_window",
    "late_wait_months",
    "missed_year_wait_months",
    "repaid_year_wait_months",
    "long_break_years",
    "long_break_wait_months",
    "no_wait_classes",
    "rejection_lasts_months",
}


def with_values(policy_id: str, values: dict, day: date = AS_OF) -> policy.Policy:
    """The policy with other values of the nation, which a province no longer overrides."""
    tree = read_tree()
    parameters = dict(tree.national.parameters)
    for name, value in values.items():
        first = parameters[name].entries[0]
        parameters[name] = replace(parameters[name], entries=(replace(first, value=value),))
    provinces = {
        key: replace(file, parameters={name: series for name, series in file.parameters.items() if name not in values})
        for key, file in tree.provinces.items()
    }
    return resolve(replace(tree, national=replace(tree.national, parameters=parameters), provinces=provinces), policy_id, day)


@pytest.fixture(scope="module")
def some() -> list:
    return random_people(1500, seed=11)


@pytest.fixture(scope="module")
def read_once(some, tmp_path_factory):
    folder = tmp_path_factory.mktemp("parameters")
    return prepare(write_inbox(folder / "inbox", some, AS_OF), AS_OF, folder / "read")


@pytest.fixture(scope="module")
def unchanged(some) -> dict:
    return {policy_id: from_reference([decide(p, POLICIES[policy_id], AS_OF) for p in some]) for policy_id in ("national", "jilin")}


@pytest.mark.parametrize("change", CHANGES)
def test_the_pipeline_follows_the_parameter_as_the_reference_does(some, read_once, unchanged, change):
    policy_id, values, others = CHANGES[change]
    given = {name: value for name, value in (values | others).items() if value is not None}
    expected = from_reference([decide(p, replace(POLICIES[policy_id], **given), AS_OF) for p in some])
    observed = decide_again(read_once, with_values(policy_id, values))
    for name in DATASETS:
        assert getattr(observed, name) == getattr(expected, name), name
    assert any(getattr(expected, name) != getattr(unchanged[policy_id], name) for name in DATASETS), "the people do not reach it"


def test_no_parameter_is_forgotten():
    assert {name for _, values, _ in CHANGES.values() for name in values} | ELSEWHERE == set(vocabulary.PARAMETERS)
