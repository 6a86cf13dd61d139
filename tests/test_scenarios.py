"""Every case of tests/scenarios, against the reference and through a real night.

A case is a sentence that a policy officer can check; where it fails the sentence is printed first.
"""

from decimal import Decimal

import pytest
from inbox import filler_people, load_scenarios, write_inbox
from nights import PUBLISHED, arguments_of, run_here
from reference import decide, policy_on
from reference.observed import BY_PERSON, DATASETS, Observed, as_scenario, fiscal_years, from_night, from_reference, read_night
from scenario_keys import unknown
from test_parameters import with_values

from flows import nightly

CASES = load_scenarios()
KEYS = {
    "action": "action",
    "rule": "rule_id",
    "fact": "deciding_fact",
    "would_be": "would_be",
    "effective": "effective_date",
    "resumes": "resumes_on",
}


def expected_row(case, expected: dict) -> dict:
    row = {KEYS[key]: value for key, value in expected.items() if key in KEYS}
    if "kept" in expected:
        row["kept"] = case.enrollment_id(expected["kept"]) if expected["kept"] else None
    return row


def wrong_overlaps(case, seen: Observed) -> list[str]:
    """`overlaps` is the whole list, in any order; of each only what is said is compared."""
    mine = [
        {"members": members, "starts_on": start, **rest}
        for (members, start), rest in seen.overlaps.items()
        if members[0].rsplit(".", 1)[0] == case.scenario_id
    ]
    wrong = [] if len(mine) == len(case.expect["overlaps"]) else [f"{len(case.expect['overlaps'])} overlaps expected, found {mine}"]
    for said in case.expect["overlaps"]:
        want = {"members": tuple(sorted(case.enrollment_id(m) for m in said["members"]))}
        want |= {{"starts": "starts_on", "ends": "ends_on"}.get(key, key): value for key, value in said.items() if key != "members"}
        if not any(all(found[key] == value for key, value in want.items()) for found in mine):
            wrong.append(f"overlap {want} is not among {mine}")
    return wrong


def wrong_refunds(enrollment_id: str, expected, seen: Observed) -> list[str]:
    found = [{**row, "begins": begin} for (owner, begin), row in sorted(seen.refunds.items()) if owner == enrollment_id]
    wanted = [] if expected == "none" else expected if isinstance(expected, list) else [expected]
    names = {"amount": "personal_amount", "assistance": "assistance_amount", "case": "case_id", "ends": "period_end"}
    wanted = [{names.get(k, k): Decimal(v) if k in ("amount", "assistance") else v for k, v in w.items()} for w in wanted]
    if len(found) == len(wanted) and all(f[k] == v for f, w in zip(found, wanted, strict=True) for k, v in w.items()):
        return []
    return [f"{enrollment_id}: refunds {wanted} expected, found {found}"]


def wrong_money(enrollment_id: str, expected: dict, seen: Observed) -> list[str]:
    wrong = []
    if "deduct" in expected:
        want = {year: Decimal(amount) for year, amount in expected["deduct"].items()}
        if fiscal_years(seen, enrollment_id) != want:
            wrong.append(f"{enrollment_id}: deductions {want} expected, found {fiscal_years(seen, enrollment_id)}")
    if "exempt" in expected:
        found = fiscal_years(seen, enrollment_id, exempt=True)
        if found != {year: Decimal(0) for year in expected["exempt"]}:
            wrong.append(f"{enrollment_id}: exempt years {expected['exempt']} expected, found {found}")
    if "split" in expected:
        found = {level: row["amount"] for (e, _, level), row in seen.subsidy_deductions.items() if e == enrollment_id}
        if found != {level: Decimal(amount) for level, amount in expected["split"].items()}:
            wrong.append(f"{enrollment_id}: split {expected['split']} expected, found {found}")
    if "refund" in expected:
        wrong += wrong_refunds(enrollment_id, expected["refund"], seen)
    return wrong


def wrong_conflict(enrollment_id: str, expected: dict, seen: Observed) -> list[str]:
    """`conflict` is what the review of the row that counts says."""
    row = seen.counting(enrollment_id)
    review = seen.reviews.get((enrollment_id, row["overlap"])) if row else None
    found = review["conflict"] if review else None
    return [] if found == sorted(expected["conflict"]) else [f"{enrollment_id}: conflict {expected['conflict']} expected, found {found}"]


GAP_KEYS = {"scheme": "suggested_scheme", "until": "last_covered_on", "groups": "key_groups", "last": "last_enrollment_id"}


def wrong_gap(case, seen: Observed) -> list[str]:
    """`gap`: what the coverage plan says of the person, or that it says nothing."""
    found, expected = seen.coverage_gaps.get(case.person.certno), case.expect["gap"]
    if expected == "none":
        return [f"no gap expected, found {found}"] if found else []
    want = {GAP_KEYS.get(key, key): value for key, value in expected.items()}
    want |= {"key_groups": tuple(want["key_groups"])} if "key_groups" in want else {}
    want |= {"last_enrollment_id": case.enrollment_id(expected["last"])} if expected.get("last") else {}
    said = {key: found[key] for key in want} if found else None
    return [] if said == want else [f"gap {want} expected, found {said}"]


SWITCH_KEYS = {"months": "continuous_months", "gap": "gap_months", "wait": "waiting_months", "benefits": "benefit_start"}


def wrong_switch(case, seen: Observed) -> list[str]:
    """`switch`: the one switch between schemes there is, or none."""
    found = [row for (number, _), row in seen.benefit_continuity.items() if number == case.person.certno]
    if case.expect["switch"] == "none":
        return [f"no switch expected, found {found}"] if found else []
    want = {SWITCH_KEYS.get(key, f"{key}_enrollment_id"): value for key, value in case.expect["switch"].items()}
    want |= {f"{end}_enrollment_id": case.enrollment_id(case.expect["switch"][end]) for end in ("from", "to")}
    if len(found) == 1 and all(found[0][key] == value for key, value in want.items()):
        return []
    return [f"switch {want} expected, found {found}"]


AFTER_DEATH_KEYS = {"begins": "begins_on", "ends": "ends_on", "died": "died_on", "doubtful": "is_doubtful"}
AMOUNTS = {"personal": "psn_clct_amt", "assisted": "oth_clct_amt", "subsidy": "finsubs_amt"}


def wrong_after_death(case, seen: Observed) -> list[str]:
    """`after_death`: the whole list of what was booked after the death, by its first days; of each what is said is compared."""
    found = [row for key, row in seen.after_death.items() if key[0] == case.person.certno]
    found = sorted(found, key=lambda row: (row["begins_on"], row["extract"], str(row["enrollment_id"])))
    wanted = [
        {AFTER_DEATH_KEYS.get(k, k): v for k, v in said.items() if k not in (*AMOUNTS, "enrollment")}
        | {AMOUNTS[k]: v if v is None else Decimal(v) for k, v in said.items() if k in AMOUNTS}
        | ({"enrollment_id": said["enrollment"] and case.enrollment_id(said["enrollment"])} if "enrollment" in said else {})
        for said in case.expect["after_death"]
    ]
    if len(found) == len(wanted) and all(f[k] == v for f, w in zip(found, wanted, strict=True) for k, v in w.items()):
        return []
    return [f"after death {wanted} expected, found {found}"]


def what_is_wrong(case, seen: Observed) -> list[str]:
    wrong = wrong_overlaps(case, seen) if "overlaps" in case.expect else []
    wrong += wrong_switch(case, seen) if "switch" in case.expect else []
    wrong += wrong_gap(case, seen) if "gap" in case.expect else []
    wrong += wrong_after_death(case, seen) if "after_death" in case.expect else []
    for letter in case.members:
        enrollment_id, row = case.enrollment_id(letter), seen.counting(case.enrollment_id(letter))
        expected = case.expect.get(letter)
        if expected is None:
            if enrollment_id in seen.terminations or enrollment_id in seen.suspensions:
                wrong.append(f"{letter} is not named by the case and yet is ended: {row}")
            continue
        if expected.get("action") == "no_row":
            if row:
                wrong.append(f"{letter}: no decision expected, found {row}")
        else:
            want = expected_row(case, expected)
            found = {key: row[key] for key in want} if row else None
            if want and found != want:
                wrong.append(f"{letter}: expected {want}, found {found}")
        listed = [name for name in ("terminations", "suspensions") if enrollment_id in getattr(seen, name)]
        due = {"terminate": ["terminations"], "suspend": ["suspensions"]}.get(expected.get("action"), [])
        # what a clerk confirmed is decided as before, and listed no more
        due = [] if expected.get("confirmed") else due
        if "action" in expected and listed != due:
            wrong.append(f"{letter}: listed in {listed}, due in {due}")
        wrong += wrong_money(enrollment_id, expected, seen)
        if "conflict" in expected:
            wrong += wrong_conflict(enrollment_id, expected, seen)
    return wrong


def check(case, seen: Observed) -> None:
    wrong = what_is_wrong(case, seen)
    if wrong:
        pytest.fail("\n".join([f"{case.scenario_id}: {case.says}", *wrong, as_scenario(case.person)]), pytrace=False)


def run_with(inbox, warehouse, group, key_file):
    """A night under a policy with parameters that no policy file has yet."""
    as_of, policy, parameters = group
    arguments = arguments_of(inbox, warehouse, "--policy", policy, as_of=as_of)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nightly, "load_policy", lambda policy_id, day: with_values(policy_id, dict(parameters), day))
        ran = run_here(arguments, ONECOVER_KEY_FILE=str(key_file))
    assert ran.status == PUBLISHED, ran.err
    return warehouse


@pytest.fixture(scope="session")
def scenario_night(run_night, once, tmp_path_factory, key_file):
    """One night for each as-of date, policy and parameters, with all the cases of that group and filler people."""

    def night(group) -> Observed:
        as_of, policy, parameters = group
        people = [case.person for case in CASES if case.group == group]
        folder = tmp_path_factory.mktemp("scenarios")
        inbox = write_inbox(folder / "inbox", people + filler_people(6 * len(people) + 20, as_of), as_of)
        if parameters:
            return from_night(read_night(run_with(inbox, folder / "warehouse", group, key_file)))
        return from_night(read_night(run_night(inbox, folder / "warehouse", as_of, policy)))

    return once(night)


def test_every_case_is_another_person_and_says_something():
    assert len({case.scenario_id for case in CASES}) == len(CASES)
    assert len({case.person.certno for case in CASES}) == len(CASES)
    assert all(case.says.strip() and case.expect for case in CASES)


@pytest.mark.parametrize(
    ("part", "strange"),
    [
        ({"enrolments": {}}, "enrolments"),
        ({"enrollments": {"A": {"type": "1201"}}}, "enrollments.type"),
        ({"contributions": {"A": [{"amount": 400}]}}, "contributions.amount"),
        ({"residence": [{"permit": {"begin": "2026-01-01"}}]}, "permit.begin"),
        ({"expect": {"A": {"reason": "none"}}}, "expect.reason"),
        ({"expect": {"A": {"refund": [{"sum": 1}]}}}, "refund.sum"),
        ({"expect": {"gap": {"group": []}}}, "gap.group"),
    ],
)
def test_a_key_that_nobody_reads_is_told(part, strange):
    """A case that is read in part proves less than it says."""
    plain = {"id": "one", "person": {"born": 1985}, "expect": {"overlaps": [], "gap": "none", "A": {"action": "retain", "refund": "none"}}}
    assert unknown(plain) == [] and unknown(plain | part) == [strange]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.scenario_id)
def test_reference(case):
    check(case, from_reference([decide(case.person, policy_on(case.policy, case.as_of, **dict(case.parameters)), case.as_of)]))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.scenario_id)
def test_pipeline(case, scenario_night):
    check(case, scenario_night(case.group))


@pytest.mark.parametrize("group", sorted({case.group for case in CASES}), ids=str)
def test_pipeline_and_reference_agree_on_whatever_the_cases_do_not_say(group, scenario_night):
    as_of, policy_id, parameters = group
    cases = [case for case in CASES if case.group == group]
    expected = from_reference([decide(case.person, policy_on(policy_id, as_of, **dict(parameters)), as_of) for case in cases])
    for name in (*DATASETS, *BY_PERSON):
        assert getattr(scenario_night(group), name) == getattr(expected, name), name
