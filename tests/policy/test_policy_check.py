"""policy-check says everything that is wrong, one line a problem, and what the files hold, in good and in bad."""

import dataclasses
import shutil
from datetime import date
from pathlib import Path

import pytest
import yaml
from nights import FAILED, PUBLISHED, USAGE, run_here

import policy
from contracts.strict_yaml import FileError
from flows.errors import NightError
from flows.nightly import load_policy
from policy.check import check
from policy.files import read_tree

HERE = Path(__file__).parent
DEFECTS = sorted((HERE / "defects").glob("*.yaml"))


def change(tree: Path, name: str, before: str, after: str) -> None:
    text = (tree / name).read_text(encoding="utf-8")
    assert before in text
    (tree / name).write_text(text.replace(before, after, 1), encoding="utf-8")


def test_the_real_files_have_no_problem():
    found = check(as_of=date(2026, 11, 22))
    assert not found.problems and not found.due
    assert [one.file for one in found.files][-1] == "policy/coverage.yaml"
    assert sum(one.entries for one in found.files) > 80


@pytest.mark.parametrize("path", DEFECTS, ids=lambda path: path.stem)
def test_the_check_says_what_stops_the_load(path: Path, tree: Path):
    defect = yaml.safe_load(path.read_text(encoding="utf-8"))
    change(tree, defect["file"], defect["replace"], defect["by"])
    with pytest.raises(FileError) as stopped:
        read_tree(tree)
    told = [str(problem) for problem in check(tree).problems]
    assert str(stopped.value) in told and not any("\n" in line for line in told)


def test_several_problems_are_said_at_once(tree: Path):
    change(tree, "national/parameters.yaml", "{value: 2, reference: default}", "{value: two, reference: default}")
    change(tree, "national/parameters.yaml", "{value: 24, reference: continuity}", "{value: 0, reference: continuity}")
    change(tree, "national/money.yaml", 'value: "724"', 'value: "724.001"')
    change(tree, "provinces/22.yaml", "2022-05-26: {value: eligible", "2022-5-26: {value: eligible")
    found = check(tree)
    keys = [problem.key for problem in found.problems]
    assert [key.split(".")[1] for key in keys] == ["collection_lag_months", "continuity_months", "areas", "refund_death_not_begun"]
    assert {one.file: one.problems for one in found.files if one.problems} == {
        "policy/national/parameters.yaml": 2,
        "policy/national/money.yaml": 1,
        "policy/provinces/22.yaml": 1,
    }


@pytest.mark.parametrize(
    ("name", "after", "entry", "words"),
    [
        (
            "parameters",
            "2021-01-01: {value: 2, reference: default}",
            "2027-01-01: {value: null, reference: default}",
            "collection_lag_months",
        ),
        ("rules", None, "2027-01-01: {value: null, reference: subsidies}", "freshman_year"),
    ],
)
def test_what_ends_and_no_night_can_do_without_is_a_problem(name, after, entry, words, tree: Path):
    after = after or "\n\n  student_school_place:"
    entry = f"{after}\n      {entry}" if name == "parameters" else f"\n      {entry}{after}"
    change(tree, f"national/{name}.yaml", after, entry)
    told = [str(problem) for problem in check(tree).problems]
    assert told and all(words in line and "has ended on 2027-01-01, and no night can run without it" in line for line in told)


def test_what_is_due_is_said_and_is_no_problem():
    found = check(as_of=date(2027, 6, 1))
    assert not found.problems
    assert {line.split(":")[0] for line in found.due} == {f"policy/provinces/{code}.yaml" for code in (22, 35, 44)}


def test_a_draft_outside_of_the_tree_is_checked_like_a_province(tmp_path: Path):
    draft = tmp_path / "draft.yaml"
    shutil.copy(HERE / "overlays" / "14.yaml", draft)
    assert not check(overlay=draft).problems
    draft.write_text(draft.read_text(encoding="utf-8").replace("id: shanxi", "id: jilin"), encoding="utf-8")
    assert ["already taken" in str(problem) for problem in check(overlay=draft).problems] == [True]


def test_a_draft_stands_in_the_place_of_its_provinces_file(tmp_path: Path):
    draft = tmp_path / "jilin.yaml"
    text = (HERE.parents[1] / "policy/provinces/22.yaml").read_text(encoding="utf-8")
    draft.write_text(text.replace("  cross_scheme_under_one_year:", "  cross_scheme_one_year:"), encoding="utf-8")
    assert ["not its words" in str(problem) for problem in check(overlay=draft).problems] == [True]


def test_the_command_prints_its_table_and_its_status_in_good_and_in_bad(tmp_path: Path):
    good = run_here(["policy-check"])
    assert good.status == PUBLISHED and good.out.splitlines()[0].split() == ["file", "keys", "entries", "latest", "problems"]
    assert good.out.splitlines()[-1] == "policy-check: 7 files, no problem, 0 to be reviewed"
    draft = tmp_path / "draft.yaml"
    draft.write_text("id: x\n", encoding="utf-8")
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "codes.yaml").write_text("sex: {a: 1}\n", encoding="utf-8")
    bad = run_here(["policy-check", "--overlay", str(draft), "--site", str(tmp_path / "site")])
    lines = bad.out.splitlines()
    assert bad.status == FAILED and "missing 'name_zh'" in lines[0] and "unknown key 'sex'" in lines[1]
    assert lines[2].split() == ["file", "keys", "entries", "latest", "problems"]
    assert lines[-1] == "policy-check: 8 files, 2 problems, 0 to be reviewed"
    missing = run_here(["policy-check", "--overlay", str(tmp_path / "nowhere.yaml")])
    assert missing.status == USAGE and "no such file" in missing.complaint
    assert run_here(["policy-check", "--as-of", "2026-13-01"]).status == USAGE


def test_a_night_does_not_begin_without_a_parameter(monkeypatch):
    loaded = policy.load("national", date(2026, 11, 22))
    ended = dataclasses.replace(loaded, parameters=loaded.parameters | {"lookback_years": policy.ENDED})
    monkeypatch.setattr(policy, "load", lambda policy_id, as_of: ended)
    with pytest.raises(NightError, match="national: lookback_years has ended by 2026-11-22"):
        load_policy("national", date(2026, 11, 22))


def test_a_night_does_not_begin_where_a_day_of_the_past_has_no_value(tree: Path, monkeypatch):
    """What is asked for on the day of an event has a value on every day, whatever it is tonight."""
    file = tree / "national" / "parameters.yaml"
    before, after = "      2021-01-01: {value: 0, reference: before_2025}\n", "      2023-01-01: {value: null, reference: before_2025}\n"
    name, _, rest = (text := file.read_text(encoding="utf-8")).partition("  late_wait_months:")
    assert before in rest
    file.write_text(name + "  late_wait_months:" + rest.replace(before, before + after, 1), encoding="utf-8")
    assert text != file.read_text(encoding="utf-8")
    monkeypatch.setattr(policy, "load", lambda policy_id, as_of, load=policy.load: load(policy_id, as_of, tree))
    with pytest.raises(NightError, match="national: late_wait_months has no value from 2023-01-01 on"):
        load_policy("national", date(2026, 11, 22))


def test_gates_of_the_site_are_checked_too(tmp_path: Path):
    (tmp_path / "gates.yaml").write_text("quarantine_share: {most: 0.08}\n", encoding="utf-8")
    ran = run_here(["policy-check", "--site", str(tmp_path)])
    assert ran.status == FAILED and "gates.yaml: quarantine_share: missing 'agreed'" in ran.out
