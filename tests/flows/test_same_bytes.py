"""The same extracts, day, policy and code give the same bytes, however they come and however often the night is run."""

import json
import random
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from nights import (
    PUBLISHED,
    SAMPLE,
    arguments_of,
    checks_of,
    dataset_digests,
    digests,
    manifest_of,
    read,
    run_command,
    text_frame,
)

from contracts import DATASETS


def test_another_process_writes_the_same_bytes(published, tmp_path, key_file):
    ran = run_command(arguments_of(SAMPLE, tmp_path / "again"), ONECOVER_KEY_FILE=str(key_file))
    assert ran.status == PUBLISHED, ran.err
    assert dataset_digests(tmp_path / "again" / "current") == dataset_digests(published / "current")
    lists = [digests(w / "current" / "worklists") for w in (published, tmp_path / "again")]
    assert lists[0] == lists[1] and len(lists[0]) > 10
    ours, theirs = (manifest_of(w / "current") for w in (published, tmp_path / "again"))
    assert ours == theirs


def test_a_night_run_again_in_its_warehouse_writes_the_same_bytes(few, warehouse, night):
    assert night(few, warehouse).status == PUBLISHED
    run, before = (warehouse / "current").resolve(), dataset_digests(warehouse / "current")
    assert night(few, warehouse).status == PUBLISHED
    assert (warehouse / "current").resolve() != run
    assert dataset_digests(warehouse / "current") == before


def test_threads_and_memory_change_nothing(published, tmp_path, night, monkeypatch):
    monkeypatch.setattr("flows.options.cores", lambda: 1)
    assert night(SAMPLE, tmp_path / "one", "--memory", "400MB").status == PUBLISHED
    assert dataset_digests(tmp_path / "one" / "current") == dataset_digests(published / "current")


def test_shares_of_the_persons_change_nothing(published, tmp_path, night, monkeypatch):
    """As for a hundred million: decisions are put together, and they and the quarantine published, eight shares at a time."""
    monkeypatch.setattr("flows.steps.shares_of", lambda rows, memory: 8)
    assert night(SAMPLE, tmp_path / "shares").status == PUBLISHED
    assert dataset_digests(tmp_path / "shares" / "current") == dataset_digests(published / "current")


# the files ------------------------------------------------------------------------------------------------------------
def stem_of(path: Path) -> str:
    return path.name.split(".")[0]


def as_parquet(inbox: Path) -> Path:
    """The sample as Parquet of small row groups, under the contract's names."""
    for path in SAMPLE.glob("*/*"):
        (inbox / path.parent.name).mkdir(parents=True, exist_ok=True)
        text_frame(path).write_parquet(inbox / path.parent.name / f"{stem_of(path)}.parquet", row_group_size=997)
    return inbox


def in_three_shuffled_files(inbox: Path) -> Path:
    for path in SAMPLE.glob("*/*"):
        (inbox / path.parent.name).mkdir(parents=True, exist_ok=True)
        frame = text_frame(path).sample(fraction=1, shuffle=True, seed=3)
        for piece in range(3):
            frame.gather_every(3, piece).write_parquet(inbox / path.parent.name / f"{stem_of(path)}_{piece}.parquet")
    return inbox


def as_shuffled_csv(inbox: Path) -> Path:
    """Plain CSV in UTF-8, rows and columns in another order."""
    order = random.Random(11)
    for path in sorted(SAMPLE.glob("*/*")):
        (inbox / path.parent.name).mkdir(parents=True, exist_ok=True)
        frame = text_frame(path).sample(fraction=1, shuffle=True, seed=5)
        columns = frame.columns
        order.shuffle(columns)
        frame.select(columns).write_csv(inbox / path.parent.name / f"{stem_of(path)}.csv")
    return inbox


def refused_rows(publication: Path) -> list[str]:
    """The quarantine without the place of each row in its file."""
    rows = read(publication, "quarantine").select("department", "extract", "reasons", "columns", "raw").to_dicts()
    return sorted(json.dumps({**row, "raw": sorted(dict(row["raw"]).items())}, ensure_ascii=False) for row in rows)


def without_number_of_files(checks: dict) -> dict:
    """The check of the files' dates counts files; of it only the verdict."""
    return {key: {k: v for k, v in row.items() if k != "rows_checked" or key[1] != "extract_stale"} for key, row in checks.items()}


@pytest.mark.parametrize("arranged", [as_parquet, in_three_shuffled_files, as_shuffled_csv], ids=lambda a: a.__name__)
def test_order_split_and_format_of_the_files_change_no_dataset(published, tmp_path, night, arranged):
    ran = night(arranged(tmp_path / "inbox"), tmp_path / "warehouse")
    assert ran.status == PUBLISHED, ran.err
    one, other = published / "current", tmp_path / "warehouse" / "current"
    tell_of_files = ("restricted/quarantine/", "checks/")
    same = [{p: d for p, d in dataset_digests(x).items() if not p.startswith(tell_of_files)} for x in (one, other)]
    assert len(same[0]) == len(DATASETS) - 2
    assert same[0] == same[1]
    assert refused_rows(one) == refused_rows(other)
    assert without_number_of_files(checks_of(one)) == without_number_of_files(checks_of(other))


def test_another_day_is_other_bytes(published, tmp_path, night):
    """So that the comparisons above compare something."""
    assert night(SAMPLE, tmp_path / "warehouse", as_of=date(2026, 11, 23)).status == PUBLISHED
    ours, theirs = (dataset_digests(w / "current") for w in (published, tmp_path / "warehouse"))
    assert {p for p in ours if ours[p] != theirs[p]} >= {f"{name}/part-0.parquet" for name in ("terminations", "reviews", "decisions")}


def test_people_with_one_cover_change_nothing_for_the_others(few, tmp_path, night):
    """What is decided for a person depends on that person's rows alone: without the hundreds who have one cover,
    the eight with two get what they got."""
    assert night(few, tmp_path / "all").status == PUBLISHED
    alone = tmp_path / "inbox"
    for path in few.glob("*/*.parquet"):
        (alone / path.parent.name).mkdir(parents=True, exist_ok=True)
        frame = pl.read_parquet(path)
        twice = pl.col("certno").str.starts_with("379901")
        # the dead and the pupil are kept: their extracts are required
        kept = frame.filter(twice) if path.name.startswith(("enrollment", "contribution", "resident")) else frame
        kept.write_parquet(alone / path.parent.name / path.name)
    assert night(alone, tmp_path / "few", "--accept", "overlap_share").status == PUBLISHED
    for name in ("overlaps", "decisions", "terminations", "subsidy_deductions", "refunds", "persons"):
        ours, theirs = read(tmp_path / "all" / "current", name), read(tmp_path / "few" / "current", name)
        if name == "persons":  # whose enrollments were left out has none now, which the coverage plan lists
            theirs = theirs.filter(pl.col("person_id").is_in(ours["person_id"].implode()))
        assert ours.height >= 8 and ours.equals(theirs, null_equal=True), name
