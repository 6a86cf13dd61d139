"""The command as an operator types it: what it exits with, what it says, and what it never does."""

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from inbox import AS_OF
from nights import (
    CHECKOUT,
    FAILED,
    LOCKED,
    PUBLISHED,
    STOPPED,
    USAGE,
    Ran,
    arguments_of,
    environment,
    manifest_of,
    read,
    run_command,
    run_here,
    runs_of,
    state_of,
    write_few,
)

from contracts import DATASETS
from flows.progress import Progress
from flows.steps import STEPS

#: Put before everything a Python process does: whoever looks for another machine is written down and refused.
NO_NETWORK = """
import os, socket
def refused(*place, **more):
    with open(os.environ["SOUGHT"], "a") as f:
        f.write(repr(place) + "\\n")
    raise OSError("no network")
socket.getaddrinfo = socket.create_connection = socket.socket.connect = socket.socket.connect_ex = refused
"""
HOLD_LOCK = "import fcntl, sys; f = open(sys.argv[1], 'a'); fcntl.flock(f, fcntl.LOCK_EX); print('held', flush=True); sys.stdin.read()"


@pytest.fixture(scope="module")
def published(tmp_path_factory, key_file):
    """A night without --as-of, without a network; the files carry dates of three days."""
    root = tmp_path_factory.mktemp("published")
    inbox = write_few(root / "inbox")
    (inbox / "tax" / "contribution_20261122.parquet").rename(inbox / "tax" / "contribution_2026-11-20.parquet")
    (inbox / "education" / "student_20261122.parquet").rename(inbox / "education" / "student_20261119.parquet")
    (root / "sitecustomize.py").write_text(NO_NETWORK)
    paths = os.pathsep.join(filter(None, (str(root), os.environ.get("PYTHONPATH"))))
    arguments = arguments_of(inbox, root / "warehouse", as_of=None)
    ran = run_command(arguments, ONECOVER_KEY_FILE=str(key_file), PYTHONPATH=paths, SOUGHT=str(root / "sought"))
    return root, ran


# 0: published -------------------------------------------------------------------------------------------------------
def test_a_published_night_exits_0(published):
    root, ran = published
    assert ran.status == PUBLISHED, ran.err
    assert (root / "warehouse" / "current").resolve().is_dir()


def test_the_as_of_date_is_the_newest_in_the_names_of_the_files_and_the_command_says_so(published):
    root, ran = published
    assert (root / "warehouse" / "current").readlink() == Path(f"as_of={AS_OF}")
    assert f"as-of {AS_OF}: the newest date" in ran.err
    assert manifest_of(root / "warehouse" / "current")["as_of"] == AS_OF.isoformat()


def test_the_summary_says_what_was_found_decided_and_published_and_where(published):
    root, ran = published
    current = root / "warehouse" / "current"
    counts = {name: pl.read_parquet(current / name / "*.parquet").height for name in ("overlaps", "terminations", "suspensions", "reviews")}
    assert counts["overlaps"] >= 8 and counts["terminations"] >= 8
    assert f"the night of {AS_OF}, policy national" in ran.out
    assert f"{counts['overlaps']} overlaps of" in ran.out
    assert f"{counts['terminations']} terminations, {counts['suspensions']} suspensions, {counts['reviews']} reviews" in ran.out
    assert str(root / "warehouse" / f"as_of={AS_OF}") in ran.out


def test_progress_names_every_step_in_business_order(published):
    _, ran = published
    steps = ["ingest", "gate", "identify", "activity", "overlaps", "facts", "retention", "consequences", "reconcile", "publish"]
    said = [line.split()[0] for line in ran.err.splitlines() if line.split() and line.split()[0] in steps]
    assert said == steps


def test_progress_on_no_terminal_is_plain_text(published):
    _, ran = published
    assert "\x1b" not in ran.err + ran.out and "\r" not in ran.err


# for programs -------------------------------------------------------------------------------------------------------
def said_to_a_program(ran) -> list[dict]:
    return [json.loads(line) for line in ran.out.splitlines()]


def test_a_program_is_told_each_step_and_what_was_published(few, warehouse, key_file):
    ran = run_here(arguments_of(few, warehouse, "--json"), ONECOVER_KEY_FILE=str(key_file))
    assert ran.status == PUBLISHED, ran.err
    *lines, last = said_to_a_program(ran)
    assert {line["event"] for line in lines} <= {"step", "progress", "note"}
    steps = [(line["step"], line["state"]) for line in lines if line["event"] == "step"]
    assert steps == [(step, state) for step in STEPS for state in ("started", "done")]
    assert all(line["seconds"] >= 0 for line in lines if line.get("state") == "done")
    current = warehouse / "current"
    assert (last["event"], last["state"], last["exit_status"], last["as_of"]) == ("night", "published", 0, str(AS_OF))
    assert Path(last["run"]) == warehouse / f"as_of={AS_OF}"
    assert last["passed_over"] == []
    assert last["published"] == {name: read(current, name).height for name in DATASETS}
    assert last["rows_read"] == sum(e["rows"] for e in manifest_of(current)["extracts"].values())
    read_rows = next(line["rows"] for line in lines if (line.get("step"), line.get("state")) == ("ingest", "done"))
    assert read_rows == last["rows_read"]


@pytest.mark.parametrize(
    ("more", "state", "status"), [(("--policy", "nowhere"), "failed", USAGE), (("--as-of", "2027-03-01"), "stopped", STOPPED)]
)
def test_a_program_is_told_why_there_is_no_publication(few, warehouse, key_file, more, state, status):
    ran = run_here([*arguments_of(few, warehouse, "--json"), *more], ONECOVER_KEY_FILE=str(key_file))
    last = said_to_a_program(ran)[-1]
    assert (last["event"], last["state"], last["exit_status"]) == ("night", state, ran.status) and ran.status == status
    assert ran.complaint == f"onecover: {last['reason']}"


def test_how_long_it_still_takes_follows_from_what_is_done(monkeypatch):
    clock = [100.0]
    monkeypatch.setattr("flows.progress.time.monotonic", lambda: clock[0])
    progress = Progress()
    progress.begin("ingest")
    assert progress.remaining is None
    progress.expect(400)
    clock[0] += 10
    progress.tick(5_000, 100)
    assert (progress.rows, progress.rate, progress.remaining) == (5_000, 500, 30)


def test_a_night_looks_for_no_other_machine(published):
    root, ran = published
    assert ran.status == PUBLISHED
    assert not (root / "sought").exists(), (root / "sought").read_text()


def test_the_guard_against_the_network_is_one(published):
    """The test above can fail: the same guard catches a process that does look."""
    root, _ = published
    done = subprocess.run(
        [sys.executable, "-c", "import socket; socket.create_connection(('192.0.2.1', 9), 1)"],
        env=environment(PYTHONPATH=str(root), SOUGHT=str(root / "caught")),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 1 and "192.0.2.1" in (root / "caught").read_text()


# which day ----------------------------------------------------------------------------------------------------------
def test_the_environment_says_the_day_where_the_command_does_not(inbox, warehouse, key_file):
    day = "2026-11-24"
    ran = run_here(arguments_of(inbox, warehouse, as_of=None), ONECOVER_AS_OF=day, ONECOVER_KEY_FILE=str(key_file))
    assert ran.status == PUBLISHED, ran.err
    assert (warehouse / "current").readlink() == Path(f"as_of={day}")


def test_the_command_s_day_comes_before_the_environment_s(few, warehouse):
    ran = run_command(arguments_of(few, warehouse, "--policy", "nowhere"), ONECOVER_AS_OF="no day at all")
    assert "nowhere" in ran.complaint and "ONECOVER_AS_OF" not in ran.err


def test_a_day_in_the_environment_that_is_none_is_told_by_the_variable_s_name(few, warehouse):
    ran = run_command(arguments_of(few, warehouse, as_of=None), ONECOVER_AS_OF="tomorrow")
    assert ran.status == USAGE
    assert "ONECOVER_AS_OF" in ran.complaint and "'tomorrow'" in ran.complaint


def test_files_without_a_date_need_the_day_said(inbox, warehouse):
    for path in list(inbox.glob("*/*.parquet")):
        path.rename(path.with_name(path.name.replace("_20261122", "")))
    ran = run_command(arguments_of(inbox, warehouse, as_of=None))
    assert ran.status == USAGE
    assert "--as-of" in ran.complaint and not warehouse.exists()


# 2: usage -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("day", ["22.11.2026", "2026-02-30", "tomorrow", ""])
def test_a_day_that_is_none_exits_2(few, warehouse, day):
    ran = run_command([*arguments_of(few, warehouse, as_of=None), "--as-of", day])
    assert (ran.status, ran.out) == (USAGE, "")
    assert repr(day) in ran.complaint and "YYYY-MM-DD" in ran.complaint
    assert not warehouse.exists()


@pytest.mark.parametrize(
    ("option", "value", "helps"),
    [
        ("--policy", "nowhere", "national"),
        ("--policy", "../national", "national"),
        ("--accept", "no_such_gate", "quarantine_share"),
        ("--accept", "enrolment.row_drop", "enrollment"),
        ("--accept", "enrollment.quarantine_share.twice", "quarantine_share"),
        ("--memory", "much", "4GB"),
        ("--memory", "0GB", "4GB"),
        ("--memory", "999999999999GB", "4GB"),
    ],
)
def test_what_does_not_exist_exits_2_and_the_line_says_what_does(few, warehouse, option, value, helps):
    ran = run_command(arguments_of(few, warehouse, option, value))
    assert (ran.status, ran.out) == (USAGE, "")
    assert value in ran.complaint and helps in ran.complaint
    assert not warehouse.exists()


def test_an_inbox_that_is_not_there_exits_2(tmp_path, warehouse):
    ran = run_command(arguments_of(tmp_path / "no inbox", warehouse))
    assert (ran.status, ran.out) == (USAGE, "")
    assert "no inbox" in ran.complaint and "--inbox" in ran.complaint
    assert not warehouse.exists()


def test_an_inbox_that_is_a_file_exits_2(tmp_path, warehouse):
    (tmp_path / "inbox").write_text("extracts")
    assert run_command(arguments_of(tmp_path / "inbox", warehouse)).status == USAGE


@pytest.mark.parametrize("arguments", [[], ["nightly", "--no-such-option"], ["weekly"]])
def test_what_is_no_command_exits_2(arguments):
    ran = run_command(arguments)
    assert (ran.status, ran.out) == (USAGE, "")
    assert len(ran.err.splitlines()) == 1 and "--help" in ran.err


def test_without_a_day_an_inbox_that_is_not_there_is_told_as_such(tmp_path, warehouse):
    ran = run_command(arguments_of(tmp_path / "no inbox", warehouse, as_of=None), ONECOVER_AS_OF="")
    assert (ran.status, ran.out) == (USAGE, "")
    assert "is no folder" in ran.complaint and "--inbox" in ran.complaint


# 3: a data gate -------------------------------------------------------------------------------------------------------
def test_a_data_gate_exits_3_and_names_gate_extract_count_and_bound(few, warehouse, key_file):
    ran = run_command(arguments_of(few, warehouse, as_of=date(2026, 12, 22)), ONECOVER_KEY_FILE=str(key_file))
    assert (ran.status, ran.out) == (STOPPED, "")
    for part in ("extract_stale of enrollment", "30", "<= 7", "--accept", str(warehouse / ".runs")):
        assert part in ran.complaint
    assert state_of(warehouse) == {}


# 4: locked ------------------------------------------------------------------------------------------------------------
def test_a_warehouse_that_another_process_holds_exits_4(few, warehouse):
    warehouse.mkdir()
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD_LOCK, str(warehouse / ".lock")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert holder.stdout.readline() == "held\n"
        ran = run_command(arguments_of(few, warehouse))
        assert (ran.status, ran.out) == (LOCKED, "")
        assert str(warehouse) in ran.complaint
        assert runs_of(warehouse) == []
    finally:
        holder.communicate()


def test_a_lock_file_that_nobody_holds_locks_nothing(inbox, warehouse, night):
    """A run that was killed leaves the file; the lock goes with its process."""
    warehouse.mkdir()
    (warehouse / ".lock").write_text("4711")
    assert night(inbox, warehouse).status == PUBLISHED


# 1: failed, and what is said of it ----------------------------------------------------------------------------------
def test_an_unreadable_file_exits_1_in_one_line(inbox, warehouse):
    (inbox / "tax" / "contribution_20261122.parquet").write_bytes(b"PAR1 and no more")
    ran = run_command(arguments_of(inbox, warehouse))
    assert (ran.status, ran.out) == (FAILED, "")
    assert "contribution_20261122.parquet" in ran.complaint


def test_debug_shows_the_trace_and_the_line_all_the_same(inbox, warehouse):
    (inbox / "tax" / "contribution_20261122.parquet").write_bytes(b"PAR1 and no more")
    ran = run_command(arguments_of(inbox, warehouse, "--debug"))
    assert ran.status == FAILED
    assert "Traceback" in ran.err
    assert [line for line in ran.err.splitlines() if line.startswith("onecover: ") and "contribution_20261122.parquet" in line]


def test_an_interrupted_night_publishes_nothing_lets_go_and_says_so(few, warehouse, key_file):
    arguments = [sys.executable, "-m", "flows", *arguments_of(few, warehouse)]
    variables = environment(ONECOVER_KEY_FILE=str(key_file))
    process = subprocess.Popen(arguments, cwd=CHECKOUT, env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        deadline = time.monotonic() + 60
        while not runs_of(warehouse) and time.monotonic() < deadline:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    finally:
        process.kill()
    assert (process.returncode, out) == (FAILED, "")
    complaint = Ran(process.returncode, out, err).complaint
    assert "interrupted" in complaint and "nothing was published" in complaint
    assert state_of(warehouse) == {}
    with (warehouse / ".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_the_help_names_every_option():
    ran = run_command(["nightly", "--help"])
    assert ran.status == 0
    for option in ("--as-of", "--inbox", "--warehouse", "--policy", "--accept", "--memory", "--debug"):
        assert option in ran.out


def test_make_takes_folders_with_spaces_in_their_names():
    """The shell would take the second word for an argument of its own."""
    told = subprocess.run(
        ["make", "-n", "-o", ".venv/.ready", "nightly", "INBOX=/data/in box", "WAREHOUSE=/data/ware house"],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert '--inbox "/data/in box" --warehouse "/data/ware house"' in told


def test_who_reads_only_the_beginning_of_a_policy_check_gets_no_complaint():
    command = f"'{sys.executable}' -m flows policy-check | head -c 1"
    done = subprocess.run(["bash", "-c", f"set -o pipefail; {command}"], cwd=CHECKOUT, env=environment(), capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (PUBLISHED, "")
