"""What follows for everybody: the coverage plan, against the reference, of the same made-up people (rules 4.3 to 4.5)."""

from collections import Counter

import pytest
from inbox import AS_OF
from nights import manifest_of
from reference import POLICIES
from reference.coverage import is_known, why_left_out
from reference.observed import BY_PERSON, as_scenario

SHOWN = 3
POLICY_IDS = ("national", "jilin")


@pytest.mark.parametrize("dataset", BY_PERSON)
@pytest.mark.parametrize("policy_id", POLICY_IDS)
def test_pipeline_agrees(random_night, people, policy_id, dataset):
    night = random_night(policy_id)
    expected, observed = getattr(night.expected, dataset), getattr(night.observed, dataset)
    differ = [k for k in sorted({*expected, *observed}) if expected.get(k) != observed.get(k)]
    by_number = {p.certno: p for p in people}
    shown = [f"{as_scenario(by_number[k])}\n    reference {expected.get(k)}\n    published {observed.get(k)}" for k in differ[:SHOWN]]
    assert not differ, f"{len(differ)} of {len(expected)} differ\n" + "\n".join(shown)
    assert expected


# the coverage plan ------------------------------------------------------------------------------------------------------
def test_every_status_scheme_and_key_group_is_reached(random_night):
    gaps = random_night("national").expected.coverage_gaps.values()
    assert {g["status"] for g in gaps} == {"uninsured", "lapsed", "suspended"}
    assert {g["suggested_scheme"] for g in gaps} == {"employee", "resident"}
    groups = Counter(group for g in gaps for group in g["key_groups"])
    assert set(groups) == {"assistance", "disabled", "flexible", "newborn", "student", "veteran"}
    assert any(g["last_enrollment_id"] is None for g in gaps) and any(g["last_covered_on"] for g in gaps)


def test_the_manifest_counts_everybody_once(random_night, people):
    """Covered, listed or left out: the counts of the step are those of the people, and add up to the population."""
    night, policy = random_night("national"), POLICIES["national"]
    counts = manifest_of(night.warehouse / "current")["steps"]["coverage"]
    assert counts["population"] == sum(n for place, n in counts.items() if place != "population")
    as_of = AS_OF
    expected = Counter()
    for p in people:
        spells = night.outcomes[p.label].spells
        if not is_known(p, as_of, policy):
            continue
        expected["population"] += 1
        if any(s.is_active(as_of) for s in spells):
            expected["covered"] += 1
        elif reason := why_left_out(p, spells, policy, as_of):
            expected[f"left_out_{reason}"] += 1
        else:
            expected[night.outcomes[p.label].gap.status] += 1
    assert counts == dict(expected)
    assert {"left_out_deceased", "left_out_emigrated", "left_out_military", "left_out_newborn"} <= set(counts)
