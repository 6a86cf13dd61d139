"""The sample is what it says it is: deterministic, well-formed, of the promised shares, and reconciled to the last row."""

import gzip
import subprocess
import sys
from datetime import date
from hashlib import sha256
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from sample_data.archetypes import ARCHETYPES, blocks
from sample_data.days import Calendar
from sample_data.extracts import EXTRACTS
from sample_data.generate import generate
from sample_data.layouts import LAYOUTS
from sample_data.people import CHECK, COUNTIES, FOREIGN_PR, RESIDENCE_PERMIT, SEQUENCES, WEIGHTS, make_people, number_with_x, second_number

AS_OF = date(2026, 11, 22)
PERSONS = 6000


@pytest.fixture(scope="module")
def sample(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("sample")
    generate(PERSONS, 42, AS_OF, out, "parquet")
    return out


def rows(sample: Path, extract: str) -> pl.DataFrame:
    return pl.read_parquet(sample / "inbox" / EXTRACTS[extract].department / f"{extract}_*.parquet")


def truth(sample: Path, table: str) -> pl.DataFrame:
    return pl.read_parquet(sample / "truth" / f"{table}.parquet")


def digests(folder: Path) -> dict[str, str]:
    return {str(f.relative_to(folder)): sha256(f.read_bytes()).hexdigest() for f in sorted(folder.rglob("*")) if f.is_file()}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_same_arguments_same_bytes(tmp_path, layout):
    for name in ("one", "two"):
        generate(600, 7, AS_OF, tmp_path / name, layout)
    assert digests(tmp_path / "one") == digests(tmp_path / "two")


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_layout_changes_nothing_of_the_truth(tmp_path, layout):
    for name in ("parquet", layout):
        generate(600, 7, AS_OF, tmp_path / name, name)
    assert digests(tmp_path / "parquet" / "truth") == digests(tmp_path / layout / "truth")


def test_another_seed_is_another_sample(tmp_path):
    for seed in (1, 2):
        generate(100, seed, AS_OF, tmp_path / str(seed), "parquet")
    assert digests(tmp_path / "1") != digests(tmp_path / "2")


def test_a_second_run_leaves_nothing_of_the_first(tmp_path):
    generate(100, 1, date(2026, 10, 1), tmp_path)
    generate(100, 1, AS_OF, tmp_path, "parquet")
    assert not list(tmp_path.rglob("*.csv"))
    assert not list(tmp_path.rglob("*20261001*"))


def test_numbers_are_well_formed_unique_and_of_no_county():
    slots = len(COUNTIES) * len(SEQUENCES)
    laps = np.concatenate([np.arange(20_000) + lap * slots for lap in range(30)])
    people = make_people(laps, 42, Calendar(AS_OF), (20, 80, np.full(len(laps), 0.5)), np.zeros(len(laps), dtype=int))
    assert people.certno.n_unique() == len(laps)
    one = people.certno.gather_every(97)
    total = sum(one.str.slice(i, 1).cast(pl.Int64) * weight for i, weight in enumerate(WEIGHTS)) % 11
    assert (one.str.slice(17) == CHECK.gather(total)).all()
    assert one.str.slice(2, 2).unique().to_list() == ["99"]
    assert one.str.slice(6, 8).str.to_date("%Y%m%d").max() < AS_OF


def test_birth_date_and_sex_of_a_row_are_those_of_its_number(sample):
    clean = rows(sample, "resident").filter(pl.col("certno").str.contains(r"^\d{17}[0-9X]$"), ~pl.col("psn_name").str.starts_with("样本"))
    assert (clean["certno"].str.slice(6, 8) == clean["brdy"].str.replace_all("-", "")).all()
    assert ((clean["certno"].str.slice(16, 1).cast(pl.Int64) % 2 == 1) == (clean["gend"] == "1")).all()


def test_shares_of_persons_and_rows(sample):
    enrolled = rows(sample, "enrollment").filter(~pl.col("certno").is_null())
    per_person = enrolled.unique("psn_insu_rlts_id").group_by(pl.col("psn_no").str.slice(2)).agg(n=pl.len())["n"]
    assert 0.88 < (per_person == 1).mean() < 0.96
    assert per_person.max() >= 20
    assert 2.2 < len(rows(sample, "contribution")) / len(enrolled) < 4
    assert 0.97 < len(rows(sample, "resident")) / PERSONS < 1.03
    assert 0.17 < len(rows(sample, "student")) / PERSONS < 0.23
    for extract in ("death", "assistance"):
        assert 0.03 < len(rows(sample, extract)) / PERSONS < 0.07
    current = truth(sample, "overlaps").filter(pl.col("timing") == "current")
    assert 0.02 < len(current) / PERSONS < 0.1


def test_the_gates_pass(sample):
    counts = truth(sample, "counts")
    assert (counts["quarantined"] / counts["rows"] < 0.02).all()
    assert (rows(sample, "enrollment")["certno"].null_count() + 20) / PERSONS < 0.02


def test_every_row_has_one_fate(sample):
    counts = truth(sample, "counts")
    assert (counts["rows"] == sum(counts[c] for c in ("accepted", "quarantined", "superseded", "copies", "merged"))).all()
    for extract, read in counts.select("extract", "rows").iter_rows():
        assert read == len(rows(sample, extract))
    marked = truth(sample, "quarantine").group_by("extract").agg(n=pl.len())
    assert dict(marked.iter_rows()) == dict(counts.filter(pl.col("quarantined") > 0).select("extract", "quarantined").iter_rows())


def test_every_member_of_an_overlap_has_one_row_unless_the_person_is_dead(sample):
    members = (
        truth(sample, "overlaps").explode("enrollment_ids").rename({"enrollment_ids": "enrollment_id"}).select("enrollment_id", "starts_on")
    )
    decisions = truth(sample, "decisions")
    assert not decisions.select("enrollment_id", "members", "starts_on").is_duplicated().any()
    without = members.join(decisions, on=["enrollment_id", "starts_on"], how="anti")
    dead = decisions.filter(pl.col("rule_id") == "deceased")["enrollment_id"]
    assert without["enrollment_id"].is_in(dead.implode()).all()


def test_every_archetype_is_planted_and_says_what_it_plants(sample):
    planted = set(truth(sample, "archetypes")["archetype"])
    expected = {name for name in ARCHETYPES if not name.startswith("settled") and name != "never_enrolled"}
    assert planted == expected
    assert all(a.plant.__doc__ for a in ARCHETYPES.values())


def test_every_rule_and_action_of_the_policy_is_planted(sample):
    decisions = truth(sample, "decisions")
    assert decisions["rule_id"].n_unique() == 10
    assert set(decisions["action"]) == {"retain", "terminate", "suspend", "tolerate", "hold", "review", "none"}
    assert set(truth(sample, "refunds")["case_id"]) == {"death", "suspended", "not_begun", "assisted", "begun", "flexible_prepaid"}


@pytest.mark.parametrize("month", range(1, 13))
def test_persons_add_up_in_every_month(month):
    shares = blocks(3000, Calendar(date(2025, month, 28)))
    assert np.array_equal(np.concatenate([who for _, who in shares]), np.arange(3000))
    assert ("freshman" in {a.name for a, _ in shares}) == (month >= 9)


@pytest.mark.parametrize(("kind", "step", "rest"), [(RESIDENCE_PERMIT, 400, 7), (FOREIGN_PR, 1000, 11)])
def test_the_numbers_of_kinds_with_few_places_are_unique(kind, step, rest):
    numbers = []
    for first in range(0, 3_000_000, 500_000):
        chunk = np.arange(first, first + 500_000)
        some = chunk[(chunk < first + 1500) | (chunk % step == rest)]
        draw = np.random.default_rng(1).random(len(some))
        numbers.append(make_people(some, 42, Calendar(AS_OF), (20, 60, draw), np.full(len(some), kind)).certno)
    assert not pl.concat(numbers).is_duplicated().any()


def test_a_second_number_has_the_same_birth_date_and_sex_in_another_county():
    people = make_people(np.arange(500), 42, Calendar(AS_OF), (20, 80, np.full(500, 0.5)), np.zeros(500, dtype=int))
    second = second_number(people.certno)
    assert (second.str.slice(6, 11) == people.certno.str.slice(6, 11)).all()
    assert second.str.slice(2, 2).unique().to_list() == ["98"]
    total = sum(second.str.slice(i, 1).cast(pl.Int64) * weight for i, weight in enumerate(WEIGHTS)) % 11
    assert (second.str.slice(17) == CHECK.gather(total)).all()


def test_a_number_with_x_ends_in_x():
    people = make_people(np.arange(2000), 42, Calendar(AS_OF), (20, 80, np.full(2000, 0.5)), np.zeros(2000, dtype=int))
    other = number_with_x(people.certno)
    total = sum(other.str.slice(i, 1).cast(pl.Int64) * weight for i, weight in enumerate(WEIGHTS)) % 11
    assert (CHECK.gather(total) == "X").all() and other.str.ends_with("X").all()
    assert not other.is_duplicated().any()
    assert (other.str.slice(6, 8) == people.certno.str.slice(6, 8)).all()


def test_csv_arrives_as_departments_write_it(tmp_path):
    generate(3000, 3, AS_OF, tmp_path, "departments_gz")
    inbox = tmp_path / "inbox"
    enrollment = gzip.decompress((inbox / "medical_insurance/enrollment_20261122.csv.gz").read_bytes())
    assert enrollment.decode("gb18030").startswith("人员参保关系ID,人员编号,证件类型,证件号码")
    assert "䶮" in enrollment.decode("gb18030")
    resident = gzip.decompress((inbox / "public_security/resident_20261122.csv.gz").read_bytes())
    assert resident.startswith(b"\xef\xbb\xbfpsn_cert_type,")
    assert (inbox / "civil_affairs/death_20261122.csv").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["--persons", "0", "--seed", "1", "--as-of", "2026-11-22"],
        ["--persons", "10", "--seed", "one", "--as-of", "2026-11-22"],
        ["--persons", "10", "--seed", "1", "--as-of", "2021-12-31"],
        ["--persons", "10", "--seed", "1", "--as-of", "22.11.2026"],
        ["--persons", "10", "--seed", "1", "--as-of", "2026-11-22", "--format", "parquet", "--gzip"],
        ["--persons", "10", "--seed", "1", "--as-of", "2026-11-22", "--layout", "parquet", "--gzip"],
        ["--persons", "10", "--seed", "1", "--as-of", "2026-11-22", "--layout", "papyrus"],
        ["--persons", "10"],
    ],
)
def test_bad_usage_is_one_line_and_status_2(tmp_path, arguments):
    command = [sys.executable, "-m", "sample_data.generate", "--out", str(tmp_path), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[2], check=False)
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1
