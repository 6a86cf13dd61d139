"""`explore`: what is published can be asked in SQL; nothing else of the machine can be read, and nothing written."""

import shutil
import subprocess
import sys
from datetime import timedelta

import pytest
from inbox import AS_OF
from nights import CHECKOUT, FAILED, PUBLISHED, USAGE, arguments_of, environment, read, run_here, write_few

from contracts import DATASETS
from flows.explore import opened


def explore(warehouse, *more: str, **variables: str):
    return run_here(["explore", "--warehouse", str(warehouse), *more], **variables)


@pytest.mark.parametrize("name", [name for name, d in DATASETS.items() if not d.restricted])
def test_there_is_a_view_for_each_dataset_of_the_night_and_over_all_nights(published, name):
    with opened(published, None, restricted=False) as engine:
        one, every = (engine.connection.sql(f"SELECT * FROM {schema}.{name}") for schema in ("night", "nights"))
        assert list(one.columns) == list(DATASETS[name].names)
        assert set(every.columns) == {*one.columns, "as_of"}
        assert len(one) == len(every) == read(published / "current", name).height


def test_a_night_of_before_there_was_a_dataset_has_it_without_rows(published, tmp_path):
    warehouse = shutil.copytree(published, tmp_path / "warehouse", symlinks=True)
    shutil.rmtree(warehouse / "current" / "overlaps")
    ran = explore(warehouse, "--sql", "SELECT count(*) AS n FROM night.overlaps")
    assert ran.status == PUBLISHED and "0" in ran.out.split()


def test_names_are_seen_by_those_who_ask_for_them_only(published):
    without = explore(published, "--sql", "SELECT name FROM persons")
    assert without.status == USAGE and "persons does not exist" in without.complaint
    asked = explore(published, "--restricted", "--sql", "SELECT count(*) AS n FROM persons")
    assert asked.status == PUBLISHED and str(read(published / "current", "persons").height) in asked.out
    assert "keep what you print to yourself" in asked.err


@pytest.mark.parametrize(
    "question",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_parquet('{restricted}')",
        "COPY terminations TO '{file}'",
        "ATTACH '{file}'",
        "SET enable_external_access = true",
        "INSTALL httpfs",
        "SELECT * FROM nowhere",
        "no SQL at all",
    ],
)
def test_what_is_not_published_cannot_be_read_and_nothing_is_written(published, tmp_path, question):
    file, restricted = tmp_path / "written", published / "current" / "restricted" / "persons" / "part-0.parquet"
    ran = explore(published, "--sql", question.format(file=file, restricted=restricted))
    assert ran.status == USAGE and ran.out == "" and len(ran.err.splitlines()) == 1
    assert not file.exists()


def test_settings_are_no_question(published):
    ran = explore(published, "--sql", "SET memory_limit = '1GB'")
    assert ran.status == USAGE and "the settings of the engine are fixed" in ran.complaint


@pytest.mark.parametrize("question", ["name::int", "certno_canonical::int", "certno_canonical::date", "error(name)"])
def test_a_question_that_fails_on_a_row_does_not_quote_it(published, question):
    ran = explore(published, "--restricted", "--sql", f"SELECT {question} FROM persons")
    assert ran.status == USAGE and ran.out == "" and "try_cast" in ran.complaint
    persons = read(published / "current", "persons")
    assert not any(value in ran.err for value in (*persons["name"].drop_nulls(), *persons["certno_canonical"]))


@pytest.mark.parametrize("table", ["persons", "night.quarantine", "nights.identity_links"])
def test_who_asks_for_names_is_told_how_they_are_seen(published, table):
    ran = explore(published, "--sql", f"SELECT * FROM {table}")
    assert ran.status == USAGE and "--restricted" in ran.complaint
    assert "--restricted" not in explore(published, "--sql", "SELECT * FROM nowhere").complaint


def test_questions_come_from_standard_input_too(published):
    command = [sys.executable, "-m", "flows", "explore", "--warehouse", str(published)]
    asked = "SELECT 40 + 1 AS first; SELECT 42 AS second"
    ran = subprocess.run(command, input=asked, cwd=CHECKOUT, env=environment(), text=True, capture_output=True)
    assert (ran.returncode, ran.stderr) == (PUBLISHED, "")
    assert "41" in ran.stdout and "42" in ran.stdout


def test_a_night_is_asked_for_by_its_day(tmp_path, published):
    ran = explore(published, "--as-of", "2020-01-01", "--sql", "SELECT 1")
    assert ran.status == FAILED and "has no night of 2020-01-01" in ran.complaint
    ran = explore(tmp_path, "--sql", "SELECT 1")
    assert ran.status == FAILED and "no night is published" in ran.complaint


def test_encrypted_names_are_seen_with_their_key(tmp_path, key_file):
    inbox, warehouse, sealed = write_few(tmp_path / "inbox"), tmp_path / "warehouse", tmp_path / "restricted.key"
    sealed.write_text("a7" * 32)
    keys = {"ONECOVER_KEY_FILE": str(key_file), "ONECOVER_RESTRICTED_KEY_FILE": str(sealed)}
    assert run_here(arguments_of(inbox, warehouse), **keys).status == PUBLISHED
    asked = explore(warehouse, "--restricted", "--sql", "SELECT count(*) > 0 AS has_names FROM persons", **keys)
    assert "true" in asked.out, asked.err
    assert "name its key" in explore(warehouse, "--restricted", "--sql", "SELECT 1").complaint
    assert str(AS_OF) in explore(warehouse, "--sql", "SELECT DISTINCT as_of FROM nights.terminations").out


# damaged nights -----------------------------------------------------------------------------------------------------------
@pytest.fixture
def two_nights(published, tmp_path):
    """The night of the sample, and a copy of it as that of the day before."""
    warehouse = tmp_path / "warehouse"
    for day in (AS_OF, AS_OF - timedelta(days=1)):
        shutil.copytree(published / "current", warehouse / f"as_of={day}", ignore=shutil.ignore_patterns("restricted", "worklists"))
    return warehouse, warehouse / f"as_of={AS_OF - timedelta(days=1)}"


def test_a_damaged_night_is_passed_over_and_told(two_nights):
    warehouse, old = two_nights
    (old / "terminations" / "part-0.parquet").write_bytes(b"")
    ran = explore(warehouse, "--sql", "SELECT DISTINCT as_of FROM nights.terminations")
    assert ran.status == PUBLISHED and str(AS_OF) in ran.out
    assert f"{old / 'terminations' / 'part-0.parquet'} is passed over" in ran.err
    ran = explore(warehouse, "--as-of", old.name.removeprefix("as_of="), "--sql", "SELECT 1")
    assert ran.status == FAILED and f"{old}" in ran.complaint and "damaged" in ran.complaint


def test_a_night_whose_link_leads_nowhere_is_named_where_it_is_asked_for(two_nights):
    warehouse, old = two_nights
    shutil.rmtree(old)
    old.symlink_to("nowhere")
    assert explore(warehouse, "--sql", "SELECT 1").status == PUBLISHED
    ran = explore(warehouse, "--as-of", old.name.removeprefix("as_of="), "--sql", "SELECT 1")
    assert ran.status == FAILED and f"{old} leads nowhere" in ran.complaint


@pytest.mark.parametrize(
    "stdin, told", [("<&-", "no question"), ("</dev/null", "no question"), ("< <(printf '\\xff\\xfe')", "cannot be read as text")]
)
def test_what_is_no_question_is_told_in_one_line(published, stdin, told):
    command = f"'{sys.executable}' -m flows explore --warehouse '{published}' {stdin}"
    ran = subprocess.run(["bash", "-c", command], cwd=CHECKOUT, env=environment(), text=True, capture_output=True)
    assert ran.returncode == USAGE and told in ran.stderr and len(ran.stderr.splitlines()) == 1
