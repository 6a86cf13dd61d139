"""Nothing that a night, a stopped night, a failed one or a killed one leaves behind tells a name or a certificate number.

Looked for in every encoding it could have got into: UTF-8, GB18030, UTF-16, escaped as in JSON and as in XML.
"""

import json
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import duckdb
import polars as pl
import pyarrow.parquet as pq
import pytest
from inbox import AS_OF
from nights import (
    CHECKOUT,
    FAILED,
    PUBLISHED,
    SAMPLE,
    STOPPED,
    arguments_of,
    environment,
    manifest_of,
    personal_values,
    read,
    run_command,
    run_here,
    runs_of,
)
from pyarrow.parquet.encryption import create_decryption_properties
from telling import left_behind, told

from contracts import DATASETS
from flows.settings import key_id

TOMORROW = date(2026, 11, 23)


@pytest.fixture
def place(tmp_path) -> Path:
    """A machine of its own: home, folder for temporary files, warehouse."""
    for name in ("home", "tmp"):
        (tmp_path / name).mkdir()
    return tmp_path


def run(place: Path, inbox: Path, key_file: Path, *more: str, as_of: date = AS_OF):
    variables = {"ONECOVER_KEY_FILE": str(key_file), "TMPDIR": str(place / "tmp"), "HOME": str(place / "home")}
    ran = run_command(arguments_of(inbox, place / "warehouse", *more, as_of=as_of), **variables)
    (place / f"said-{ran.status}.txt").write_text(ran.out + ran.err, encoding="utf-8")
    return ran


def assert_nothing_told(place: Path, inbox: Path) -> None:
    values = personal_values(inbox)
    assert len(values) > 300
    files = left_behind(place / "warehouse", place / "home", place / "tmp") | left_behind_here(place)
    assert len(files) > 3
    assert told(values, files) == {}
    assert list((place / "tmp").rglob("*")) == [], "no temporary file stays"


def left_behind_here(place: Path) -> dict[str, str]:
    return {str(p): p.read_bytes().decode("latin-1") for p in place.glob("said-*")}


def test_the_search_finds_what_it_looks_for(tmp_path):
    name = "普通一伀"
    for n, data in enumerate([name.encode(), name.encode("gb18030"), name.encode("utf-16-le"), json.dumps(name).encode(), b"nothing"]):
        (tmp_path / f"{n}.bin").write_bytes(b"..." + data + b"...")
    pl.DataFrame({"x": [name]}).write_parquet(tmp_path / "t.parquet", compression="zstd")
    found = {Path(f.removesuffix(" cells")).name for f in told({name}, left_behind(tmp_path))}
    assert found == {"0.bin", "1.bin", "2.bin", "3.bin", "t.parquet"}


def test_a_night_tells_nothing(few, place, key_file):
    assert run(place, few, key_file).status == PUBLISHED
    assert_nothing_told(place, few)


@pytest.mark.long
def test_the_night_of_the_whole_sample_tells_nothing(place, key_file):
    assert run(place, SAMPLE, key_file).status == PUBLISHED
    assert_nothing_told(place, SAMPLE)


def test_a_stopped_night_tells_nothing(inbox, place, key_file):
    path = inbox / "medical_insurance" / "enrollment_20261122.parquet"
    rows = pl.read_parquet(path)
    rows.with_columns(certno=pl.col("certno").str.slice(0, 17) + "Y").write_parquet(path)
    assert run(place, inbox, key_file).status == STOPPED
    assert_nothing_told(place, inbox)


DAMAGE = {
    "a row too long": lambda text: text.replace("\n", ",1,2\n", 40).replace(",1,2\n", "\n", 39),
    "an open quote": lambda text: text.replace("\n01,", '\n"01,', 1),
    "cut off": lambda text: text[: len(text) // 2],
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_night_that_fails_at_a_file_tells_nothing(inbox, place, key_file, damage):
    path = inbox / "public_security" / "resident_20261122.parquet"
    text = pl.read_parquet(path).write_csv()
    ran_on = personal_values(inbox)
    path.unlink()
    path.with_suffix(".csv").write_text(DAMAGE[damage](text), encoding="gb18030")
    assert run(place, inbox, key_file).status == FAILED
    files = left_behind(place / "warehouse", place / "home", place / "tmp") | left_behind_here(place)
    assert told(ran_on, files) == {}
    assert {p.name for r in runs_of(place / "warehouse") for p in r.iterdir()} == {"run.json"}


def test_a_killed_night_tells_nothing_outside_its_private_folder_and_the_next_one_removes_that(few, place, key_file):
    variables = {"ONECOVER_KEY_FILE": str(key_file), "TMPDIR": str(place / "tmp"), "HOME": str(place / "home")}
    command = [sys.executable, "-m", "flows", *arguments_of(few, place / "warehouse")]
    process = subprocess.Popen(command, cwd=CHECKOUT, env=environment(**variables), stderr=subprocess.PIPE, text=True)
    for line in process.stderr:
        if line.startswith("ingest"):
            break
    title = Path(f"/proc/{process.pid}/cmdline").read_bytes().decode(errors="replace")
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)
    (dead,) = runs_of(place / "warehouse")
    assert oct((dead / "work").stat().st_mode & 0o777) == "0o700"
    assert told(personal_values(few), left_behind(place / "warehouse", place / "home", place / "tmp") | {"title": title}) == {}
    assert run(place, few, key_file).status == PUBLISHED
    assert not list((place / "warehouse").rglob("work"))


def test_a_night_that_is_asked_to_end_removes_what_it_worked_with(few, place, key_file):
    command = [sys.executable, "-m", "flows", *arguments_of(few, place / "warehouse")]
    process = subprocess.Popen(command, cwd=CHECKOUT, env=environment(ONECOVER_KEY_FILE=str(key_file)), stderr=subprocess.PIPE, text=True)
    for line in process.stderr:
        if line.startswith("ingest"):
            break
    process.terminate()
    said = process.communicate(timeout=60)[1]
    assert process.returncode == FAILED and "onecover: interrupted" in said and "Traceback" not in said
    (run_,) = runs_of(place / "warehouse")
    assert {p.name for p in run_.iterdir()} == {"run.json"}


# modes ------------------------------------------------------------------------------------------------------------------
def modes(warehouse: Path) -> set[tuple[str, str]]:
    private = [p for name in ("restricted", "worklists") for p in warehouse.rglob(name)]
    return {("folder" if p.is_dir() else "file", oct(stat.S_IMODE(p.stat().st_mode))) for f in private for p in (f, *f.rglob("*"))}


def test_what_names_people_is_private_also_where_the_machine_gives_everything_away_and_on_the_next_run(few, place, night):
    before = os.umask(0)
    try:
        for day in (AS_OF, AS_OF, TOMORROW):
            assert night(few, place / "warehouse", as_of=day).status == PUBLISHED
            assert modes(place / "warehouse") == {("folder", "0o700"), ("file", "0o600")}
    finally:
        os.umask(before)


# restricted/ encrypted -----------------------------------------------------------------------------------------------------
@pytest.fixture
def sealed(tmp_path) -> Path:
    path = tmp_path / "restricted.key"
    path.write_text("a7" * 32 + "\n")
    path.chmod(0o600)
    return path


def night_with(key_file, inbox, warehouse, day, **variables):
    return run_here(arguments_of(inbox, warehouse, as_of=day), ONECOVER_KEY_FILE=str(key_file), **variables)


def as_the_guide_says(warehouse: Path, key: Path):
    """What the example of docs/operations.md opens, with these paths in place of its own."""
    guide = (CHECKOUT / "docs" / "operations.md").read_text(encoding="utf-8")
    example = re.search(r"```python\n(.*?)```", guide, re.DOTALL).group(1)
    here = example.replace("/data/warehouse", str(warehouse)).replace("/etc/onecover/restricted.key", str(key))
    assert here.count(str(warehouse)) == here.count(str(key)) == 1
    names: dict = {}
    exec(here, names)
    return names["persons"]


def test_restricted_is_encrypted_with_a_key_file_and_read_with_it(few, tmp_path, key_file, sealed):
    warehouse = tmp_path / "warehouse"
    assert night_with(key_file, few, warehouse, AS_OF).status == PUBLISHED
    plain = read(warehouse / "current", "persons")
    ran = night_with(key_file, few, warehouse, TOMORROW, ONECOVER_RESTRICTED_KEY_FILE=str(sealed))
    assert ran.status == PUBLISHED, ran.err
    for name in (n for n, d in DATASETS.items() if d.restricted):
        path = warehouse / "current" / "restricted" / name / "part-0.parquet"
        assert path.read_bytes()[:4] == b"PARE"
        with pytest.raises(OSError, match="encrypted"):
            pq.read_table(path)
    key = bytes.fromhex("a7" * 32)
    persons = pq.read_table(
        warehouse / "current" / "restricted" / "persons" / "part-0.parquet", decryption_properties=create_decryption_properties(key)
    )
    assert pl.from_arrow(persons).equals(plain)
    found = as_the_guide_says(warehouse, sealed)
    assert duckdb.sql("SELECT count(*) FROM persons").fetchall() == [(plain.height,)], "DuckDB reads them over Arrow"
    assert found.count_rows() == plain.height
    assert (
        told(
            personal_values(few),
            {str(p): p.read_bytes().decode("latin-1") for p in warehouse.rglob("restricted/*/*") if "20261123-" in str(p)},
        )
        == {}
    )

    after = date(2026, 11, 24)
    failed = night_with(key_file, few, warehouse, after)
    assert failed.status == FAILED and "is encrypted; name its key with ONECOVER_RESTRICTED_KEY_FILE" in failed.complaint
    other = tmp_path / "other.key"
    other.write_text("b8" * 32)
    failed = night_with(key_file, few, warehouse, after, ONECOVER_RESTRICTED_KEY_FILE=str(other))
    assert failed.status == FAILED and "is encrypted with another key" in failed.complaint
    assert night_with(key_file, few, warehouse, after, ONECOVER_RESTRICTED_KEY_FILE=str(sealed)).status == PUBLISHED


@pytest.mark.parametrize("text", ["", "a7" * 16, "not hex at all"])
def test_a_key_that_is_none_stops_the_night_before_anything_is_read(few, tmp_path, key_file, text):
    (tmp_path / "bad.key").write_text(text)
    ran = night_with(key_file, few, tmp_path / "warehouse", AS_OF, ONECOVER_RESTRICTED_KEY_FILE=str(tmp_path / "bad.key"))
    assert ran.status == FAILED and "does not hold 32 bytes in hex" in ran.complaint
    assert text not in ran.complaint or not text


# another key for person_id ---------------------------------------------------------------------------------------------------
def test_the_key_of_person_id_is_changed_with_a_mapping_and_the_ledger_goes_on(few, tmp_path, key_file):
    warehouse, new_key = tmp_path / "warehouse", tmp_path / "new.key"
    assert night_with(key_file, few, warehouse, AS_OF).status == PUBLISHED
    before = {name: read(warehouse / "current", name) for name in ("persons", "subsidy_deductions", "terminations")}
    rotated = run_here(["rotate-key", "--warehouse", str(warehouse), "--new-key", str(new_key)], ONECOVER_KEY_FILE=str(key_file))
    assert rotated.status == PUBLISHED, rotated.err
    assert stat.S_IMODE(new_key.stat().st_mode) == 0o600
    (path,) = (warehouse / ".rotations").iterdir()
    assert (stat.S_IMODE(path.stat().st_mode), stat.S_IMODE(path.parent.stat().st_mode)) == (0o600, 0o700)
    mapping = dict(pl.read_parquet(path).rows())
    assert set(mapping) == set(before["persons"]["person_id"]) and not set(mapping) & set(mapping.values())

    ran = night_with(new_key, few, warehouse, TOMORROW)
    assert ran.status == PUBLISHED, ran.err
    after = {name: read(warehouse / "current", name) for name in before}
    assert set(after["persons"]["person_id"]) == set(mapping.values())
    money = after["subsidy_deductions"]
    assert set(money["status"]) == {"reported"}, "nothing is deducted twice"
    expected = before["subsidy_deductions"]["person_id"].replace_strict(mapping)
    assert money["person_id"].to_list() == expected.to_list()
    assert set(after["terminations"]["first_reported_on"]) == {AS_OF}
    assert manifest_of(warehouse / "current")["key_id"] == key_id(new_key.read_bytes().strip())
    assert night_with(new_key, few, warehouse, date(2026, 11, 24)).status == PUBLISHED


def test_a_night_with_another_key_that_nobody_rotated_stops(few, tmp_path, key_file):
    warehouse = tmp_path / "warehouse"
    assert night_with(key_file, few, warehouse, AS_OF).status == PUBLISHED
    (tmp_path / "other.key").write_text("c9" * 32)
    ran = night_with(tmp_path / "other.key", few, warehouse, TOMORROW)
    assert ran.status == FAILED and "was published with another key for person_id" in ran.complaint and "rotate-key" in ran.complaint
    wrong = run_here(
        ["rotate-key", "--warehouse", str(warehouse), "--new-key", str(key_file)], ONECOVER_KEY_FILE=str(tmp_path / "other.key")
    )
    assert wrong.status == 2 and "was not published with the present key" in wrong.complaint


@pytest.mark.parametrize("day", [AS_OF, AS_OF - timedelta(days=3)])
def test_a_first_night_published_again_with_another_key_stops(few, tmp_path, key_file, day):
    """There is no night before it to compare with; every person_id would change without a word."""
    warehouse = tmp_path / "warehouse"
    assert night_with(key_file, few, warehouse, AS_OF).status == PUBLISHED
    (tmp_path / "other.key").write_text("c9" * 32)
    ran = night_with(tmp_path / "other.key", few, warehouse, day)
    assert ran.status == FAILED and f"as_of={AS_OF} was published with another key for person_id" in ran.complaint
    (warehouse / "current" / "manifest.json").write_text("{")
    assert night_with(key_file, few, warehouse, AS_OF).status == PUBLISHED, "a damaged night is mended by publishing it again"


def test_a_key_that_is_lost_is_not_made_anew(few, tmp_path, key_file):
    warehouse, lost = tmp_path / "warehouse", tmp_path / "lost.key"
    assert night_with(key_file, few, warehouse, AS_OF).status == PUBLISHED
    ran = night_with(lost, few, warehouse, TOMORROW)
    assert ran.status == FAILED and "restore the key file" in ran.complaint and not lost.exists()


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (lambda night: shutil.rmtree(night / "restricted"), "restricted/persons is gone or damaged"),
        (lambda night: (night / "manifest.json").write_text("{"), "manifest.json cannot be read"),
    ],
)
def test_a_key_is_not_changed_over_a_damaged_night(few, tmp_path, key_file, damage, told):
    warehouse = tmp_path / "warehouse"
    assert night_with(key_file, few, warehouse, AS_OF).status == PUBLISHED
    damage(warehouse / "current")
    ran = run_here(["rotate-key", "--warehouse", str(warehouse), "--new-key", str(tmp_path / "new")], ONECOVER_KEY_FILE=str(key_file))
    assert ran.status == FAILED and told in ran.complaint and not (warehouse / ".rotations").exists()
