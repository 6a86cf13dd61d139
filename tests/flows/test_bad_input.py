"""Bad files and bad rows: each ends with the file's name, the place and what was expected, and leaves no person's name.

"Nothing is published, the last publication stays" is asked of every one of them.
"""

import gzip
import math
import re
import shutil
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from inbox import AS_OF
from nights import (
    FAILED,
    PUBLISHED,
    STOPPED,
    checks_of,
    digests,
    manifest_of,
    open_files,
    personal_values,
    runs_of,
    state_of,
    texts_of,
)

ENROLLMENT = "medical_insurance/enrollment_20261122.parquet"
CONTRIBUTION = "tax/contribution_20261122.parquet"
RESIDENT = "public_security/resident_20261122.parquet"
DEATH = "civil_affairs/death_20261122.parquet"
STUDENT = "education/student_20261122.parquet"
#: A place: a byte, a row, a line, or the header.
PLACE = re.compile(r"byte \d+|row \d+|line \d+|last line|header|two columns")


@pytest.fixture(scope="module")
def last_publication(few, night, tmp_path_factory) -> Path:
    """A warehouse with the night before in it; not to be changed."""
    warehouse = tmp_path_factory.mktemp("last") / "warehouse"
    ran = night(few, warehouse, as_of=date(2026, 11, 21))
    assert ran.status == PUBLISHED, ran.err
    return warehouse


@pytest.fixture
def warehouse(last_publication, tmp_path) -> Path:
    return Path(shutil.copytree(last_publication, tmp_path / "warehouse", symlinks=True))


def as_csv(path: Path, encoding: str = "utf-8") -> Path:
    """The same extract as CSV, in the place of the Parquet file."""
    text = pl.read_parquet(path).write_csv()
    path.unlink()
    csv = path.with_suffix(".csv")
    csv.write_bytes(text.encode(encoding))
    return csv


def rewrite(path: Path, frame: pl.DataFrame) -> None:
    frame.write_parquet(path)


# files that cannot be read ------------------------------------------------------------------------------------------
def truncated_parquet(inbox: Path) -> str:
    path = inbox / CONTRIBUTION
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    return CONTRIBUTION


def parquet_with_broken_pages(inbox: Path) -> str:
    path = inbox / ENROLLMENT
    data = bytearray(path.read_bytes())
    data[64 : len(data) // 2] = bytes(255 - b for b in data[64 : len(data) // 2])
    path.write_bytes(data)
    return ENROLLMENT


def gbk_text_named_parquet(inbox: Path) -> str:
    path = inbox / RESIDENT
    path.write_bytes(pl.read_parquet(path).write_csv().encode("gbk"))
    return RESIDENT


def parquet_named_csv(inbox: Path) -> str:
    (inbox / DEATH).rename((inbox / DEATH).with_suffix(".csv"))
    return DEATH.replace(".parquet", ".csv")


def missing_column_in_parquet(inbox: Path) -> str:
    rewrite(inbox / ENROLLMENT, pl.read_parquet(inbox / ENROLLMENT).drop("certno"))
    return ENROLLMENT


def missing_column_in_csv(inbox: Path) -> str:
    rewrite(inbox / STUDENT, pl.read_parquet(inbox / STUDENT).drop("stage"))
    as_csv(inbox / STUDENT)
    return STUDENT.replace(".parquet", ".csv")


def column_twice(inbox: Path) -> str:
    csv = as_csv(inbox / ENROLLMENT)
    csv.write_text(csv.read_text().replace("emp_name", "身份证号码", 1))
    return ENROLLMENT.replace(".parquet", ".csv")


def row_too_short(inbox: Path) -> str:
    csv = as_csv(inbox / CONTRIBUTION)
    lines = csv.read_text().splitlines(keepends=True)
    lines[100] = ",".join(lines[100].split(",")[:5]) + "\n"
    csv.write_text("".join(lines))
    return CONTRIBUTION.replace(".parquet", ".csv")


def row_too_long(inbox: Path) -> str:
    csv = as_csv(inbox / CONTRIBUTION)
    lines = csv.read_text().splitlines(keepends=True)
    lines[100] = lines[100].rstrip("\n") + ",1,2,3\n"
    csv.write_text("".join(lines))
    return CONTRIBUTION.replace(".parquet", ".csv")


def last_line_cut(inbox: Path) -> str:
    csv = as_csv(inbox / ENROLLMENT)
    text = csv.read_text().rstrip("\n")
    csv.write_text(text[: text.rindex(",") - 12])
    return ENROLLMENT.replace(".parquet", ".csv")


def neither_utf8_nor_gb18030(inbox: Path) -> str:
    csv = as_csv(inbox / RESIDENT)
    csv.write_bytes(csv.read_bytes() + b"\xff\xff\xff\n")
    return RESIDENT.replace(".parquet", ".csv")


def nul_bytes(inbox: Path) -> str:
    csv = as_csv(inbox / DEATH)
    csv.write_bytes(csv.read_bytes() + b"\x00" * 64)
    return DEATH.replace(".parquet", ".csv")


def gzip_cut_off(inbox: Path) -> str:
    csv = as_csv(inbox / CONTRIBUTION)
    zipped = gzip.compress(csv.read_bytes())
    csv.unlink()
    csv.with_suffix(".csv.gz").write_bytes(zipped[: len(zipped) // 2])
    return CONTRIBUTION.replace(".parquet", ".csv.gz")


def plain_text_named_gz(inbox: Path) -> str:
    csv = as_csv(inbox / CONTRIBUTION)
    csv.rename(csv.with_suffix(".csv.gz"))
    return CONTRIBUTION.replace(".parquet", ".csv.gz")


DAMAGE = [
    truncated_parquet,
    parquet_with_broken_pages,
    gbk_text_named_parquet,
    parquet_named_csv,
    missing_column_in_parquet,
    missing_column_in_csv,
    column_twice,
    row_too_short,
    row_too_long,
    last_line_cut,
    neither_utf8_nor_gb18030,
    nul_bytes,
    gzip_cut_off,
    plain_text_named_gz,
]


@pytest.mark.parametrize("damage", DAMAGE, ids=lambda d: d.__name__)
def test_a_file_that_cannot_be_read_stops_the_night(damage, inbox, warehouse, night):
    personal = personal_values(inbox)
    before, file = state_of(warehouse), damage(inbox)
    ran = night(inbox, warehouse)
    assert (ran.status, ran.out) == (FAILED, "")
    assert ran.complaint.startswith(f"onecover: {file}: ")
    assert PLACE.search(ran.complaint) and "; expected " in ran.complaint
    assert "nothing was published" in ran.complaint
    assert state_of(warehouse) == before and before
    assert not [value for value in personal if value in ran.err]


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (missing_column_in_parquet, "certno (证件号码)"),
        (missing_column_in_csv, "stage (学段)"),
        (column_twice, "certno"),
        (gbk_text_named_parquet, "text"),
        (parquet_named_csv, "Parquet"),
        (plain_text_named_gz, "gzip"),
        (truncated_parquet, "cut off"),
        (last_line_cut, "cut off"),
    ],
    ids=lambda d: getattr(d, "__name__", ""),
)
def test_the_line_names_what_is_wrong(damage, told, inbox, warehouse, night):
    damage(inbox)
    assert told in night(inbox, warehouse).complaint


def test_a_night_after_the_file_is_mended_is_published(inbox, warehouse, night, few):
    truncated_parquet(inbox)
    assert night(inbox, warehouse).status == FAILED
    shutil.copy(few / CONTRIBUTION, inbox / CONTRIBUTION)
    ran = night(inbox, warehouse)
    assert ran.status == PUBLISHED, ran.err
    assert (warehouse / "current").readlink() == Path(f"as_of={AS_OF}")
    assert len(runs_of(warehouse)) == 2, "the run that failed is swept"


# extracts that are not there -------------------------------------------------------------------------------------------
def header_only(inbox: Path) -> None:
    rewrite(inbox / DEATH, pl.read_parquet(inbox / DEATH).clear())


def header_only_csv(inbox: Path) -> None:
    header_only(inbox)
    as_csv(inbox / DEATH)


def zero_bytes(inbox: Path) -> None:
    (inbox / DEATH).write_bytes(b"")


def zero_bytes_csv(inbox: Path) -> None:
    (inbox / DEATH).unlink()
    (inbox / DEATH).with_suffix(".csv").write_bytes(b"")


def not_there(inbox: Path) -> None:
    (inbox / DEATH).unlink()


@pytest.mark.parametrize("damage", [header_only, header_only_csv, zero_bytes, zero_bytes_csv, not_there], ids=lambda d: d.__name__)
def test_a_required_extract_without_rows_stops_the_night(damage, inbox, warehouse, night):
    before = state_of(warehouse)
    damage(inbox)
    ran = night(inbox, warehouse)
    assert ran.status == STOPPED
    assert "extract_missing of death: 0, expected >= 1" in ran.complaint
    assert state_of(warehouse) == before
    stopped = runs_of(warehouse)[-1]
    assert checks_of(stopped)["death", "extract_missing"]["status"] == "fail"
    assert {c["status"] for (extract, _), c in checks_of(stopped).items() if extract == "enrollment"} <= {"pass", "not_run"}


@pytest.mark.parametrize(
    "name", ["medical_insurance/inpatient_stay_20261122.csv", "tax/contribution_20261122_b.csv.gz", "tax/contribution_b.parquet"]
)
@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", gzip.compress(b"")], ids=["nothing", "mark", "packed"])
def test_a_delivery_without_a_byte_that_no_gate_would_miss_stops_the_night(name, content, inbox, warehouse, night):
    if content.startswith(b"\x1f") and not name.endswith(".gz") or content.startswith(b"\xef") and name.endswith((".gz", ".parquet")):
        pytest.skip("no such file")
    before = state_of(warehouse)
    (inbox / name).write_bytes(content)
    ran = night(inbox, warehouse)
    assert ran.status == FAILED and state_of(warehouse) == before
    assert f"{name}: it holds not a byte; expected its rows, or its header alone" in ran.complaint


def test_an_empty_inbox_stops_at_every_required_extract(tmp_path, warehouse, night):
    (tmp_path / "nothing").mkdir()
    ran = night(tmp_path / "nothing", warehouse)
    assert ran.status == STOPPED
    for extract in ("enrollment", "contribution", "resident", "death", "student"):
        assert f"extract_missing of {extract}" in ran.complaint


def test_an_optional_extract_that_is_missing_is_said_and_stops_nothing(few, warehouse, night):
    ran = night(few, warehouse)
    assert ran.status == PUBLISHED
    absent = manifest_of(warehouse / "current")["extracts_absent"]
    assert set(absent) >= {"assistance", "inpatient_stay"}
    for name, meaning in absent.items():
        assert f"without    {name}: {meaning}" in ran.out and len(meaning) > 20


def employment_of(inbox: Path, **columns: list[str]) -> Path:
    """Labour contracts of two people of the inbox."""
    numbers = pl.read_parquet(inbox / ENROLLMENT)["certno"].head(2).to_list()
    given = {
        "certno": numbers,
        "employer": ["甲", "乙"],
        "admdvs": ["220102"] * 2,
        "begin": ["2026-01-01"] * 2,
        "end": [None] * 2,
    } | columns
    path = inbox / "human_resources" / "employment_20261122.csv"
    path.parent.mkdir()
    pl.DataFrame(given).write_csv(path)
    return path


def test_labour_contracts_are_checked_though_no_rule_asks_for_them(inbox, warehouse, night):
    employment_of(inbox, begin=["2026-01-01", "soon"])
    ran = night(inbox, warehouse, "--accept", "quarantine_share", "--accept", "date_fill")
    assert ran.status == PUBLISHED, ran.err
    rows = manifest_of(warehouse / "current")["extracts"]["employment"]
    assert (rows["rows"], rows["quarantined"]) == (2, 1)
    assert "without    employment" not in ran.out


def test_labour_contracts_that_cannot_be_read_stop_the_night(inbox, warehouse, night):
    employment_of(inbox).write_bytes(b"garbage")
    ran = night(inbox, warehouse)
    assert ran.status == FAILED and "human_resources/employment_20261122.csv" in ran.complaint


def test_a_file_that_no_extract_claims_is_named_wherever_a_night_tells_of_its_extracts(inbox, warehouse, night):
    names = [f"medical_insurance/enrolment_202611{day}.csv" for day in range(11, 23)]
    for name in names:
        (inbox / name).write_text("psn_insu_rlts_id\n1\n")
    ran = night(inbox, warehouse)
    assert ran.status == PUBLISHED
    manifest = manifest_of(warehouse / "current")
    assert manifest["files_passed_over"] == names
    assert f"passed     {names[0]}: no extract has such a name, it was not read" in ran.out
    assert names[9] in ran.out and names[10] not in ran.out and "passed     2 more files, see files_passed_over" in ran.out
    report = (warehouse / "current" / "report" / "index.html").read_text(encoding="utf-8")
    assert all(f"<code>{name}</code>" in report for name in names)


# a duplicate key ------------------------------------------------------------------------------------------------------
def repeat_key(inbox: Path, **changes: str | None) -> dict:
    """The first enrollment row once more, with changes; returns what the night counted for the extract."""
    path = inbox / ENROLLMENT
    rows = pl.read_parquet(path).with_columns(updt_time=pl.lit("2026-10-01 08:00:00"))
    again = rows.head(1).with_columns(**{name: pl.lit(value, pl.String) for name, value in changes.items()})
    rewrite(path, pl.concat([rows, again]))
    return {"rows": rows.height + 1, "key": rows["psn_insu_rlts_id"][0]}


def counted(warehouse: Path) -> tuple:
    extract = manifest_of(warehouse / "current")["extracts"]["enrollment"]
    return tuple(extract[name] for name in ("rows", "accepted", "superseded", "copies", "quarantined"))


def test_a_copy_of_a_row_is_counted_once_and_said(inbox, warehouse, night):
    rows = repeat_key(inbox)["rows"]
    assert night(inbox, warehouse).status == PUBLISHED
    assert counted(warehouse) == (rows, rows - 1, 0, 1, 0)


@pytest.mark.parametrize("updated", ["2026-10-01 08:00:01", "2026-09-30", "2026/10/01 08:00:01", "20261001080001"])
def test_the_newest_row_of_a_key_wins_and_the_other_is_counted(inbox, warehouse, night, updated):
    rows = repeat_key(inbox, updt_time=updated, crter_name="另一经办")["rows"]
    assert night(inbox, warehouse).status == PUBLISHED
    assert counted(warehouse) == (rows, rows - 1, 1, 0, 0)


@pytest.mark.parametrize("updated", ["2026-10-01 08:00:00", None, "yesterday"])
def test_rows_of_one_key_that_nothing_orders_are_all_in_quarantine(inbox, warehouse, night, updated):
    told = repeat_key(inbox, updt_time=updated, crter_name="另一经办")
    assert night(inbox, warehouse).status == PUBLISHED
    assert counted(warehouse) == (told["rows"], told["rows"] - 2, 0, 0, 2)
    refused = pl.read_parquet(warehouse / "current" / "restricted" / "quarantine" / "*.parquet").filter(extract="enrollment")
    assert refused["reasons"].to_list() == [["duplicate_key"]] * 2
    assert refused["columns"].to_list() == [["psn_insu_rlts_id"]] * 2
    raw = refused["raw"].to_list()
    assert {r["psn_insu_rlts_id"] for r in raw} == {told["key"]}
    assert {r["crter_name"] for r in raw} == {None, "另一经办"}


def test_the_dead_are_named_by_what_was_paid_after_where_all_their_enrollments_are_in_quarantine(inbox, warehouse, night):
    rows = pl.read_parquet(inbox / ENROLLMENT)
    theirs = rows.filter(pl.col("psn_insu_rlts_id").str.starts_with("twice-0."))
    rewrite(inbox / ENROLLMENT, pl.concat([rows, theirs.with_columns(crter_name=pl.lit("另一经办"))]))
    number = theirs["certno"][0]
    rewrite(inbox / RESIDENT, pl.read_parquet(inbox / RESIDENT).filter(pl.col("certno") != number))
    deaths = pl.read_parquet(inbox / DEATH)
    told = {"certno": number, "psn_name": theirs["psn_name"][0], "death_date": "2025-06-30"}
    rewrite(inbox / DEATH, pl.concat([deaths, pl.DataFrame([told], schema=dict.fromkeys(deaths.columns, pl.String))]))
    ran = night(inbox, warehouse)
    assert ran.status == PUBLISHED, ran.err
    booked = pl.read_parquet(warehouse / "current" / "after_death" / "*.parquet")
    assert set(booked["row_key"]) == {"twice-0.A.1", "twice-0.B.1"} and booked["person_id"].n_unique() == 1


# a bad row of a key ---------------------------------------------------------------------------------------------------
#: Of somebody with cover in two places the enrollment that stays: what the newest row says of it is left out for its missing day.
STAYS, ENDS = "twice-0.A", "twice-0.B"


def bad_row_of_a_key(inbox: Path, *updates: str | None) -> int:
    """All rows updated in 2025, and behind them rows of the enrollment that stays which end it without a day; how many rows."""
    path = inbox / ENROLLMENT
    rows = pl.read_parquet(path).with_columns(updt_time=pl.lit("2025-10-01 08:00:00"))
    ended = rows.filter(psn_insu_rlts_id=STAYS).with_columns(psn_insu_stas=pl.lit("4"), paus_insu_date=pl.lit(None, pl.String))
    rewrite(path, pl.concat([rows, *(ended.with_columns(updt_time=pl.lit(at, pl.String)) for at in updates)]))
    return rows.height + len(updates)


def fates_of_both(warehouse: Path) -> dict[str, str]:
    decisions = pl.read_parquet(warehouse / "current" / "decisions" / "*.parquet").filter(pl.col("enrollment_id").is_in([STAYS, ENDS]))
    return dict(decisions.select("enrollment_id", "action").iter_rows())


def refused_reasons(warehouse: Path) -> list[list[str]]:
    return pl.read_parquet(warehouse / "current" / "restricted" / "quarantine" / "*.parquet")["reasons"].to_list()


def test_what_a_newer_row_replaces_stays_replaced_though_that_one_is_bad(inbox, warehouse, night):
    """Else the outdated row would be kept, and the other cover end for it."""
    rows = bad_row_of_a_key(inbox, "2026-03-01 08:00:00")
    assert night(inbox, warehouse).status == PUBLISHED
    assert counted(warehouse) == (rows, rows - 2, 1, 0, 1)
    assert refused_reasons(warehouse) == [["ended_without_date"]]
    assert fates_of_both(warehouse) == {}


def test_an_older_bad_row_changes_nothing(inbox, warehouse, night):
    rows = bad_row_of_a_key(inbox, "2024-03-01 08:00:00")
    assert night(inbox, warehouse).status == PUBLISHED
    assert counted(warehouse) == (rows, rows - 1, 0, 0, 1)
    assert fates_of_both(warehouse) == {STAYS: "retain", ENDS: "terminate"}


def test_a_good_row_is_in_doubt_where_nothing_orders_it_and_a_bad_one(inbox, warehouse, night):
    rows = bad_row_of_a_key(inbox, None)
    assert night(inbox, warehouse).status == PUBLISHED
    assert counted(warehouse) == (rows, rows - 2, 0, 0, 2)
    assert refused_reasons(warehouse) == [["duplicate_key"], ["ended_without_date"]]
    assert fates_of_both(warehouse) == {}


def test_copies_of_a_bad_row_are_counted_as_copies_and_the_first_is_in_quarantine(inbox, warehouse, night):
    rows = bad_row_of_a_key(inbox, *["2026-03-01 08:00:00"] * 3)
    shutil.copy(inbox / ENROLLMENT, inbox / ENROLLMENT.replace(".parquet", "_again.parquet"))
    assert night(inbox, warehouse).status == PUBLISHED
    assert counted(warehouse) == (2 * rows, rows - 4, 1, rows + 2, 1)
    assert refused_reasons(warehouse) == [["ended_without_date"]]
    assert manifest_of(warehouse / "current")["extracts"]["enrollment"]["reasons"] == {"ended_without_date": 1}


# 30% bad numbers ------------------------------------------------------------------------------------------------------
def spoil_numbers(inbox: Path, share: float) -> int:
    """Another check character on the first rows of the enrollment file; returns how many."""
    path = inbox / ENROLLMENT
    rows = pl.read_parquet(path).with_row_index("at")
    bad = math.ceil(rows.height * share)
    last = pl.col("certno").str.slice(17)
    other = pl.when(last == "3").then(pl.lit("5")).otherwise(pl.lit("3"))
    spoiled = pl.when(pl.col("at") < bad).then(pl.col("certno").str.slice(0, 17) + other).otherwise(pl.col("certno"))
    rewrite(path, rows.with_columns(certno=spoiled).drop("at"))
    return bad


def test_a_third_of_bad_numbers_stops_the_night_and_leaves_checks_and_quarantine(inbox, warehouse, night):
    before, bad = state_of(warehouse), spoil_numbers(inbox, 0.3)
    personal = personal_values(inbox)
    ran = night(inbox, warehouse)
    assert (ran.status, ran.out) == (STOPPED, "")
    assert "quarantine_share of enrollment: 0.3" in ran.complaint and "<= 0.05" in ran.complaint
    assert state_of(warehouse) == before, "nothing is published and the last publication stays"

    stopped = runs_of(warehouse)[-1]
    assert str(stopped) in ran.complaint
    check = checks_of(stopped)["enrollment", "quarantine_share"]
    assert (check["status"], check["rows_failed"]) == ("fail", bad)
    refused = pl.read_parquet(stopped / "restricted" / "quarantine" / "*.parquet")
    assert refused.filter(extract="enrollment")["reasons"].to_list() == [["id_checksum"]] * bad
    assert manifest_of(stopped)["extracts"]["enrollment"]["reasons"] == {"id_checksum": bad}
    assert not (stopped / "work").exists(), "working tables with names do not stay"
    assert not (stopped / "decisions").exists()

    left = "".join(texts_of(path) for path in open_files(warehouse)) + ran.err
    assert not [value for value in personal if value in left]


def test_a_stopped_run_stays_for_the_operator_until_the_night_is_published_again(inbox, warehouse, night, few):
    spoil_numbers(inbox, 0.3)
    night(inbox, warehouse)
    stopped = runs_of(warehouse)[-1]
    kept = digests(stopped)
    assert night(few, warehouse).status == PUBLISHED
    assert digests(stopped) == kept


def test_quarantine_up_to_the_bound_is_published(inbox, warehouse, night):
    bad = spoil_numbers(inbox, 0.04)
    assert night(inbox, warehouse).status == PUBLISHED
    assert checks_of(warehouse / "current")["enrollment", "quarantine_share"] == {
        "department": "medical_insurance",
        "extract": "enrollment",
        "check_id": "quarantine_share",
        "severity": "error",
        "status": "pass_with_exceptions",
        "rows_checked": 315,
        "rows_failed": bad,
        "observed": f"{bad / 315:.6f}".rstrip("0"),
        "expected": "<= 0.05",
    }


# a warehouse that cannot be written -------------------------------------------------------------------------------------
def test_a_read_only_warehouse_fails_in_one_line_and_stays_as_it_was(few, warehouse, night):
    before = state_of(warehouse)
    warehouse.chmod(0o555)
    try:
        ran = night(few, warehouse)
    finally:
        warehouse.chmod(0o755)
    assert (ran.status, ran.out) == (FAILED, "")
    assert f"the warehouse {warehouse} cannot be written" in ran.complaint and "--warehouse" in ran.complaint
    assert state_of(warehouse) == before


def test_a_warehouse_that_is_a_file_fails_in_one_line(few, tmp_path, night):
    (tmp_path / "house").write_text("no folder")
    ran = night(few, tmp_path / "house")
    assert (ran.status, ran.out) == (FAILED, "")
    assert str(tmp_path / "house") in ran.complaint
    assert (tmp_path / "house").read_text() == "no folder"
