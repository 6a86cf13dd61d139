"""The night that `make run` runs: the committed sample, as committed, gives exactly the truth committed beside it."""

import shutil
from pathlib import Path

import polars as pl
import pytest
from nights import CHECKOUT, PUBLISHED, SAMPLE, arguments_of, read, run_here
from planted import TABLES, differences, told

from contracts import EXTRACTS

TRUTH = CHECKOUT / "sample_data" / "truth"


@pytest.fixture(scope="module")
def sample(tmp_path_factory, key_file):
    warehouse = tmp_path_factory.mktemp("sample") / "warehouse"
    ran = run_here(arguments_of(SAMPLE, warehouse), ONECOVER_KEY_FILE=str(key_file))
    assert ran.status == PUBLISHED, ran.err
    return warehouse / "current"


@pytest.mark.parametrize("table", TABLES)
def test_the_sample_gives_its_truth(sample, table):
    wrong = differences(TRUTH, sample, table)
    assert wrong.is_empty(), told(wrong, TRUTH)


def test_the_comparison_sees_a_single_day(sample, tmp_path):
    """One termination a day later is one row too many and one too few."""
    publication = Path(shutil.copytree(sample.resolve(), tmp_path / "publication"))
    path = publication / "terminations" / "part-0.parquet"
    rows = pl.read_parquet(path)
    first = pl.int_range(pl.len()) == 0
    rows.with_columns(
        effective_date=pl.when(first).then(pl.col("effective_date").dt.offset_by("1d")).otherwise("effective_date")
    ).write_parquet(path)
    wrong = differences(TRUTH, publication, "terminations")
    assert wrong["enrollment_id"].to_list() == [rows["enrollment_id"][0]] * 2 and sorted(wrong["times"].to_list()) == [-1, 1]
    assert "archetype" in told(wrong, TRUTH)


@pytest.mark.parametrize("name", ["terminations", "suspensions", "reviews", "subsidy_deductions", "refunds"])
def test_every_row_says_why(sample, name):
    """A termination, suspension, review, deduction and refund with its rule or case, and its clause."""
    rows = read(sample, name)
    assert rows.height
    for column in ("clause", "case_id" if name == "refunds" else "rule_id"):
        assert rows[column].null_count() == 0 and (rows[column].str.len_chars() > 2).all()
    if "reason_zh" in rows.columns:
        assert rows["reason_zh"].str.contains(r"\p{Han}").all() and rows["reason_en"].str.contains("[a-z]{4}").all()


def test_every_decision_has_evidence_that_leads_to_a_row(sample):
    evidence = read(sample, "decisions").select("enrollment_id", "evidence").explode("evidence").unnest("evidence")
    assert evidence["fact"].null_count() == 0 and evidence["extract"].null_count() == 0
    assert set(evidence["extract"].to_list()) <= set(EXTRACTS)
