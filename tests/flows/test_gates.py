"""Data gates in a whole night: what stops it, what it leaves, and what --accept lets pass."""

import math
import os
import shutil
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from inbox import AS_OF, write_inbox
from nights import PUBLISHED, STOPPED, USAGE, checks_of, enrolled_twice, few_people, manifest_of, read, runs_of, state_of

ENROLLMENT = "medical_insurance/enrollment_20261122.parquet"
TOMORROW = date(2026, 11, 23)


@pytest.fixture(scope="module")
def yesterday(few, night, tmp_path_factory) -> Path:
    """A warehouse with one night; not to be changed."""
    warehouse = tmp_path_factory.mktemp("yesterday") / "warehouse"
    assert night(few, warehouse).status == PUBLISHED
    return warehouse


@pytest.fixture
def warehouse(yesterday, tmp_path) -> Path:
    return Path(shutil.copytree(yesterday, tmp_path / "warehouse", symlinks=True))


def change(inbox: Path, file: str, *columns: pl.Expr, share: float = 1.0) -> int:
    """Change the first rows of an extract; returns how many."""
    rows = pl.read_parquet(inbox / file)
    n = math.ceil(rows.height * share)
    pl.concat([rows.head(n).with_columns(*columns), rows.slice(n)]).write_parquet(inbox / file)
    return n


def keep(inbox: Path, file: str, share: float) -> None:
    rows = pl.read_parquet(inbox / file)
    rows.head(math.ceil(rows.height * share)).write_parquet(inbox / file)


# row_drop ---------------------------------------------------------------------------------------------------------------
def test_a_fifth_fewer_rows_than_last_night_is_published(inbox, warehouse, night):
    keep(inbox, ENROLLMENT, 0.8)
    ran = night(inbox, warehouse, as_of=TOMORROW)
    assert ran.status == PUBLISHED, ran.err
    row = checks_of(warehouse / "current")["enrollment", "row_drop"]
    assert (row["status"], row["observed"]) == ("pass", "0.8")


def test_more_than_a_fifth_fewer_stops_the_night(inbox, warehouse, night):
    before = state_of(warehouse)
    keep(inbox, ENROLLMENT, 0.79)
    ran = night(inbox, warehouse, as_of=TOMORROW)
    assert ran.status == STOPPED
    assert "row_drop of enrollment: 0.79" in ran.complaint and ">= 0.8" in ran.complaint
    assert state_of(warehouse) == before


def test_a_night_that_is_run_again_may_not_lose_what_it_would_replace(inbox, warehouse, night):
    before = state_of(warehouse)
    keep(inbox, ENROLLMENT, 0.79)
    ran = night(inbox, warehouse)
    assert ran.status == STOPPED and "row_drop of enrollment: 0.79" in ran.complaint
    assert state_of(warehouse) == before
    assert night(inbox, warehouse, "--accept", "enrollment.row_drop").status == PUBLISHED


def test_an_optional_extract_that_came_last_night_and_does_not_come_stops_the_night(inbox, tmp_path, night):
    """Without the stays nobody is held until discharge; whoever means it lets it pass, and the night after has nothing to compare with."""
    warehouse, stays = tmp_path / "warehouse", inbox / "medical_insurance" / "inpatient_stay_20261122.csv"
    stays.write_text("certno,psn_insu_rlts_id,admitted_on,discharged_on\n470101199001010017,,2026-11-20,\n", encoding="utf-8")
    ran = night(inbox, warehouse, "--accept", "identifier_fill", "--accept", "quarantine_share")
    assert ran.status == PUBLISHED, ran.complaint
    stays.unlink()
    ran = night(inbox, warehouse, as_of=TOMORROW)
    assert ran.status == STOPPED and "row_drop of inpatient_stay: 0" in ran.complaint
    assert night(inbox, warehouse, "--accept", "inpatient_stay.row_drop", as_of=TOMORROW).status == PUBLISHED
    assert night(inbox, warehouse, as_of=date(2026, 11, 24)).status == PUBLISHED
    assert checks_of(warehouse / "current")["inpatient_stay", "row_drop"]["status"] == "not_run"


def test_a_stopped_night_is_no_night_to_compare_with(inbox, warehouse, night):
    """The last *published* night counts: a drop does not become the new measure by being tried."""
    keep(inbox, ENROLLMENT, 0.5)
    assert [night(inbox, warehouse, as_of=day).status for day in (TOMORROW, date(2026, 11, 24))] == [STOPPED, STOPPED]


def test_the_first_night_has_nothing_to_compare_with(yesterday):
    assert {row["status"] for (_, check), row in checks_of(yesterday / "current").items() if check == "row_drop"} == {"not_run"}


# the others ---------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("gate", "column"), [("identifier_fill", "certno"), ("date_fill", "crt_insu_date")])
def test_too_few_filled_values_stop_the_night(inbox, warehouse, night, gate, column):
    n = change(inbox, ENROLLMENT, pl.lit(None, pl.String).alias(column), share=0.03)
    ran = night(inbox, warehouse)
    assert ran.status == STOPPED
    assert f"{gate} of enrollment: 0.96" in ran.complaint and ">= 0.98" in ran.complaint
    row = checks_of(runs_of(warehouse)[-1])["enrollment", gate]
    assert (row["status"], row["rows_checked"], row["rows_failed"]) == ("fail", 315, n)


@pytest.mark.parametrize("column", ["certno", "crt_insu_date"])
def test_what_is_filled_and_cannot_be_read_is_for_the_quarantine(inbox, warehouse, night, column):
    """Of 5% the quarantine may hold, it stops no night as empty."""
    n = change(inbox, ENROLLMENT, pl.lit("2025-02-30").alias(column), share=0.03)
    ran = night(inbox, warehouse)
    assert ran.status == PUBLISHED, ran.err
    assert manifest_of(warehouse / "current")["extracts"]["enrollment"]["quarantined"] == n


def test_the_oldest_file_of_an_extract_decides_whether_it_is_stale(inbox, tmp_path, night):
    rows = pl.read_parquet(inbox / ENROLLMENT)
    rows.head(10).write_parquet((inbox / ENROLLMENT).with_name("enrollment_20261114_old.parquet"))
    rows.slice(10).write_parquet(inbox / ENROLLMENT)
    ran = night(inbox, tmp_path / "warehouse")
    assert ran.status == STOPPED
    assert "extract_stale of enrollment: 8, expected <= 7" in ran.complaint


def test_a_file_without_a_date_in_its_name_is_as_old_as_its_last_change(inbox, tmp_path, night):
    """The clock of the machine is no part of the night: a file just written is younger than the as-of date."""
    (inbox / ENROLLMENT).rename(inbox / "medical_insurance" / "enrollment.parquet")
    old = (inbox / "civil_affairs" / "death_20261122.parquet").rename(inbox / "civil_affairs" / "death.parquet")
    moment = 1_793_000_000  # 2026-10-26
    os.utime(old, (moment, moment))
    ran = night(inbox, tmp_path / "warehouse")
    assert ran.status == STOPPED
    assert "extract_stale of death: 27, expected <= 7" in ran.complaint
    assert "extract_stale of enrollment" not in ran.complaint


@pytest.fixture(scope="module")
def crowded(tmp_path_factory) -> Path:
    """80 persons in a current overlap among 380."""
    return write_inbox(tmp_path_factory.mktemp("crowded") / "inbox", few_people() + [enrolled_twice(n) for n in range(8, 80)], AS_OF)


def test_too_many_persons_in_an_overlap_stop_the_night_after_the_overlaps_are_found(crowded, tmp_path, night):
    ran = night(crowded, tmp_path / "warehouse")
    assert ran.status == STOPPED
    share = 80 / 379  # the dead one of the fillers is enrolled nowhere
    assert f"overlap_share of enrollment: {share:.6f}, expected <= 0.2" in ran.complaint
    (stopped,) = runs_of(tmp_path / "warehouse")
    row = checks_of(stopped)["enrollment", "overlap_share"]
    assert (row["status"], row["rows_checked"], row["rows_failed"]) == ("fail", 379, 80)


# accepted -----------------------------------------------------------------------------------------------------------------
def test_an_accepted_gate_passes_once_and_is_said_everywhere(crowded, tmp_path, night):
    warehouse = tmp_path / "warehouse"
    ran = night(crowded, warehouse, "--accept", "overlap_share")
    assert ran.status == PUBLISHED, ran.err
    assert "overlap_share" in ran.out and "--accept" in ran.out
    assert manifest_of(warehouse / "current")["accepted_gates"] == ["overlap_share"]
    assert checks_of(warehouse / "current")["enrollment", "overlap_share"]["status"] == "fail", "it failed all the same"
    assert read(warehouse / "current", "terminations").height >= 80
    assert night(crowded, warehouse, as_of=TOMORROW).status == STOPPED, "once"


def test_a_gate_can_be_accepted_for_one_extract_alone(inbox, tmp_path, night):
    for file in (ENROLLMENT, "tax/contribution_20261122.parquet"):
        change(inbox, file, pl.lit("370102199001010000").alias("certno"), share=0.1)
    ran = night(inbox, tmp_path / "warehouse", "--accept", "enrollment.quarantine_share")
    assert ran.status == STOPPED
    assert "quarantine_share of contribution" in ran.complaint and "quarantine_share of enrollment" not in ran.complaint


def test_a_reason_of_quarantine_that_stops_the_night_is_accepted_by_the_name_that_is_printed(inbox, tmp_path, night):
    change(inbox, ENROLLMENT, pl.lit("220102199003070022").alias("certno"), share=0.04)
    site = tmp_path / "site"
    site.mkdir()
    (site / "gates.yaml").write_text('reason: {severity: error, agreed: "数据处 2026-11-02"}\n', encoding="utf-8")
    ran = night(inbox, tmp_path / "warehouse", "--site", str(site))
    assert ran.status == STOPPED and "reason_id_checksum of enrollment" in ran.complaint
    assert night(inbox, tmp_path / "warehouse", "--site", str(site), "--accept", "reason_id_checksum").status == PUBLISHED
    unknown = night(inbox, tmp_path / "warehouse", "--accept", "reason_of_nobody")
    assert unknown.status == USAGE and "no such gate" in unknown.complaint


def test_accepting_one_gate_lets_no_other_pass(inbox, tmp_path, night):
    change(inbox, ENROLLMENT, pl.lit("370102199001010000").alias("certno"), share=0.1)
    ran = night(inbox, tmp_path / "warehouse", "--accept", "row_drop", "--accept", "overlap_share")
    assert ran.status == STOPPED and "quarantine_share of enrollment" in ran.complaint


def test_a_warning_stops_nothing_and_is_said(inbox, tmp_path, night):
    """Three in a hundred rows with one reason are more than one in a hundred, and fewer than five."""
    change(inbox, ENROLLMENT, pl.lit("370102199001010005").alias("certno"), share=0.03)
    ran = night(inbox, tmp_path / "warehouse")
    assert ran.status == PUBLISHED
    assert "reason_id_" in ran.out
    warnings = [w for w in manifest_of(tmp_path / "warehouse" / "current")["warnings"] if w["extract"] == "enrollment"]
    assert [(w["status"], w["severity"]) for w in warnings if w["check_id"].startswith("reason_id_")] == [("fail", "warning")]


# thresholds of a bureau's own, and the page -------------------------------------------------------------------------------
def test_a_threshold_of_the_site_holds_and_is_said_in_manifest_and_page(inbox, tmp_path, night):
    change(inbox, ENROLLMENT, pl.lit("370102199001010005").alias("certno"), share=0.07)
    site = tmp_path / "site"
    site.mkdir()
    (site / "gates.yaml").write_text('quarantine_share: {most: 0.08, agreed: "数据处 2026-11-02"}\n', encoding="utf-8")
    assert night(inbox, tmp_path / "strict").status == STOPPED
    ran = night(inbox, tmp_path / "warehouse", "--site", site)
    assert ran.status == PUBLISHED, ran.err
    manifest = manifest_of(tmp_path / "warehouse" / "current")
    assert manifest["thresholds_changed"] == {"quarantine_share": "数据处 2026-11-02"} and manifest["site_version"]
    page = (tmp_path / "warehouse" / "current" / "report" / "checks.html").read_text(encoding="utf-8")
    assert "数据处 2026-11-02" in page and "&lt;= 0.08" in page
    assert checks_of(tmp_path / "warehouse" / "current")["enrollment", "quarantine_share"]["expected"] == "<= 0.08"


def test_a_file_of_thresholds_that_is_not_understood_stops_before_anything_is_read(few, tmp_path, night):
    site = tmp_path / "site"
    site.mkdir()
    (site / "gates.yaml").write_text("quarantine_share: {most: 0.08}\n")
    ran = night(few, tmp_path / "warehouse", "--site", site)
    assert ran.status == 1 and "gates.yaml: quarantine_share: missing 'agreed'" in ran.complaint
    assert not (tmp_path / "warehouse").exists()


def test_the_page_shows_every_check_with_its_history_and_what_was_let_pass(crowded, tmp_path, night):
    warehouse = tmp_path / "warehouse"
    for day in (AS_OF, TOMORROW):
        assert night(crowded, warehouse, "--accept", "overlap_share", as_of=day).status == PUBLISHED
    page = (warehouse / "current" / "report" / "checks.html").read_text(encoding="utf-8")
    checks = checks_of(warehouse / "current")
    assert page.count("<tr><td>") == len(checks) > 100
    assert 'title="2026-11-22 fail"' in page, "the night before"
    assert "当前重复参保人数不超过参保人数的20%" in page and "at most 20% of the persons enrolled are in a current overlap" in page
    assert "let pass by --accept: <code>overlap_share</code>" in page and "已放行 · accepted" in page
    assert "default-src 'none'" in page and "http:" not in page and "https:" not in page and "<script" not in page
    accepted = {g["check_id"]: g["accepted"] for g in manifest_of(warehouse / "current")["gates"] if g["extract"] == "enrollment"}
    assert accepted["overlap_share"] and not accepted["quarantine_share"]


def test_a_stopped_night_leaves_every_check_and_its_page(inbox, tmp_path, night):
    keep(inbox, "civil_affairs/death_20261122.parquet", 0)
    ran = night(inbox, tmp_path / "warehouse")
    assert ran.status == STOPPED
    (stopped,) = runs_of(tmp_path / "warehouse")
    assert checks_of(stopped)["enrollment", "overlap_share"]["status"] == "not_run"
    assert "数据项存在" in (stopped / "report" / "checks.html").read_text(encoding="utf-8")


def test_a_rule_that_touches_many_more_than_before_is_a_warning(few, crowded, tmp_path, night):
    warehouse = tmp_path / "warehouse"
    assert night(few, warehouse).status == PUBLISHED
    ran = night(crowded, warehouse, "--accept", "overlap_share", as_of=TOMORROW)
    assert ran.status == PUBLISHED, ran.err
    row = checks_of(warehouse / "current")["enrollment", "rule_share"]
    assert (row["severity"], row["status"], row["rows_failed"]) == ("warning", "fail", 1)
    assert "rule_share of enrollment" in ran.out
    assert manifest_of(warehouse / "current")["persons"]["by_rule"]["resident_usual_residence"] == 80
