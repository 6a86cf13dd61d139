"""The examples of docs/extending.md are carried out as they stand there, each in a copy of the checkout."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from inbox import AS_OF
from nights import CHECKOUT, PUBLISHED, arguments_of, manifest_of, read, run_here

GUIDE = (CHECKOUT / "docs" / "extending.md").read_text(encoding="utf-8")
USED = ("contracts", "expectations", "flows", "policy", "sample_data", "transforms", "pyproject.toml")


@pytest.fixture
def extended(tmp_path) -> Callable[[str], Path]:
    """A copy of what runs, with the lines under a heading of the guide applied."""

    def extend(heading: str) -> Path:
        copy = tmp_path / "checkout"
        for name in USED:
            place = CHECKOUT / name
            (shutil.copytree if place.is_dir() else shutil.copy)(place, copy / name)
        lines = re.search(rf"## {heading}\n.*?```diff\n(.*?)```", GUIDE, re.DOTALL).group(1)
        subprocess.run(["git", "apply", "--unidiff-zero", "-"], input=lines, cwd=copy, text=True, check=True)
        return copy

    return extend


def run(checkout: Path, *arguments: str, **variables: str) -> str:
    ran = subprocess.run([sys.executable, *arguments], cwd=checkout, capture_output=True, text=True, env=os.environ | variables)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def night(checkout: Path, inbox: Path, key: Path, *arguments: str) -> Path:
    warehouse = checkout.parent / f"warehouse-of-{checkout.name}"
    run(checkout, "-m", "flows", "nightly", "--as-of", str(AS_OF), "--inbox", str(inbox), "--warehouse", str(warehouse), "--worklists", "none",
        *arguments, ONECOVER_KEY_FILE=str(key))  # fmt: skip
    return warehouse / "current"


DAYS = """
from datetime import date
import policy
print([policy.load(name, day).parameters["newborn_days"] for name in ("national", "jiangxi") for day in (date(2027, 6, 30), date(2027, 7, 1))])
"""


def test_a_new_province_has_what_it_changes_from_its_day_on(extended):
    checkout = extended("A province")
    assert "no problem" in run(checkout, "-m", "flows", "policy-check")
    assert run(checkout, "-c", DAYS).strip() == "[90, 90, 90, 120]"


IDENTIFY = """
from datetime import date
import polars as pl
from transforms.identifiers import KINDS, identify
found = identify(pl.Series(["ＡＢ 123456", "AB123456", "AB123456"]), pl.Series(["20", "20", "08"]), date(2026, 11, 22))
print([KINDS[kind] for kind in found["id_kind"]], found["canonical"].to_list(), found["person_key"].n_unique())
"""


def test_a_new_kind_takes_its_numbers_and_no_others(extended):
    assert (
        run(extended("A kind of certificate"), "-c", IDENTIFY).strip()
        == str(["crew_card", "crew_card", "passport"]) + " " + str(["AB123456"] * 3) + " 2"
    )


def test_a_new_department_is_read_checked_counted_and_named(extended, tmp_path, key_file):
    checkout = extended("A department")
    inbox = tmp_path / "inbox"
    shutil.copytree(CHECKOUT / "sample_data" / "inbox", inbox)
    (inbox / "justice").mkdir()
    rows = "证件号码,起始日期,截止日期\n10000020050106001.0,2025-03-01,\nabc,2025-03-01,\n"
    (inbox / "justice" / f"custody_{AS_OF:%Y%m%d}.csv").write_text(rows, encoding="utf-8")
    current = night(checkout, inbox, key_file, "--accept", "quarantine_share")
    counted = manifest_of(current)["extracts"]["custody"]
    assert (counted["rows"], counted["accepted"], counted["quarantined"]) == (2, 1, 1)
    assert read(current, "checks").filter(pl.col("extract") == "custody").height > 5
    assert read(current, "quarantine").filter(pl.col("extract") == "custody")["row_number"].to_list() == [2]


def test_a_new_rule_takes_over_its_members_and_changes_nothing_else(extended, tmp_path, key_file):
    sample = CHECKOUT / "sample_data" / "inbox"
    checkout = extended("A rule")
    run(checkout, "-m", "flows", "policy-check")
    key = ["enrollment_id", "overlap_id"]
    after = read(night(checkout, sample, key_file), "decisions").select(*key, "action", "rule_id", "reason_en")
    taken_over = after.filter(pl.col("rule_id") == "employee_retired")
    assert taken_over.height > 0 and set(taken_over["action"]) == {"review"}
    assert taken_over["reason_en"].str.contains("of which one is a retirement, all go to review").all()
    ran = run_here(arguments_of(sample, tmp_path / "before"), ONECOVER_KEY_FILE=str(key_file))
    assert ran.status == PUBLISHED, ran.err
    before = read(tmp_path / "before" / "current", "decisions").select(*key, "action", "rule_id")
    changed = after.join(before, on=key, suffix="_before", nulls_equal=True).filter(pl.col("rule_id") != pl.col("rule_id_before"))
    assert (after.height, changed.height) == (before.height, taken_over.height)
    assert set(changed["rule_id_before"]) == {"employee_workplace"} and (changed["action"] == changed["action_before"]).all()
