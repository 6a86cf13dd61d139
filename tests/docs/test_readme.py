"""The front page: its commands exist, its map is whole, and what it says a night prints is what a night prints."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from pages import CHECKOUT, NOT_OURS, names, page, rows

NUMBERS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
MAKEFILE = page("Makefile")


def targets(makefile: str) -> set[str]:
    """Targets that `make` lists."""
    return set(re.findall(r"^([a-z-]+):.*##", makefile, re.MULTILINE))


def named_targets(readme: str) -> set[str]:
    return set(re.findall(r"(?:^|`)make ([a-z-]+)", readme, re.MULTILINE))


def test_every_make_target_is_named_and_no_other():
    assert named_targets(page("README.md")) == targets(MAKEFILE)


def test_a_target_that_does_not_exist_is_noticed():
    assert named_targets("`make nothing`") - targets(MAKEFILE) == {"nothing"}


def test_the_map_has_every_folder():
    folders = {f"{p.name}/" for p in CHECKOUT.iterdir() if p.is_dir() and not p.name.startswith(".") and p.name not in NOT_OURS}
    assert {names(row[0])[0] for row in rows(page("README.md"), "folder")} == folders


@pytest.fixture(scope="module")
def sample_night(tmp_path_factory) -> tuple[str, Path]:
    """What `make run` prints, and the folder in which it published a warehouse."""
    folder = tmp_path_factory.mktemp("readme")
    [day] = re.findall(r"^SAMPLE_AS_OF := (\S+)$", MAKEFILE, re.MULTILINE)
    inbox = str(CHECKOUT / "sample_data" / "inbox")
    command = [
        sys.executable,
        "-m",
        "flows",
        "nightly",
        "--as-of",
        day,
        "--inbox",
        inbox,
        "--warehouse",
        "warehouse",
        "--policy",
        "national",
    ]
    own = {k: v for k, v in os.environ.items() if not k.startswith(("ONECOVER_", "PREFECT_"))} | {"PYTHONPATH": str(CHECKOUT)}
    done = subprocess.run(command, cwd=folder, env=own, text=True, capture_output=True, timeout=300, check=True)
    return done.stdout, folder


def test_the_summary_is_what_a_night_prints(sample_night):
    """To the version of the policy, which changes with every word of its files: whoever changes one changes the page."""
    said = re.search(r"```\n(OneCover, the night of .*?)```", page("README.md"), re.DOTALL).group(1)
    assert said.strip() == sample_night[0].strip()


def test_who_needs_the_exit_status_is_told_that_make_loses_it():
    assert re.search(r"^30 1 \* \* \*  cd \S+ && \.venv/bin/python -m flows nightly ", page("docs/operations.md"), re.MULTILINE)
    for name in ("README.md", "docs/operations.md", "docs/datasets.md"):
        assert "These are the statuses of `python -m flows`; make answers 2 whatever the failure was." in page(name), name
    assert "用 make 运行时，任何失败都返回 2" in page("README.zh-CN.md")


def test_the_first_query_gives_what_the_page_says(sample_night, monkeypatch):
    text = page("README.md")
    monkeypatch.chdir(sample_night[1])
    found = duckdb.sql(re.search(r'duckdb\.sql\("""(.*?)"""\)', text, re.DOTALL).group(1)).fetchall()
    count, most, scheme, rule_id = re.search(r"gives (\w+) rows; the largest is (\d+) (\w+) enrollments by\s+`(\w+)`", text).groups()
    largest = max(found, key=lambda row: row[-1])
    assert (NUMBERS[len(found)], str(largest[-1]), largest[1], largest[2]) == (count, most, scheme, rule_id)


def test_the_figures_of_the_narrowing_are_those_of_the_sample(sample_night):
    manifest = json.loads((sample_night[1] / "warehouse" / "current" / "manifest.json").read_text(encoding="utf-8"))
    carried, accepted = manifest["steps"]["ingest"]["contribution"], manifest["extracts"]["contribution"]["accepted"]
    assert f"{carried:,} of {accepted:,} accepted contributions" in " ".join(page("docs/decisions/0003-narrow-first.md").split())
