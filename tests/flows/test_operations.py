"""What an operator asks for beside tonight: past nights, old nights removed, a schedule, and to hear of a failure."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path

import duckdb
import polars as pl
import pytest
import yaml
from inbox import AS_OF
from nights import CHECKOUT, FAILED, PUBLISHED, USAGE, arguments_of, environment, manifest_of, personal_values, read, run_here, state_of
from telling import bytes_of, told

from flows import scheduled as module
from flows.errors import NightError, PassingTrouble

TOMORROW = AS_OF + timedelta(days=1)
SECRET = "379901199003070019"


@pytest.fixture
def inboxes(few, tmp_path) -> Path:
    """Two days' inboxes, and what is none."""
    for name in (f"as_of={TOMORROW}", f"as_of={AS_OF}", "as_of=later"):
        shutil.copytree(few, tmp_path / "inboxes" / name)
    return tmp_path / "inboxes"


def backfill(inboxes: Path, warehouse: Path, first: date, last: date, key_file: Path):
    days = ["--from", first.isoformat(), "--to", last.isoformat()]
    arguments = ["backfill", *days, "--inboxes", str(inboxes), "--warehouse", str(warehouse)]
    return run_here(arguments, ONECOVER_KEY_FILE=str(key_file))


# past nights ------------------------------------------------------------------------------------------------------------
def test_stored_inboxes_are_published_day_by_day(inboxes, tmp_path, key_file):
    ran = backfill(inboxes, tmp_path / "warehouse", AS_OF - timedelta(days=9), TOMORROW, key_file)
    assert ran.status == PUBLISHED, ran.err
    assert f"9 day(s) from {AS_OF - timedelta(days=9)} to {AS_OF - timedelta(days=1)} have no inbox" in ran.err
    assert sorted(p.name for p in (tmp_path / "warehouse").glob("as_of=*")) == [f"as_of={AS_OF}", f"as_of={TOMORROW}"]
    assert manifest_of(tmp_path / "warehouse" / "current")["as_of"] == TOMORROW.isoformat()


def test_a_day_that_fails_is_the_last_one(inboxes, tmp_path, key_file):
    shutil.rmtree(inboxes / f"as_of={AS_OF}" / "tax")
    ran = backfill(inboxes, tmp_path / "warehouse", AS_OF, TOMORROW, key_file)
    assert ran.status != PUBLISHED and "contribution" in ran.complaint
    assert not list((tmp_path / "warehouse").glob("as_of=*"))


def test_days_without_an_inbox_are_a_mistake(inboxes, tmp_path, key_file):
    ran = backfill(inboxes, tmp_path / "warehouse", date(2020, 1, 1), date(2020, 2, 1), key_file)
    assert ran.status == USAGE and "no inbox as_of=YYYY-MM-DD from 2020-01-01 to 2020-02-01" in ran.complaint


# old nights -------------------------------------------------------------------------------------------------------------
def test_the_oldest_night_that_is_left_is_not_run_again_without_the_one_that_it_carried_on_from(few, tmp_path, night):
    """Its ledgers would begin anew: everything would be deducted and refunded twice. A first night can be run again and again."""
    warehouse, days = tmp_path / "warehouse", [AS_OF + timedelta(days=n) for n in range(3)]
    for day in (days[0], *days):
        assert night(few, warehouse, as_of=day).status == PUBLISHED
    assert [manifest_of(warehouse / f"as_of={day}")["carried_on_from"] for day in days] == [None, f"{days[0]}", f"{days[1]}"]
    assert run_here(["prune", "--warehouse", str(warehouse), "--keep", "2"]).status == PUBLISHED
    before = bytes_of(warehouse / f"as_of={days[1]}")
    for day in (days[1], days[0], AS_OF - timedelta(days=1)):
        ran = night(few, warehouse, as_of=day)
        assert ran.status == FAILED and f"as_of={days[1]} carried on from the one of {days[0]}, which was removed" in ran.complaint
    assert bytes_of(warehouse / f"as_of={days[1]}") == before
    assert night(few, warehouse, as_of=days[2]).status == PUBLISHED


def test_all_but_the_newest_nights_are_removed_and_the_next_one_goes_on(few, tmp_path, night):
    three_nights = tmp_path / "warehouse"
    for day in range(3):
        assert night(few, three_nights, as_of=AS_OF + timedelta(days=day)).status == PUBLISHED
    ran = run_here(["prune", "--warehouse", str(three_nights), "--keep", "2"])
    assert ran.status == PUBLISHED and ran.out.startswith("removed 1 runs\n  20261122-")
    assert sorted(p.name for p in three_nights.glob("as_of=*")) == ["as_of=2026-11-23", "as_of=2026-11-24"]
    assert len(list((three_nights / ".runs").iterdir())) == 2
    assert (three_nights / "current").resolve() == (three_nights / "as_of=2026-11-24").resolve()
    assert night(few, three_nights, as_of=AS_OF + timedelta(days=3)).status == PUBLISHED
    assert run_here(["prune", "--warehouse", str(three_nights), "--keep", "9"]).out.strip() == "removed 0 runs"


def test_a_folder_that_is_no_warehouse_is_left_as_it_is(few):
    before = sorted(few.rglob("*"))
    ran = run_here(["prune", "--warehouse", str(few), "--keep", "2"])
    assert ran.status == USAGE and "is no warehouse" in ran.complaint and sorted(few.rglob("*")) == before


def test_whoever_publishes_an_earlier_night_is_told_of_the_later_ones(few, tmp_path, night):
    assert night(few, tmp_path / "warehouse", as_of=AS_OF + timedelta(days=2)).status == PUBLISHED
    assert f"1 night(s) from {AS_OF + timedelta(days=2)} on were published before this one" in night(few, tmp_path / "warehouse").out


def test_the_night_to_go_on_from_always_stays(tmp_path):
    ran = run_here(["prune", "--warehouse", str(tmp_path), "--keep", "1"])
    assert ran.status == USAGE and "at least 2 nights stay" in ran.complaint


# upgrades -----------------------------------------------------------------------------------------------------------------
def differences(before: Path, after: Path) -> list[tuple]:
    """What the query of docs/operations.md shows, with these warehouses in place of its own."""
    guide = (CHECKOUT / "docs" / "operations.md").read_text(encoding="utf-8").partition("## Upgrade")[2]
    query = re.search(r'duckdb\.sql\("""(.*?)"""\)\.show\(\)', guide, re.DOTALL).group(1)
    return duckdb.sql(query.replace("/data/warehouse", str(before)).replace("/data/spare", str(after))).fetchall()


def test_what_an_upgrade_changes_is_found_in_a_spare_warehouse(few, tmp_path, night):
    """The night is decided again beside a copy of the one before it, as the guide says; then one decision is made another."""
    warehouse, spare = tmp_path / "warehouse", tmp_path / "spare"
    assert night(few, warehouse, as_of=AS_OF - timedelta(days=1)).status == PUBLISHED
    assert night(few, warehouse).status == PUBLISHED
    shutil.copytree(warehouse / f"as_of={AS_OF - timedelta(days=1)}", spare / f"as_of={AS_OF - timedelta(days=1)}")
    assert night(few, spare).status == PUBLISHED
    assert differences(warehouse, spare) == []
    for name in ("subsidy_deductions", "terminations"):
        assert read(spare / "current", name).equals(read(warehouse / "current", name))
    file = spare / "current" / "decisions" / "part-0.parquet"
    rows = pl.read_parquet(file)
    is_first = pl.col("action").is_first_distinct() & (pl.col("action") == "terminate")
    rows.with_columns(action=pl.when(is_first).then(pl.lit("suspend")).otherwise("action")).write_parquet(file)
    assert differences(warehouse, spare) == [("resident_usual_residence", "terminate", "resident_usual_residence", "suspend", 1)]


# who hears of it ----------------------------------------------------------------------------------------------------------
def listener(tmp_path: Path) -> tuple[str, Path]:
    """A command that keeps what it is told."""
    return f"'{sys.executable}' -c \"import sys; open(r'{tmp_path / 'heard'}', 'a').write(sys.stdin.read())\"", tmp_path / "heard"


def test_a_failed_night_is_told_to_the_command_of_the_bureau(tmp_path, key_file):
    command, heard = listener(tmp_path)
    (tmp_path / "inbox").mkdir()
    variables = {"ONECOVER_KEY_FILE": str(key_file), "ONECOVER_ON_FAILURE": command}
    ran = run_here(arguments_of(tmp_path / "inbox", tmp_path / "warehouse"), **variables)
    assert ran.status != PUBLISHED
    assert heard.read_text() == ran.complaint.removeprefix("onecover: ") + "\n"


def test_a_command_that_does_not_work_is_told_and_changes_nothing(tmp_path, key_file):
    (tmp_path / "inbox").mkdir()
    variables = {"ONECOVER_KEY_FILE": str(key_file), "ONECOVER_ON_FAILURE": "/no/such/command"}
    ran = run_here(arguments_of(tmp_path / "inbox", tmp_path / "warehouse"), **variables)
    assert "ONECOVER_ON_FAILURE did not work (FileNotFoundError); nobody was told" in ran.err
    assert ran.complaint


def test_a_good_night_is_told_to_nobody(few, tmp_path, key_file):
    command, heard = listener(tmp_path)
    variables = {"ONECOVER_KEY_FILE": str(key_file), "ONECOVER_ON_FAILURE": command}
    assert run_here(arguments_of(few, tmp_path / "warehouse"), **variables).status == PUBLISHED
    assert not heard.exists()


# the schedule -------------------------------------------------------------------------------------------------------------
def tried(monkeypatch, *outcomes: Exception | None) -> tuple:
    """The state of a scheduled night whose tries end so, how many tries it took, and its pauses."""
    ends, pauses = list(outcomes), []

    def run(settings) -> None:
        if (error := ends.pop(0)) is not None:
            raise error

    monkeypatch.setattr(module, "run_night", run)
    monkeypatch.setattr(module.time, "sleep", pauses.append)
    monkeypatch.delenv("ONECOVER_ON_FAILURE", raising=False)
    state = module.scheduled.fn("inbox", "warehouse", "national", AS_OF.isoformat())
    return state, len(outcomes) - len(ends), pauses


def test_what_may_pass_is_tried_again_after_a_while(monkeypatch):
    assert tried(monkeypatch, PassingTrouble("a network folder went away"), None) == (None, 2, [300])


def test_after_three_tries_it_has_failed(monkeypatch):
    state, tries, pauses = tried(monkeypatch, *[PassingTrouble("a network folder went away")] * 3)
    assert (state.message, tries, pauses) == ("a network folder went away (tried 3 times)", 3, [300, 600])


def test_what_will_not_pass_is_not_tried_again(monkeypatch):
    state, tries, _ = tried(monkeypatch, NightError("the disk is full"), None)
    assert state.is_failed() and (state.message, tries) == ("the disk is full", 1)


def test_the_words_of_a_library_are_not_told(monkeypatch):
    state, tries, _ = tried(monkeypatch, ValueError(f"could not read {SECRET}"), None)
    assert (state.message, tries) == ("failed inside (ValueError)", 1)


def test_a_scheduled_night_is_called_as_the_command_is():
    arguments = ["nightly", "--inbox", "a", "--warehouse", "b", "--as-of", "2026-11-22", "--accept", "row_drop"]
    settings = module.settings_of(module.parser().parse_args(arguments))
    assert (settings.as_of, settings.inbox, settings.accept) == (AS_OF, Path("a"), ("row_drop",))


def test_the_deployment_is_one_night_at_a_time_by_the_clock_of_shanghai():
    (deployment,) = yaml.safe_load((CHECKOUT / "prefect.yaml").read_text(encoding="utf-8"))["deployments"]
    assert deployment["schedules"] == [{"cron": "30 1 * * *", "timezone": "Asia/Shanghai"}]
    assert deployment["concurrency_limit"] == {"limit": 1, "collision_strategy": "CANCEL_NEW"}
    file, _, name = deployment["entrypoint"].partition(":")
    assert (CHECKOUT / file).is_file() and getattr(module, name).name == "scheduled-night"
    assert set(deployment["parameters"]) == {"inbox", "warehouse", "policy"}


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


@pytest.mark.long
def test_a_run_that_is_triggered_on_the_server_publishes(few, tmp_path, key_file):
    port, home = free_port(), tmp_path / "prefect"
    places = ["--inbox", str(few), "--warehouse", str(tmp_path / "warehouse"), "--port", str(port), "--home", str(home)]
    variables = environment(ONECOVER_KEY_FILE=str(key_file))
    serving = subprocess.Popen(
        [sys.executable, "-m", "flows", "serve", *places], cwd=CHECKOUT, env=variables, stdout=subprocess.PIPE, text=True
    )
    try:
        assert any("shows the nights" in line for line in serving.stdout)
        os.set_blocking(serving.stdout.fileno(), False)
        of_server = variables | {"PREFECT_API_URL": f"http://127.0.0.1:{port}/api", "PREFECT_HOME": str(home)}
        run = [sys.executable, "-m", "prefect", "deployment", "run", "scheduled-night/nightly", "--watch"]
        ran = subprocess.run(run, cwd=CHECKOUT, env=of_server, text=True, capture_output=True, timeout=300, check=False)
        assert ran.returncode == 0, ran.stdout + ran.stderr
        assert state_of(tmp_path / "warehouse") != {}
        assert home.stat().st_mode & 0o777 == 0o700
        assert list(home.glob("*.db")) and told(personal_values(few), bytes_of(home)) == {}, "the server's records name somebody"
    finally:
        serving.send_signal(signal.SIGTERM)
        assert serving.wait(90) == 0
    for _ in range(30):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return
        time.sleep(1)
    pytest.fail("the server outlives the command")


def test_a_port_that_is_taken_ends_in_one_line(tmp_path, monkeypatch):
    monkeypatch.setattr("flows.serving.SECONDS_TO_START", 0)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        ran = run_here(
            [
                "serve",
                "--port",
                str(taken.getsockname()[1]),
                "--home",
                str(tmp_path / "home"),
                "--inbox",
                str(tmp_path),
                "--warehouse",
                str(tmp_path),
            ]
        )
    assert ran.status == FAILED and "does not answer" in ran.complaint
