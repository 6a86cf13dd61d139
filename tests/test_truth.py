"""Generated people of every archetype: a night finds and decides exactly what was planted, however many they are."""

import subprocess
import sys
from pathlib import Path

import pytest
from inbox import AS_OF
from nights import CHECKOUT, PUBLISHED, arguments_of, run_command
from planted import TABLES, differences, told

SEED = 7


def generated(out: Path, persons: int) -> Path:
    """Extracts and truth of that many people, as the command writes them."""
    arguments = ["--persons", str(persons), "--seed", str(SEED), "--as-of", AS_OF.isoformat(), "--out", str(out), "--format", "parquet"]
    command = [sys.executable, "-m", "sample_data.generate", *arguments]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, timeout=1200, check=False)
    assert done.returncode == 0, done.stderr
    return out


def night_of(root: Path, key_file: Path) -> Path:
    ran = run_command(arguments_of(root / "inbox", root / "warehouse"), ONECOVER_KEY_FILE=str(key_file))
    assert ran.status == PUBLISHED, ran.err
    return root


@pytest.fixture(scope="module")
def twenty_thousand(tmp_path_factory, key_file) -> Path:
    return night_of(generated(tmp_path_factory.mktemp("planted"), 20_000), key_file)


@pytest.fixture(scope="module")
def a_million(tmp_path_factory, key_file) -> Path:
    return night_of(generated(tmp_path_factory.mktemp("million"), 1_000_000), key_file)


@pytest.mark.parametrize("table", TABLES)
def test_what_was_planted_among_20_000_persons_is_found_and_nothing_else(twenty_thousand, table):
    wrong = differences(twenty_thousand / "truth", twenty_thousand / "warehouse" / "current", table)
    assert wrong.is_empty(), told(wrong, twenty_thousand / "truth")


@pytest.mark.long
@pytest.mark.parametrize("table", TABLES)
def test_precision_and_recall_are_1_on_a_million_persons(a_million, table):
    wrong = differences(a_million / "truth", a_million / "warehouse" / "current", table)
    assert wrong.is_empty(), told(wrong, a_million / "truth")
