"""Whoever is protected is decided about like anybody, and published without a place."""

import json
import re
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from nights import FAILED, PUBLISHED, Ran, arguments_of, enrolled_twice, run_here

from contracts import DATASETS
from flows.protected import MASKED, NO_PLACE

#: Listed by the bureau; protected by the type of the document; an ordinary person beside them.
LISTED, TYPED, OTHER = (enrolled_twice(n) for n in (0, 1, 2))
PLACED = [name for name, d in DATASETS.items() if not d.restricted and {"insu_admdvs", "admdvs"} & set(d.names)]


@pytest.fixture
def site(tmp_path) -> Path:
    (tmp_path / "site").mkdir()
    return tmp_path / "site"


def listing(site: Path, text: str, mode: int = 0o600) -> Path:
    (site / "protected.txt").write_text(text, encoding="utf-8")
    (site / "protected.txt").chmod(mode)
    return site


def rows_of(publication: Path, name: str) -> dict[str, list[dict]]:
    """Person -> rows; persons as in restricted/persons."""
    persons = dict(pl.read_parquet(publication / "restricted" / "persons" / "*.parquet").select("person_id", "certno_canonical").rows())
    found: dict[str, list[dict]] = {}
    for row in pl.read_parquet(publication / name / "*.parquet").to_dicts():
        found.setdefault(persons[row.pop("person_id")], []).append(row)
    return found


def test_rows_of_protected_persons_carry_no_place_and_are_else_as_they_were(inbox, tmp_path, site, night):
    assert night(inbox, tmp_path / "plain").status == PUBLISHED
    path = inbox / "medical_insurance" / "enrollment_20261122.parquet"
    rows = pl.read_parquet(path)
    is_typed = pl.col("certno") == TYPED.certno
    rows.with_columns(psn_cert_type=pl.when(is_typed).then(pl.lit("91")).otherwise("psn_cert_type")).write_parquet(path)
    listing(site, f"# 反家暴\n{LISTED.certno[:17]}{LISTED.certno[17:].lower()}\n\n")
    ran = night(inbox, tmp_path / "masked", "--site", str(site))
    assert ran.status == PUBLISHED, ran.err
    masked = 0
    for name in PLACED:
        plain, shown = rows_of(tmp_path / "plain" / "current", name), rows_of(tmp_path / "masked" / "current", name)
        assert plain.keys() == shown.keys()
        for number, before in plain.items():
            if number not in (LISTED.certno, TYPED.certno):
                assert shown[number] == before
                continue
            told = json.dumps(shown[number], default=str, ensure_ascii=False)
            assert not re.search(r"\b(?:2201|3701)", told), name
            for row, was in zip(shown[number], before, strict=True):
                places = {c for c in MASKED if c in row and was[c] is not None}
                assert {c: row[c] for c in places} == {c: MASKED[c] for c in places}
                assert {c: v for c, v in row.items() if c not in {*places, "evidence"}} == {
                    c: v for c, v in was.items() if c not in {*places, "evidence"}
                }
                if "evidence" in row:
                    assert [e["row_key"] for e in row["evidence"]] == [e["row_key"] for e in was["evidence"]]
                masked += 1
    assert masked >= 2 * 5, "decisions, terminations and deductions of both"
    assert "220102" in json.dumps(rows_of(tmp_path / "masked" / "current", "decisions")[OTHER.certno], default=str)


def test_what_an_earlier_night_reported_loses_its_place_too(inbox, tmp_path, site, night):
    """The deduction is withdrawn, so that tonight's tables do not speak of the person any more: only the ledger does."""
    warehouse = tmp_path / "warehouse"
    assert night(inbox, warehouse).status == PUBLISHED
    assert LISTED.certno in rows_of(warehouse / "current", "subsidy_deductions")
    for path in inbox.glob("*/*"):
        rows = pl.read_parquet(path)
        if path.name.startswith("enrollment"):
            rows.filter((pl.col("certno") != LISTED.certno) | (pl.col("insu_admdvs") == "220102")).write_parquet(path)
    listing(site, LISTED.certno)
    ran = night(inbox, warehouse, "--site", str(site), as_of=date(2026, 11, 23))
    assert ran.status == PUBLISHED, ran.err
    carried = rows_of(warehouse / "current", "subsidy_deductions")[LISTED.certno]
    assert {(r["status"], r["insu_admdvs"]) for r in carried} == {("reversed", NO_PLACE)}


@pytest.mark.parametrize(
    ("text", "mode", "told"),
    [
        ("# a\n37990119900307001", 0o600, "line 2: no certificate number"),
        (f"{LISTED.certno},01\nnobody\n", 0o600, "line 2: no certificate number"),
        (f"{LISTED.certno}\n", 0o644, "may be read by others; chmod 600"),
    ],
)
def test_a_list_that_cannot_be_used_stops_the_night_and_is_not_quoted(few, tmp_path, site, key_file, text, mode, told):
    ran: Ran = run_here(
        arguments_of(few, tmp_path / "warehouse", "--site", str(listing(site, text, mode))), ONECOVER_KEY_FILE=str(key_file)
    )
    assert ran.status == FAILED and told in ran.complaint
    assert not re.search(r"\d{15}|nobody", ran.complaint)
