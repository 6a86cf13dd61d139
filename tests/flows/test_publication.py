"""What a published night is: links, modes, manifest, and datasets as promised.

The input is the committed sample: every extract, every rule, and everything that is wrong with real files.
"""

import hashlib
import hmac
import json
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from inbox import AS_OF
from nights import (
    FAILED,
    PUBLISHED,
    SAMPLE,
    arguments_of,
    checks_of,
    folder_of,
    found_in,
    manifest_of,
    open_files,
    personal_values,
    read,
    run_here,
    runs_of,
    state_of,
    texts_of,
)

from contracts import DATASETS
from flows.steps import STEPS

EVIDENCE = pa.list_(pa.struct([(name, pa.string()) for name in ("fact", "value", "extract", "row_key")]))
#: Written out from the specification of datasets, once more, as types of a file: name, type, whether it may be null.
PROMISED = {
    "overlaps": [
        ("overlap_id", pa.string(), False),
        ("person_id", pa.string(), False),
        ("category", pa.string(), False),
        ("place", pa.string(), False),
        ("starts_on", pa.date32(), False),
        ("ends_on", pa.date32(), True),
        ("timing", pa.string(), False),
        ("n_enrollments", pa.int32(), False),
        ("enrollment_ids", pa.list_(pa.string()), False),
        ("decision_date", pa.date32(), False),
    ],
    "subsidy_deductions": [
        ("enrollment_id", pa.string(), False),
        ("person_id", pa.string(), False),
        ("insu_admdvs", pa.string(), False),
        ("fiscal_year", pa.int32(), False),
        ("level", pa.string(), False),
        ("amount", pa.decimal128(12, 2), False),
        ("basis", pa.string(), False),
        ("rule_id", pa.string(), False),
        ("clause", pa.string(), False),
        ("status", pa.string(), False),
        ("first_reported_on", pa.date32(), False),
    ],
    "suspensions": [
        ("enrollment_id", pa.string(), False),
        ("person_id", pa.string(), False),
        ("scheme", pa.string(), False),
        ("insu_admdvs", pa.string(), False),
        ("emp_no", pa.string(), True),
        ("overlap_id", pa.string(), True),
        ("rule_id", pa.string(), False),
        ("clause", pa.string(), False),
        ("kept_enrollment_id", pa.string(), True),
        ("kept_admdvs", pa.string(), True),
        ("effective_date", pa.date32(), False),
        ("resumes_on", pa.date32(), True),
        ("reason_zh", pa.string(), False),
        ("reason_en", pa.string(), False),
        ("first_reported_on", pa.date32(), False),
    ],
    "quarantine": [
        ("department", pa.string(), False),
        ("extract", pa.string(), False),
        ("file", pa.string(), False),
        ("row_number", pa.int64(), False),
        ("reasons", pa.list_(pa.string()), False),
        ("columns", pa.list_(pa.string()), False),
        ("raw", pa.map_(pa.string(), pa.string()), False),
    ],
    "coverage_gaps": [
        ("person_id", pa.string(), False),
        ("status", pa.string(), False),
        ("admdvs", pa.string(), False),
        ("suggested_scheme", pa.string(), False),
        ("key_groups", pa.list_(pa.string()), False),
        ("last_enrollment_id", pa.string(), True),
        ("last_covered_on", pa.date32(), True),
        ("evidence", EVIDENCE, False),
    ],
}
#: The sample has no such extract.
NOT_YET = {"cases", "mutual_aid_dissolutions", "mutual_aid_clearing"}


@pytest.fixture(scope="module")
def current(published) -> Path:
    return published / "current"


# links and the run folder -----------------------------------------------------------------------------------------------
def test_links_lead_to_the_night_and_to_its_run(published):
    assert (published / "current").readlink() == Path(f"as_of={AS_OF}")
    target = (published / f"as_of={AS_OF}").readlink()
    assert target.parts[0] == ".runs" and len(target.parts) == 2
    assert [run.name for run in runs_of(published)] == [target.parts[1]]
    assert json.loads((published / "current" / "run.json").read_text())["state"] == "published"


def test_nothing_but_the_publication_is_left(published, current):
    assert {p.name for p in published.iterdir()} == {".lock", ".runs", "current", f"as_of={AS_OF}"}
    open_names = {name for name, d in DATASETS.items() if not d.restricted}
    assert {p.name for p in current.iterdir()} == open_names | {
        "restricted",
        "worklists",
        "report",
        "manifest.json",
        "datapackage.json",
        "run.json",
    }
    assert {p.name for p in (current / "restricted").iterdir()} == {name for name, d in DATASETS.items() if d.restricted}


def test_what_names_people_is_for_its_owner_alone(current):
    private = [path for folder in ("restricted", "worklists") for path in (current / folder, *(current / folder).rglob("*"))]
    assert len(private) >= 5
    assert {oct(p.stat().st_mode & 0o777) for p in private if p.is_dir()} == {"0o700"}
    assert {oct(p.stat().st_mode & 0o777) for p in private if p.is_file()} == {"0o600"}


# datasets ---------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", PROMISED)
def test_a_dataset_has_the_columns_order_and_types_of_the_specification(current, name):
    for path in folder_of(current, name).glob("*.parquet"):
        schema = pq.read_schema(path)
        assert [(f.name, f.type, f.nullable) for f in schema] == PROMISED[name]


@pytest.mark.parametrize("name", DATASETS)
def test_every_dataset_of_the_contract_is_there_with_as_many_rows_as_the_manifest_says(current, name):
    files = sorted(folder_of(current, name).glob("part-*.parquet"))
    assert files
    assert pq.read_schema(files[0]).names == DATASETS[name].names
    rows = sum(pq.read_metadata(f).num_rows for f in files)
    assert rows == manifest_of(current)["datasets"][name]
    assert (rows == 0) == (name in NOT_YET)


@pytest.mark.parametrize("name", sorted(set(DATASETS) - NOT_YET))
def test_only_what_may_be_null_is_and_the_key_is_unique_and_in_order(current, name):
    dataset, rows = DATASETS[name], read(current, name)
    nulls = {column for column in rows.columns if rows[column].null_count()}
    assert nulls <= dataset.nullable
    keys = [tuple((value is not None, value) for value in row) for row in rows.select(dataset.key).iter_rows()]
    assert keys == sorted(keys) and len(set(keys)) == len(keys)


def test_people_are_only_ids_outside_the_restricted_datasets(published):
    personal = personal_values(SAMPLE) | set(read(published / "current", "persons")["certno_canonical"].to_list())
    left = "".join(texts_of(path) for path in open_files(published))
    assert len(personal) > 5000 and len(left) > 100_000
    assert found_in(left, personal) == set()


def test_one_row_of_decisions_stands_behind_each_termination_suspension_and_review(current):
    decisions = read(current, "decisions")
    for name, action in (("terminations", "terminate"), ("suspensions", "suspend"), ("reviews", "review")):
        rows = read(current, name)
        found = rows.join(decisions.filter(action=action), on=["enrollment_id", "overlap_id"], how="semi", nulls_equal=True)
        assert found.height == rows.height > 0


def test_every_night_can_be_read_at_once_with_its_day(published):
    pattern = str(published / "as_of=*" / "terminations" / "*.parquet")
    found = duckdb.sql(f"SELECT as_of, count(*) AS n FROM read_parquet('{pattern}', hive_partitioning = true) GROUP BY as_of").fetchall()
    assert found == [(AS_OF, read(published / "current", "terminations").height)]


# ids ----------------------------------------------------------------------------------------------------------------------
def test_a_person_is_the_first_128_bits_of_the_keyed_hash_of_the_number(current, key_file):
    persons, key = read(current, "persons"), key_file.read_bytes().strip()
    assert persons.height > 200
    for person_id, kind, number in persons.select("person_id", "cert_type", "certno_canonical").iter_rows():
        text = number if len(number) == 18 else f"{kind}:{number}"
        assert person_id == hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:32]
    assert {"resident_id", "hk_macau_permit"} <= set(persons["cert_type"].to_list())


def test_an_overlap_is_the_hash_of_its_person_members_and_start(current):
    for row in read(current, "overlaps").iter_rows(named=True):
        text = f"{row['person_id']}|{','.join(sorted(row['enrollment_ids']))}|{row['starts_on'].isoformat()}"
        assert row["overlap_id"] == hashlib.sha256(text.encode()).hexdigest()[:32]


def test_the_persons_published_are_those_that_a_dataset_speaks_of(current):
    spoken_of = set()
    for name, dataset in DATASETS.items():
        if "person_id" in dataset.names and name != "persons":
            spoken_of |= set(read(current, name)["person_id"].drop_nulls().to_list())
    assert set(read(current, "persons")["person_id"].to_list()) == spoken_of


def test_without_a_key_one_is_made_for_its_owner_alone_and_kept(few, warehouse):
    ids = []
    for _ in range(2):
        assert run_here(arguments_of(few, warehouse)).status == PUBLISHED
        ids.append(read(warehouse / "current", "persons")["person_id"].to_list())
    key = warehouse / ".key"
    assert oct(key.stat().st_mode & 0o777) == "0o600"
    assert len(key.read_text().strip()) == 64
    assert ids[0] == ids[1] and ids[0]


def test_a_key_file_that_is_named_but_not_there_is_made_with_mode_0600(few, warehouse, tmp_path):
    key = tmp_path / "site.key"
    assert run_here(arguments_of(few, warehouse), ONECOVER_KEY_FILE=str(key)).status == PUBLISHED
    assert oct(key.stat().st_mode & 0o777) == "0o600"
    assert not (warehouse / ".key").exists()


def test_a_key_that_is_too_short_or_has_no_folder_fails_in_one_line(few, warehouse, tmp_path):
    (tmp_path / "short").write_text("abc\n")
    for key, told in ((tmp_path / "short", "at least 16"), (tmp_path / "none" / "key", "does not exist")):
        ran = run_here(arguments_of(few, warehouse), ONECOVER_KEY_FILE=str(key))
        assert ran.status == FAILED
        assert told in ran.complaint and str(key.parent) in ran.complaint and "abc" not in ran.complaint
    assert state_of(warehouse) == {}


# manifest -----------------------------------------------------------------------------------------------------------------
def test_the_manifest_names_every_file_with_its_hash_and_where_each_row_went(current):
    extracts = manifest_of(current)["extracts"]
    files = {name: told for e in extracts.values() for name, told in e["files"].items()}
    arrived = {str(p.relative_to(SAMPLE)) for p in SAMPLE.glob("*/*")}
    assert set(files) == arrived and len(arrived) >= 5
    for name, told in files.items():
        assert told["sha256"] == hashlib.sha256((SAMPLE / name).read_bytes()).hexdigest()
        assert told["encoding"] in ("utf-8", "gb18030")
    assert {name for name, e in extracts.items() if not e["rows"]} == set(manifest_of(current)["extracts_absent"])
    for e in extracts.values():
        assert e["rows"] == e["accepted"] + e["superseded"] + e["copies"] + e["quarantined"]
        assert e["rows"] == sum(f["rows"] for f in e["files"].values())
        assert e["quarantined"] == sum(f["quarantined"] for f in e["files"].values())
        assert sum(e["reasons"].values()) >= e["quarantined"]


def test_the_manifest_counts_the_quarantine_as_it_is_published(current):
    extracts = manifest_of(current)["extracts"]
    rows = read(current, "quarantine")
    assert dict(rows.group_by("extract").len().iter_rows()) == {n: e["quarantined"] for n, e in extracts.items() if e["quarantined"]}
    reasons = rows.explode("reasons").group_by("extract", "reasons").len().iter_rows()
    assert {(n, reason): count for n, reason, count in reasons} == {(n, r): c for n, e in extracts.items() for r, c in e["reasons"].items()}


def test_the_manifest_says_by_which_policy_and_code(current):
    manifest = manifest_of(current)
    decisions = read(current, "decisions")
    assert manifest["as_of"] == AS_OF.isoformat()
    assert manifest["policy"] == {"id": "national", "version": decisions["policy_version"][0]}
    assert decisions["policy_id"].unique().to_list() == ["national"] and decisions["policy_version"].n_unique() == 1
    assert manifest["code_version"]
    assert list(manifest["steps"]) == sorted(manifest["steps"]) and set(manifest["steps"]) <= set(STEPS)


def test_the_counts_of_the_steps_lead_to_the_datasets(current):
    manifest = manifest_of(current)
    steps, datasets = manifest["steps"], manifest["datasets"]
    assert steps["overlaps"]["overlap"] == datasets["overlaps"]
    assert steps["consequences"]["decision"] == datasets["decisions"]
    assert steps["consequences"]["refund"] == datasets["refunds"]
    assert steps["consequences"]["deduction_share"] == datasets["subsidy_deductions"]
    assert steps["consequences"]["person"] == datasets["persons"]


def test_the_manifest_repeats_every_gate_of_the_checks(current):
    gates = {(g["extract"], g["check_id"]): g["status"] for g in manifest_of(current)["gates"]}
    errors = {key: c["status"] for key, c in checks_of(current).items() if c["severity"] == "error"}
    assert gates == errors
    assert {"enrollment", "contribution", "resident", "death", "student"} <= {extract for extract, _ in gates}
    assert manifest_of(current)["accepted_gates"] == []


def test_the_places_of_issue_are_counted_as_a_soft_signal(current):
    """The sample's people have numbers of counties that never were, in provinces that are; passports and the like have none."""
    manifest = manifest_of(current)
    counted = {name.removeprefix("places_"): n for name, n in manifest["steps"]["identify"].items() if name.startswith("places_")}
    assert set(counted) == {"known_now", "known_once", "province_only", "unknown"}
    assert counted["known_now"] == counted["known_once"] == 0 < counted["province_only"]
    assert sum(counted.values()) < sum(f["accepted"] for f in manifest["extracts"]["enrollment"]["files"].values())
