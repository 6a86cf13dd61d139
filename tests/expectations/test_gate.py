"""Gates: the bounds of every extract, what is judged at them and just beyond, and that a result holds counts alone."""

import subprocess
import sys
from dataclasses import asdict
from types import SimpleNamespace

import pytest
from nights import CHECKOUT

from contracts import DATASETS, EXTRACTS
from contracts.reasons import REASONS
from expectations import GATES, Bound, Verdict, bounds_of, gate, is_accepted, judge
from flows.counts import overlap_counts, rule_counts
from flows.steps import stop_where_failed

READ = ["enrollment", "contribution", "resident", "death", "student", "assistance", "inpatient_stay"]
#: The defaults of the specification of extracts: gate -> metric, the last value that passes, the first that does not.
GATE_AT = {
    "quarantine_share": ("quarantine_share", 0.05, 0.050001),
    "identifier_fill": ("identifier_fill", 0.98, 0.979999),
    "date_fill": ("date_fill", 0.98, 0.979999),
    "row_drop": ("row_ratio", 0.8, 0.799999),
    "extract_stale": ("days_old", 7, 8),
    "extract_missing": ("rows", 1, 0),
}
#: What is hand-written for single extracts: check -> metric, last that passes, first that does not.
WARNING_AT = {
    ("enrollment", "basic_scheme_share"): ("basic_share", 0.5, 0.499999),
    ("enrollment", "normal_status_share"): ("normal_share", 0.3, 0.299999),
    ("enrollment", "birth_date_fill"): ("birth_dates_share", 0.9, 0.899999),
    ("contribution", "effective_share"): ("effective_share", 0.5, 0.499999),
    ("contribution", "negative_amounts"): ("negative_share", 0.05, 0.050001),
    ("contribution", "names_enrollment"): ("linked_share", 0.5, 0.499999),
    ("resident", "home_fill"): ("homes_share", 0.9, 0.899999),
    ("resident", "death_share"): ("dead_share", 0.2, 0.200001),
    ("student", "enrolled_share"): ("enrolled_share", 0.2, 0.199999),
}


def bounds(extract: str) -> dict[str, Bound]:
    return {b.check_id: b for b in bounds_of(EXTRACTS[extract])}


def verdicts(extract: str, **counts: float | None) -> dict[str, Verdict]:
    return {v.check_id: v for v in judge(EXTRACTS[extract], counts)}


# bounds -----------------------------------------------------------------------------------------------------------------
def test_the_gates_are_those_of_the_specification():
    assert set(GATES) == {*GATE_AT, "overlap_share"}


@pytest.mark.parametrize("name", sorted(EXTRACTS))
def test_every_extract_has_the_gates_that_apply_to_it(name):
    extract = EXTRACTS[name]
    errors = {check for check, b in bounds(name).items() if b.severity == "error"}
    expected = {"quarantine_share", "row_drop", "extract_stale"}
    expected |= {"extract_missing"} if extract.required else set()
    expected |= {"identifier_fill"} if any(f.filled and f.name.endswith("certno") for f in extract.fields) else set()
    expected |= {"overlap_share"} if name == "enrollment" else set()
    expected |= {"date_fill"} if any(f.filled and f.column.type == "date" for f in extract.fields) else set()
    assert errors == expected


@pytest.mark.parametrize("name", sorted(EXTRACTS))
def test_every_reason_is_watched_and_every_bound_speaks_both_languages(name):
    mine = bounds_of(EXTRACTS[name])
    assert {f"reason_{r}" for r in REASONS} <= {b.check_id for b in mine}
    assert len({b.check_id for b in mine}) == len(mine)
    for b in mine:
        assert any("\u4e00" <= c <= "\u9fff" for c in b.zh) and len(b.en) > 10
        assert (b.least, b.most) != (None, None)


def test_hand_written_bounds_are_those_listed_here_and_only_warn():
    common = {b.check_id for b in bounds_of(EXTRACTS["employment"])}
    found = {(n, b.check_id): b.severity for n in EXTRACTS for b in bounds_of(EXTRACTS[n]) if b.check_id not in common | set(GATES)}
    assert found == dict.fromkeys([*WARNING_AT, ("enrollment", "rule_share"), ("enrollment", "crowded_identifier")], "warning")


# judged at the bounds -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", READ)
def test_a_gate_passes_at_its_bound_and_fails_beyond(name):
    mine = {check: at for check, at in GATE_AT.items() if check in bounds(name)}
    at_the_bound = verdicts(name, rows=1000, files=1, **{metric: good for metric, good, _ in mine.values() if metric != "rows"})
    beyond = verdicts(name, files=1, **{metric: bad for metric, _, bad in mine.values()})
    for check, (_, _, bad) in mine.items():
        assert (at_the_bound[check].status, at_the_bound[check].stops) == ("pass", False)
        assert (beyond[check].status, beyond[check].severity, beyond[check].stops) == ("fail", "error", True)
        assert float(beyond[check].observed) == bad


@pytest.mark.parametrize(("name", "check"), WARNING_AT)
def test_a_warning_is_said_beyond_its_bound_and_stops_nothing(name, check):
    metric, good, bad = WARNING_AT[name, check]
    assert verdicts(name, rows=1000, **{metric: good})[check].status == "pass"
    said = verdicts(name, rows=1000, **{metric: bad})[check]
    assert (said.status, said.severity, said.stops) == ("fail", "warning", False)


def test_one_row_in_a_hundred_may_have_a_reason():
    counts = {"rows": 10_000} | {f"count_{r}": 100 for r in REASONS}
    within = verdicts("resident", **counts, **{f"share_{r}": 0.01 for r in REASONS})
    beyond = verdicts("resident", **counts, **{f"share_{r}": 0.010001 for r in REASONS})
    for reason in REASONS:
        assert (within[f"reason_{reason}"].status, within[f"reason_{reason}"].rows_failed) == ("pass_with_exceptions", 100)
        assert (beyond[f"reason_{reason}"].status, beyond[f"reason_{reason}"].stops) == ("fail", False)


def test_a_bound_on_both_sides_says_so_and_holds_both():
    b = bounds("enrollment")["basic_scheme_share"]
    assert (b.least, b.most, b.expected) == (0.5, 1, "0.5..1")
    assert verdicts("enrollment", rows=1, basic_share=1)["basic_scheme_share"].status == "pass"
    assert (bounds("enrollment")["row_drop"].expected, bounds("enrollment")["quarantine_share"].expected) == (">= 0.8", "<= 0.05")


# what a verdict says --------------------------------------------------------------------------------------------------------
def test_what_was_not_measured_is_not_run_and_stops_nothing():
    for v in judge(EXTRACTS["inpatient_stay"], {}):
        assert (v.status, v.observed, v.rows_checked, v.rows_failed, v.stops) == ("not_run", "", 0, 0, False)


def test_the_first_night_has_no_ratio_to_a_night_before():
    assert verdicts("death", rows=10, row_ratio=None, quarantine_share=0.0)["row_drop"].status == "not_run"


def test_rows_that_fail_inside_the_bound_are_told():
    v = verdicts("enrollment", rows=1000, quarantined=40, quarantine_share=0.04)["quarantine_share"]
    assert (v.status, v.rows_checked, v.rows_failed, v.observed, v.expected) == ("pass_with_exceptions", 1000, 40, "0.04", "<= 0.05")
    assert not v.stops


def test_dates_and_numbers_are_counted_by_the_slots_they_should_fill():
    v = verdicts("enrollment", rows=1000, date_slots=2000, dates_missing=50, date_fill=0.975)["date_fill"]
    assert (v.status, v.rows_checked, v.rows_failed) == ("fail", 2000, 50)
    # two numbers a row
    v = verdicts("identity_link", rows=10, identifier_slots=20, identifiers_missing=12, identifier_fill=0.4)["identifier_fill"]
    assert (v.status, v.rows_checked, v.rows_failed) == ("fail", 20, 12)


def test_a_verdict_is_a_row_of_the_dataset_checks_and_holds_counts_alone():
    every = [v for name in READ for v in judge(EXTRACTS[name], {"rows": 7, "quarantined": 1, "quarantine_share": 1 / 7, "days_old": 0})]
    for v in every:
        assert list(asdict(v)) == DATASETS["checks"].names
        assert v.observed == "" or float(v.observed) >= 0
        assert isinstance(v.rows_checked, int) and isinstance(v.rows_failed, int)
        assert (v.department, v.extract) == (EXTRACTS[v.extract].department, v.extract)
    assert {v.status for v in every} <= {"pass", "pass_with_exceptions", "fail", "not_run"}
    shares = {v.observed for v in every if v.check_id == "quarantine_share"}
    assert shares == {"0.142857"}, "six places, no float of the machine"


def test_the_largest_extract_is_judged_as_fast_as_the_smallest():
    """What the suite sees is one row of counts, whatever was counted."""
    seen = []
    real = gate._great_expectations

    def watched():
        gx, context, expectations, pd = real()
        frame = SimpleNamespace(DataFrame=lambda data: seen.append(data) or pd.DataFrame(data))
        return gx, context, expectations, frame

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gate, "_great_expectations", watched)
        found = verdicts("contribution", rows=430_000_000, quarantined=4_300_000, quarantine_share=0.01, days_old=0)
    assert found["quarantine_share"].rows_failed == 4_300_000
    assert [{len(values) for values in data.values()} for data in seen] == [{1}]


# errors of ours ---------------------------------------------------------------------------------------------------------------
LOADED = """
import sys
from expectations.gate import warm_up
warm_up()
print(*("altair" in sys.modules, "scipy.stats" in sys.modules))
from great_expectations.expectations.core.expect_column_kl_divergence_to_be_less_than import alt, stats
print(stats.entropy([0.5, 0.5], [0.5, 0.5]), alt.Chart.__name__, "altair" in sys.modules, "scipy.stats" in sys.modules)
"""


def test_what_no_gate_uses_is_loaded_when_it_is_used():
    said = subprocess.run([sys.executable, "-c", LOADED], cwd=CHECKOUT, capture_output=True, text=True, check=True).stdout
    assert said.splitlines() == ["False False", "0.0 Chart True True"]


def test_a_check_that_raises_is_an_error_of_ours_and_stops_the_night():
    """A metric that cannot be compared makes Great Expectations raise inside the check: that is never bad data."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gate, "float", lambda value: "text" if value == 0.01 else value, raising=False)
        found = verdicts("death", rows=10, quarantine_share=0.01, days_old=3)
    assert (found["quarantine_share"].status, found["quarantine_share"].stops) == ("error", True)
    assert found["extract_stale"].status == "pass", "the other checks are judged all the same"


def test_a_library_that_fails_as_a_whole_makes_every_check_an_error_and_never_a_pass():
    def broken(*_):
        raise RuntimeError("no such backend")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gate, "_great_expectations", broken)
        found = verdicts("death", rows=10, quarantine_share=0.9, days_old=3)
    assert {c: found[c].status for c in ("quarantine_share", "extract_stale", "row_drop")} == {
        "quarantine_share": "error",
        "extract_stale": "error",
        "row_drop": "not_run",
    }
    assert found["quarantine_share"].stops


def test_an_error_in_a_warning_stops_nothing():
    assert not Verdict("d", "e", "c", "warning", "error", 0, 0, "", "").stops
    assert Verdict("d", "e", "c", "error", "error", 0, 0, "", "").stops


# the night and its gates ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("persons", "status"), [(20, "pass_with_exceptions"), (21, "fail"), (0, "pass"), (100, "fail")])
def test_a_fifth_of_the_persons_enrolled_may_be_in_a_current_overlap(persons, status):
    v = of_overlaps({"persons_enrolled": 100, "persons_in_current_overlap": persons})
    assert (v.check_id, v.severity, v.status, v.rows_checked, v.rows_failed) == ("overlap_share", "error", status, 100, persons)


def test_nobody_enrolled_is_no_overlap():
    assert of_overlaps({"persons_enrolled": 0, "persons_in_current_overlap": 0}).status == "pass"


# persons touched by a rule ----------------------------------------------------------------------------------------------------
def earlier(persons: int, enrolled: int = 1000, policy_id: str = "national") -> dict:
    return {"policy": {"id": policy_id}, "persons": {"persons_enrolled": enrolled, "by_rule": {"resident_usual_residence": persons}}}


def of_rules(tonight: int, *manifests: dict, enrolled: int = 1000) -> Verdict:
    counts = rule_counts({"resident_usual_residence": tonight}, enrolled, manifests, "national", 2)
    (verdict,) = judge(EXTRACTS["enrollment"], counts, at="retention")
    return verdict


@pytest.mark.parametrize(("tonight", "status"), [(40, "pass"), (81, "pass"), (82, "fail"), (20, "pass"), (19, "fail"), (0, "fail")])
def test_a_rule_may_touch_twice_or_half_of_the_usual_persons(tonight, status):
    v = of_rules(tonight, earlier(40), earlier(41), earlier(39))
    assert (v.check_id, v.severity, v.status, v.rows_checked) == ("rule_share", "warning", status, 1)
    assert v.rows_failed == (status == "fail") and not v.stops


def test_the_usual_is_a_share_of_the_persons_enrolled():
    assert of_rules(400, earlier(40), enrolled=10_000).status == "pass"


def test_one_odd_night_is_not_the_usual():
    assert of_rules(40, earlier(40), earlier(400), earlier(41)).status == "pass"


def test_few_persons_another_policy_and_a_first_night_say_nothing():
    assert of_rules(19, earlier(2)).status == "pass"
    assert of_rules(20, earlier(2)).status == "fail", "twenty are compared"
    assert of_rules(900, earlier(40, policy_id="jilin")).status == "not_run"
    assert of_rules(900).status == "not_run"
    assert of_rules(900, {"policy": {"id": "national"}}).status == "not_run", "a night that did not count them"


def of_overlaps(enrolled: dict) -> Verdict:
    (verdict,) = judge(EXTRACTS["enrollment"], overlap_counts(enrolled), at="overlaps")
    return verdict


def failed(extract: str, check: str) -> Verdict:
    return Verdict("medical_insurance", extract, check, "error", "fail", 100, 30, "0.3", "<= 0.05")


@pytest.mark.parametrize(
    ("accept", "passes"),
    [
        ((), False),
        (("quarantine_share",), True),
        (("enrollment.quarantine_share",), True),
        (("death.quarantine_share",), False),
        (("row_drop",), False),
        (("quarantine",), False),
    ],
)
def test_a_gate_passes_where_it_is_accepted_by_name_or_by_extract_and_name(accept, passes):
    assert is_accepted(failed("enrollment", "quarantine_share"), accept) is passes


def test_every_failed_gate_is_named_and_an_accepted_one_is_not():
    both = [failed("enrollment", "quarantine_share"), failed("death", "row_drop")]
    night = SimpleNamespace(verdicts=both, settings=SimpleNamespace(accept=("row_drop",)), run="runs/1")
    with pytest.raises(Exception, match="quarantine_share of enrollment: 0.3, expected <= 0.05") as stopped:
        stop_where_failed(night)
    assert stopped.value.status == 3
    assert "row_drop" not in str(stopped.value)
    stop_where_failed(SimpleNamespace(verdicts=both, settings=SimpleNamespace(accept=("row_drop", "quarantine_share")), run="runs/1"))
