"""What follows for everybody: the coverage plan, against the reference, of the same made-up people (rules 4.3 to 4.5)."""

import re
import shutil
from collections import Counter

import pytest
from inbox import AS_OF, write_inbox
from nights import PUBLISHED, arguments_of, manifest_of, run_here
from reference import POLICIES, decide, national
from reference.coverage import is_known, why_left_out
from reference.observed import BY_PERSON, DATASETS, as_scenario, from_night, from_reference, read_night

import policy
from flows import nightly

SHOWN = 3
POLICY_IDS = ("national", "jilin")


@pytest.mark.parametrize("dataset", BY_PERSON)
@pytest.mark.parametrize("policy_id", POLICY_IDS)
def test_pipeline_agrees(random_night, people, policy_id, dataset):
    night = random_night(policy_id)
    expected, observed = getattr(night.expected, dataset), getattr(night.observed, dataset)
    differ = [k for k in sorted({*expected, *observed}, key=str) if expected.get(k) != observed.get(k)]
    by_number = {p.certno: p for p in people}
    shown = [
        f"{as_scenario(by_number[k[0] if isinstance(k, tuple) else k])}\n    reference {expected.get(k)}\n    published {observed.get(k)}"
        for k in differ[:SHOWN]
    ]
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


# after a death ----------------------------------------------------------------------------------------------------------
def test_payments_and_stays_after_certain_and_doubtful_deaths_are_reached(random_night):
    found = Counter((row["extract"], row["is_doubtful"]) for row in random_night("national").expected.after_death.values())
    assert set(found) == {(extract, doubt) for extract in ("contribution", "inpatient_stay") for doubt in (True, False)}


# waits ------------------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def waiting_night(people, tmp_path_factory, key_file):
    """A night under a policy with a wait of three months and a window that closes with February, and what the reference says."""
    root = tmp_path_factory.mktemp("waits")
    tree = root / "policy"
    shutil.copytree(policy.files.ROOT, tree, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    parameters = (tree / "national" / "parameters.yaml").read_text(encoding="utf-8")
    with_window = re.sub(r"value: none\n", "value: {opens: 09-01, closes: 12-31, extended_to: 03-01}\n", parameters, count=1)
    changed = re.sub(r"(  waiting_months:\n(?:    .*\n)*?.*value: )0\n", r"\g<1>3\n", with_window, count=1)
    assert with_window != parameters and changed != with_window
    (tree / "national" / "parameters.yaml").write_text(changed, encoding="utf-8")
    some = people[:6000]
    inbox = write_inbox(root / "inbox", some, AS_OF)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nightly, "load_policy", lambda policy_id, as_of: policy.load(policy_id, as_of, tree))
        ran = run_here(arguments_of(inbox, root / "warehouse", "--accept", "overlap_share"), ONECOVER_KEY_FILE=str(key_file))
    assert ran.status == PUBLISHED, ran.err
    rules = national(waiting_months=3, windows_from=2025)
    outcomes = [decide(p, rules, AS_OF) for p in some]
    return from_reference(outcomes), from_night(read_night(root / "warehouse"))


@pytest.mark.parametrize("dataset", (*DATASETS, *BY_PERSON))
def test_waits_feed_the_decisions(waiting_night, people, dataset):
    expected, observed = (getattr(seen, dataset) for seen in waiting_night)
    differ = [k for k in sorted({*expected, *observed}, key=str) if expected.get(k) != observed.get(k)]
    by_number = {p.certno: p for p in people} | {e.enrollment_id: p for p in people for e in p.enrollments}
    shown = []
    for key in differ[:SHOWN]:
        whose = next((by_number[k] for k in (key if isinstance(key, tuple) else (key,)) if isinstance(k, str)), None)
        shown.append(
            f"{as_scenario(whose) if whose else ''}\n  {key}\n    reference {expected.get(key)}\n    published {observed.get(key)}"
        )
    assert not differ, f"{len(differ)} of {len(expected)} differ\n" + "\n".join(shown)
    assert expected


def test_every_kind_of_wait_is_reached(waiting_night):
    switches = waiting_night[0].benefit_continuity.values()
    waits = Counter((s["clause"], s["waiting_months"]) for s in switches)
    assert {("33号 二(三)", 0), ("33号 二(三)", 3), ("国办发〔2024〕38号", 0), ("国办发〔2024〕38号", 3)} <= set(waits)
    assert any(months >= 24 and gap > 0 for months, gap in ((s["continuous_months"], s["gap_months"]) for s in switches))
    rules = Counter(d["rule_id"] for d in waiting_night[0].decisions.values())
    assert rules["waiting_period"] > 50
