"""What is in force, on which day, in which province."""

import dataclasses
import hashlib
import pickle
import subprocess
import sys
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

import policy
from contracts.strict_yaml import FileError
from policy import UnknownPolicy, vocabulary
from policy.files import NATIONAL_FILES, ROOT, read_tree

NIGHT = date(2026, 11, 22)
JILIN_STARTS = date(2022, 5, 26)


def test_an_unknown_policy_is_refused_with_the_known_ones():
    with pytest.raises(UnknownPolicy, match=r"unknown policy 'jillin'\. Use one of: national, fujian, guangdong, jilin\."):
        policy.load("jillin", NIGHT)


@pytest.mark.parametrize(
    ("looked_at", "months", "again"),
    [(date(2026, 1, 31), 1, date(2026, 2, 28)), (date(2026, 11, 22), 12, date(2027, 11, 22)), (date(2026, 12, 1), 1, date(2027, 1, 1))],
)
def test_a_day_to_look_again_is_one_of_the_calendar(looked_at, months, again):
    series = read_tree(ROOT).national.parameters["payment_grace_months"]
    assert dataclasses.replace(series, last_reviewed=looked_at, review_every_months=months).review_by == again


def test_the_national_rules_are_those_of_the_specification():
    rules = policy.load("national", NIGHT).rules
    assert not any(rule.choice_first for rule in rules.values())
    told = {rule_id: (rule.clause, rule.ladder, rule.action, rule.deducts) for rule_id, rule in rules.items()}
    ladder = ("usual_residence", "usual_county", "newest_in_pool")
    assert told == {
        "identity_conflict": ("(safety)", (), "review", False),
        "deceased": ("33号 一(二)", (), "terminate", True),
        "deregistered": ("33号 一(二) 未规定", (), "suspend", False),
        "freshman_year": ("33号 二(六)", ("school_place",), "tolerate", False),
        "student_school_place": ("33号 二(四)", ("school_place", *ladder), "terminate", True),
        "resident_usual_residence": ("33号 二(四)", ladder, "terminate", True),
        "employee_workplace": (
            "33号 二(四)",
            ("employer_paid", "employment_place", "newest_in_pool"),
            "terminate",
            False,
        ),
        "waiting_period": ("33号 二(三)", (), "tolerate", False),
        "cross_scheme_flexible": ("33号 二(四)", ("benefit_active", "newest"), "suspend", False),
        "cross_scheme_one_year": ("33号 二(四)", ("continuous_employee_months",), "terminate", True),
        "cross_scheme_under_one_year": ("33号 二(四) 未规定", ("continuous_employee_months",), "suspend", False),
    }


def test_the_national_parameters_are_those_of_the_specification():
    assert policy.load("national", NIGHT).parameters == {
        "pooling_level": {"default": 4, "11": 2, "12": 2, "31": 2, "46": 2, "50": 2},
        "flexible_emp_mgt_types": ("02", "03"),
        "payment_grace_months": 3,
        "collection_lag_months": 2,
        "lookback_years": 1,
        "min_overlap_days": 1,
        "count_backpay": False,
        "gap_tolerance_months": 0,
        "one_year_months": 12,
        "death_sources_days": 30,
        "under_one_year_action": "suspend",
        "deduct_under_one_year": False,
        "refund_death_not_begun": "provincial",
        "refund_begun": "provincial",
        "first_refund_month": "first_employer_month",
        "waiting_months": 0,
        "continuity_months": 24,
        "continuity_gap_months": 3,
        "newborn_days": 90,
        "enrollment_window": "none",
        "late_wait_months": 3,
        "missed_year_wait_months": 1,
        "repaid_year_wait_months": 1,
        "long_break_years": 4,
        "long_break_wait_months": 6,
        "no_wait_classes": ("assisted", "newborn", "veteran"),
        "choice_decides": False,
        "freshman_until": "end_of_entry_year",
        "suspended_deregistrations": (),
        "rejection_lasts_months": 0,
    }


def test_jilin_puts_the_employee_scheme_first():
    jilin, national = policy.load("jilin", NIGHT), policy.load("national", NIGHT)
    rule = jilin.rules["cross_scheme_under_one_year"]
    assert (rule.clause, rule.action, rule.deducts) == ("吉医保联〔2022〕11号 职工医保优先", "terminate", False)
    assert "终止" in rule.summary_zh and rule.reference.document == "吉医保联〔2022〕11号"
    assert jilin.parameters["refund_death_not_begun"] == "eligible"
    own = {name for name, origin in jilin.origins.items() if origin == "own"}
    assert own == {"under_one_year_action", "refund_death_not_begun", "no_wait_classes", "cross_scheme_under_one_year"}
    for name in set(national.parameters) - own:
        assert jilin.parameters[name] == national.parameters[name]
    for name in set(national.rules) - own:
        assert jilin.rules[name] == national.rules[name]


def test_jilin_inherits_on_the_day_before_and_has_its_own_on_the_day():
    before = policy.load("jilin", JILIN_STARTS - timedelta(days=1))
    on = policy.load("jilin", JILIN_STARTS)
    assert before.rules["cross_scheme_under_one_year"].action == "suspend"
    assert before.rules["cross_scheme_under_one_year"].clause == "33号 二(四) 未规定"
    assert before.origins["under_one_year_action"] == "inherited"
    assert on.rules["cross_scheme_under_one_year"].action == "terminate"
    assert on.origins["under_one_year_action"] == "own"


def test_guangdong_lets_the_person_choose_and_fujian_tolerates_freshmen_longer():
    guangdong, fujian = policy.load("guangdong", NIGHT), policy.load("fujian", NIGHT)
    first = {rule_id for rule_id, rule in guangdong.rules.items() if rule.choice_first}
    assert first == {rule_id for rule_id, shape in vocabulary.RULES.items() if shape.open_to_choice} - {"cross_scheme_flexible"}
    assert not any(rule.choice_first for rule in fujian.rules.values())
    assert (guangdong.parameters["newborn_days"], fujian.parameters["newborn_days"]) == (180, 90)
    assert fujian.parameters["freshman_until"] == "end_of_next_year"
    assert fujian.parameters["enrollment_window"] == ("09-01", "01-01", "03-01")
    before = policy.load("fujian", date(2024, 12, 31))
    assert (before.parameters["freshman_until"], before.parameters["enrollment_window"]) == ("end_of_entry_year", "none")


def test_all_that_the_nation_says_is_its_own():
    assert set(policy.load("national", NIGHT).origins.values()) == {"own"}


def test_the_days_of_a_window_may_stand_in_any_order(tree):
    file = tree / "provinces" / "35.yaml"
    text = file.read_text(encoding="utf-8")
    assert (as_it_is := "{opens: 09-01, closes: 01-01, extended_to: 03-01}") in text
    file.write_text(text.replace(as_it_is, "{extended_to: 03-01, closes: 01-01, opens: 09-01}"), encoding="utf-8")
    assert policy.load("fujian", NIGHT, tree).parameters["enrollment_window"] == ("09-01", "01-01", "03-01")


def dates(tables) -> dict[str, list[str]]:
    return {name: [str(entry.start) for entry in series.entries] for table in tables for name, series in table.items()}


def test_every_entry_begins_on_its_day():
    """A date that is moved by a day is noticed."""
    tree = read_tree()
    from_2025 = ("late_wait_months", "missed_year_wait_months", "repaid_year_wait_months", "long_break_wait_months", "no_wait_classes")
    for name, days in dates((tree.national.rules, tree.national.parameters)).items():
        assert days == (["2021-01-01", "2025-01-01"] if name in from_2025 else ["2021-01-01"]), name
    assert {name: days for name, days in dates((tree.national.sharing,)).items() if days != ["2019"]} == {"14": ["2019", "2021", "2022"]}
    assert dates((tree.national.standards,)) == {"nation": [str(year) for year in range(2016, 2027)]}
    assert dates(tree.provinces["jilin"].tables) == {
        "under_one_year_action": ["2022-05-26"],
        "refund_death_not_begun": ["2022-05-26"],
        "no_wait_classes": ["2022-05-26", "2025-01-01"],
        "cross_scheme_under_one_year": ["2022-05-26"],
    }
    assert {day for days in dates(tree.provinces["guangdong"].tables).values() for day in days} == {"2021-01-01"}
    assert {day for days in dates(tree.provinces["fujian"].tables).values() for day in days} == {"2025-01-01"}


def test_before_2025_nobody_waits_for_enrolling_late_and_no_class_is_named():
    before = policy.load("national", date(2024, 12, 31)).parameters
    assert [before[f"{name}_wait_months"] for name in ("late", "missed_year", "repaid_year", "long_break")] == [0, 0, 0, 0]
    assert before["no_wait_classes"] == () and policy.load("jilin", date(2024, 12, 31)).parameters["no_wait_classes"] == ("veteran",)
    assert policy.load("jilin", NIGHT).parameters["no_wait_classes"] == ("assisted", "newborn", "veteran")


def test_before_the_first_entry_there_is_no_policy():
    assert policy.load("national", date(2021, 1, 1)).rules
    with pytest.raises(FileError) as caught:
        policy.load("national", date(2020, 12, 31))
    message = str(caught.value)
    assert message.startswith("policy/national/parameters.yaml: parameters.")
    assert "not yet in force on 2020-12-31: its first entry is of 2021-01-01" in message


def _append(path: Path, after: str, entry: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert after in text
    path.write_text(text.replace(after, after + entry, 1), encoding="utf-8")


def test_a_parameter_ends_only_by_an_explicit_entry(tree: Path):
    entry = "\n      2027-01-01: {value: null, reference: default}\n      2028-01-01: {value: 5, reference: default}"
    _append(tree / "national/parameters.yaml", "2021-01-01: {value: 2, reference: default}", entry)
    lag = {day: policy.load("national", day, tree).parameters["collection_lag_months"] for day in (
        date(2026, 12, 31), date(2027, 1, 1), date(2027, 12, 31), date(2028, 1, 1),
    )}  # fmt: skip
    assert list(lag.values()) == [2, policy.ENDED, policy.ENDED, 5]
    with pytest.raises(TypeError, match="ended policy value"):
        bool(lag[date(2027, 1, 1)])


def test_a_rule_that_ends_is_no_longer_among_the_rules(tree: Path):
    text = (tree / "national/rules.yaml").read_text(encoding="utf-8")
    entry = "\n      2027-01-01: {value: null, reference: subsidies}\n\n  student_school_place:"
    (tree / "national/rules.yaml").write_text(text.replace("\n\n  student_school_place:", entry), encoding="utf-8")
    assert "freshman_year" in policy.load("jilin", date(2026, 12, 31), tree).rules
    assert "freshman_year" not in policy.load("jilin", date(2027, 1, 1), tree).rules


def test_a_rule_cannot_outlive_the_parameter_that_decides_it(tree: Path):
    entry = "\n      2027-01-01: {value: null, reference: reversible}"
    _append(tree / "national/parameters.yaml", "2021-01-01: {value: suspend, reference: reversible}", entry)
    assert policy.load("jilin", date(2027, 1, 1), tree).rules["cross_scheme_under_one_year"].action == "terminate"
    with pytest.raises(FileError, match=r"cross_scheme_under_one_year.*'under_one_year_action'.*has ended"):
        policy.load("national", date(2027, 1, 1), tree)


@pytest.mark.parametrize(
    ("day", "months", "origin"),
    [
        (date(2023, 12, 31), 0, "inherited"),
        (date(2024, 1, 1), 3, "own"),
        (date(2024, 12, 31), 3, "own"),
        (date(2025, 1, 1), 6, "own"),
        (date(2025, 12, 31), 6, "own"),
        (date(2026, 1, 1), 0, "inherited"),
    ],
)
def test_a_province_has_its_own_while_it_lasts_and_the_nations_otherwise(day, months, origin, shanxi: Path):
    loaded = policy.load("shanxi", day, shanxi)
    assert (loaded.parameters["waiting_months"], loaded.origins["waiting_months"]) == (months, origin)


def test_the_history_of_a_parameter_has_a_stretch_for_each_change(shanxi: Path):
    told = policy.load("shanxi", NIGHT, shanxi).history(("waiting_months", "late_wait_months"))
    assert [(day.isoformat(), *values.values()) for day, values in told] == [
        ("2021-01-01", 0, 0),
        ("2024-01-01", 3, 0),
        ("2025-01-01", 6, 3),
        ("2026-01-01", 0, 3),
    ]


def test_a_province_changes_its_own_pool_and_no_other(shanxi: Path):
    loaded = policy.load("shanxi", NIGHT, shanxi)
    areas = ("140925", "139900", "110101", "500103")
    assert [loaded.pooling_level(area) for area in areas] == [2, 4, 2, 2]
    assert [policy.load("national", NIGHT, shanxi).pooling_level(area) for area in areas] == [4, 4, 2, 2]


def test_a_province_changes_the_fields_it_names_and_inherits_the_others(shanxi: Path):
    own = policy.load("shanxi", NIGHT, shanxi).rules["employee_workplace"]
    nation = policy.load("national", NIGHT, shanxi).rules["employee_workplace"]
    assert own.ladder == ("employment_place", "employer_paid")
    same = ("title_zh", "title_en", "action", "deducts", "choice_first")
    assert all(getattr(own, field) == getattr(nation, field) for field in same)
    assert own.clause == "a test of the ladder"


def test_a_province_does_not_touch_another(shanxi: Path):
    here, real = policy.load("jilin", NIGHT, shanxi), policy.load("jilin", NIGHT)
    assert (here.parameters, here.rules, here.version) == (real.parameters, real.rules, real.version)


def test_the_standard_of_the_nation_by_year():
    told = policy.load("national", NIGHT).standards(range(2016, 2028))
    amounts = [420, 450, 490, 520, 550, 580, 610, 640, 670, 700, 724, 724]
    assert told == [("nation", 2016 + i, Decimal(amount)) for i, amount in enumerate(amounts)]


def test_a_year_before_the_first_standard_is_an_error_not_zero():
    with pytest.raises(FileError, match=r"money\.yaml: subsidy_standard\.areas\.nation: not yet in force on 2015"):
        policy.load("national", NIGHT).standards([2015])


def test_a_year_before_the_first_sharing_is_an_error_not_zero():
    with pytest.raises(FileError, match=r"money\.yaml: sharing\.areas\.11: not yet in force on 2018"):
        policy.load("national", NIGHT).sharing([2018])


def test_local_standards_stand_beside_the_nations_until_they_end(shanxi: Path):
    loaded = policy.load("shanxi", NIGHT, shanxi)
    assert [row[::2] for row in loaded.standards([2024])] == [("nation", Decimal(670))]
    assert loaded.standards([2026, 2025, 2025]) == [
        ("14", 2025, Decimal(710)),
        ("14", 2026, Decimal(710)),
        ("1409", 2025, Decimal("720.50")),
        ("1409", 2026, Decimal("720.50")),
        ("140925", 2025, Decimal(730)),
        ("nation", 2025, Decimal(700)),
        ("nation", 2026, Decimal(724)),
    ]


def _shares(loaded, year):
    shares = defaultdict(dict)
    for code, _, level, share in loaded.sharing([year]):
        shares[code][level] = share
    return shares


@pytest.mark.parametrize("year", [2019, 2021, 2022, 2026, 2031])
@pytest.mark.parametrize("policy_id", ["national", "jilin", "shanxi"])
def test_the_shares_of_every_area_and_year_add_up(policy_id, year, shanxi: Path):
    shares = _shares(policy.load(policy_id, NIGHT, shanxi), year)
    assert set(vocabulary.PROVINCES) <= set(shares)
    for levels in shares.values():
        assert sum(levels.values()) == 100
        assert set(levels) <= set(vocabulary.LEVELS)


def test_the_central_share_by_tier():
    central = defaultdict(list)
    for code, levels in _shares(policy.load("national", NIGHT), 2026).items():
        central[int(levels["central"])].append(code)
    assert dict(central) == {
        80: ["15", "45", "50", "51", "52", "53", "54", "61", "62", "63", "64", "65", "66"],
        60: ["13", "14", "22", "23", "34", "36", "41", "42", "43", "46"],
        50: ["21", "35", "37"],
        30: ["12", "2102", "32", "33", "3502", "3702", "44"],
        10: ["11", "31"],
    }


@pytest.mark.parametrize(
    ("year", "expected"),
    [
        (2020, {"central": 60, "local": 40}),
        (2021, {"central": 60, "province": 20, "local": 20}),
        (2022, {"central": 60, "local": 40}),
    ],
)
def test_shanxi_has_three_levels_in_2021_only(year, expected):
    assert _shares(policy.load("national", NIGHT), year)["14"] == expected


def test_a_county_under_the_western_policy_has_its_own_split(shanxi: Path):
    loaded = policy.load("shanxi", NIGHT, shanxi)
    assert _shares(loaded, 2021)["140925"] == {"central": 80, "province": 10, "local": 10}
    assert "140925" not in _shares(loaded, 2020)  # not yet: the province's holds
    assert "140925" not in _shares(loaded, 2022)  # ended: the province's holds again
    levels = [row[2] for row in loaded.sharing([2021]) if row[0] == "140926"]
    assert levels == ["central", "province", "city", "county"]


def test_the_version_is_the_hash_of_the_files_used(tree: Path):
    national, jilin = policy.load("national", NIGHT, tree), policy.load("jilin", NIGHT, tree)
    raw = b"".join((ROOT / name).read_bytes() for name in NATIONAL_FILES)
    assert national.version == hashlib.sha256(raw).hexdigest()[:12]
    raw += (ROOT / "provinces/22.yaml").read_bytes()
    assert jilin.version == hashlib.sha256(raw).hexdigest()[:12]
    assert jilin.files == (*NATIONAL_FILES, "provinces/22.yaml")
    with (tree / "provinces/22.yaml").open("a", encoding="utf-8") as file:
        file.write("# a word more\n")
    assert policy.load("national", NIGHT, tree).version == national.version
    assert policy.load("jilin", NIGHT, tree).version != jilin.version


def test_a_policy_cannot_be_changed_and_can_be_sent():
    loaded = policy.load("jilin", NIGHT)
    with pytest.raises(dataclasses.FrozenInstanceError):
        loaded.version = "other"
    sent = pickle.loads(pickle.dumps(loaded))
    assert sent == loaded and sent.sharing([2026]) == loaded.sharing([2026])


def test_in_five_years_the_same_rules_are_in_force():
    """Nothing temporary is left without its end: what changes by itself must be meant to."""
    now, later = policy.load("jilin", NIGHT), policy.load("jilin", date(2031, 11, 22))
    assert (later.parameters, later.rules) == (now.parameters, now.rules)


def test_it_prints_from_the_checkout():
    code = "import policy; from datetime import date; print(policy.load('jilin', date(2026,11,22)))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT.parent,
        env={"PYTHONIOENCODING": "utf-8", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        check=True,
        encoding="utf-8",
    )
    assert "under_one_year_action = terminate (own)" in done.stdout
