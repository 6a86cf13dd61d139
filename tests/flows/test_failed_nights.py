"""Whatever a night dies of, the last publication stays as it was, and the next night goes on from there."""

import json
import shutil
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from inbox import AS_OF
from nights import (
    CHECKOUT,
    FAILED,
    PUBLISHED,
    arguments_of,
    environment,
    manifest_of,
    runs_of,
    state_of,
)

from flows import disk, run_ledger
from flows.steps import STEPS
from flows.warehouse import Warehouse, existing, nights_in

#: A number as an exception of a library might quote it.
SECRET = "379901199003070019"


@pytest.fixture(scope="module")
def first_night(few, night, tmp_path_factory) -> Path:
    warehouse = tmp_path_factory.mktemp("first") / "warehouse"
    assert night(few, warehouse).status == PUBLISHED
    return warehouse


@pytest.fixture
def warehouse(first_night, tmp_path) -> Path:
    """A copy of a warehouse with one night."""
    return Path(shutil.copytree(first_night, tmp_path / "warehouse", symlinks=True))


def new_runs(warehouse: Path, before: list[Path]) -> list[Path]:
    return [run for run in runs_of(warehouse) if run not in before]


def broken(_) -> None:
    raise ValueError(f"Conversion Error: could not read {SECRET}")


@pytest.mark.parametrize("step", ["ingest", "gate", "retention", "publish"])
def test_a_step_that_fails_leaves_the_last_publication_and_tells_no_value(warehouse, night, few, monkeypatch, step):
    before, runs = state_of(warehouse), runs_of(warehouse)
    with monkeypatch.context() as patch:
        patch.setitem(STEPS, step, broken)
        ran = night(few, warehouse)
    assert (ran.status, ran.out) == (FAILED, "")
    assert "ValueError" in ran.complaint and "nothing was published" in ran.complaint
    assert SECRET not in ran.err
    assert state_of(warehouse) == before and before
    (failed,) = new_runs(warehouse, runs)
    assert json.loads((failed / "run.json").read_text())["state"] == "failed"
    assert {p.name for p in failed.iterdir()} == {"run.json"}, "working tables with names do not stay"
    assert json.loads((failed / "run.json").read_text())["step"] == step


@pytest.mark.parametrize(("module", "place"), [(disk, "sync_tree"), (run_ledger, "write_state")], ids=["sync_tree", "write_state"])
def test_a_disk_that_fails_while_publishing_leaves_the_last_publication(warehouse, night, few, monkeypatch, module, place):
    real = getattr(module, place)

    def full(run, *more, **facts) -> None:
        if place == "sync_tree" or more == ("published",):
            raise OSError(28, "No space left on device")
        real(run, *more, **facts)

    before = state_of(warehouse)
    with monkeypatch.context() as patch:
        patch.setattr(module, place, full)
        ran = night(few, warehouse)
    assert ran.status == FAILED and "the disk is full (in publish)" in ran.complaint
    assert state_of(warehouse) == before
    ran = night(few, warehouse)
    assert ran.status == PUBLISHED
    assert "cleared 1" in ran.err


def test_counts_that_do_not_add_up_publish_nothing_and_are_named(warehouse, night, few, monkeypatch):
    reconcile = STEPS["reconcile"]

    def tampered(night) -> None:
        night.engine.connection.execute("INSERT INTO refund SELECT * FROM refund LIMIT 1")
        reconcile(night)

    before = state_of(warehouse)
    with monkeypatch.context() as patch:
        patch.setitem(STEPS, "reconcile", tampered)
        ran = night(few, warehouse)
    assert ran.status == FAILED
    assert "reconciliation: one refund row for each enrollment and period" in ran.complaint
    assert state_of(warehouse) == before


def test_a_run_that_is_killed_publishes_nothing_and_is_swept_by_the_next(few, warehouse, night, key_file):
    before, runs = state_of(warehouse), runs_of(warehouse)
    arguments = [sys.executable, "-m", "flows", *arguments_of(few, warehouse)]
    variables = environment(ONECOVER_KEY_FILE=str(key_file))
    process = subprocess.Popen(arguments, cwd=CHECKOUT, env=variables, stderr=subprocess.PIPE, text=True)
    for line in process.stderr:
        if line.startswith("ingest"):
            break
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    assert state_of(warehouse) == before
    (dead,) = new_runs(warehouse, runs)
    assert json.loads((dead / "run.json").read_text())["state"] == "running"
    ran = night(few, warehouse)
    assert ran.status == PUBLISHED
    assert "cleared 1" in ran.err and not dead.exists()


def test_links_left_half_made_are_cleared(warehouse, night, few):
    (warehouse / ".link-current").symlink_to("nowhere")
    assert night(few, warehouse).status == PUBLISHED
    assert not (warehouse / ".link-current").is_symlink()
    assert (warehouse / "current" / "manifest.json").exists()


def test_a_replaced_run_is_read_on_until_the_next_night_sweeps_it(warehouse, night, few):
    """Whoever reads while a night is replaced reads to the end; the next night clears up."""
    (first,) = runs_of(warehouse)
    assert night(few, warehouse).status == PUBLISHED
    assert first.exists() and (warehouse / f"as_of={AS_OF}").resolve() != first.resolve()
    ran = night(few, warehouse, as_of=date(2026, 11, 23))
    assert ran.status == PUBLISHED
    assert "cleared 1 replaced or unfinished run(s)" in ran.err
    assert not first.exists()
    assert {p.resolve() for p in warehouse.glob("as_of=*")} == {run.resolve() for run in runs_of(warehouse)}


def test_an_older_night_does_not_become_the_current_one(warehouse, night, few):
    before = state_of(warehouse)
    assert night(few, warehouse, as_of=date(2026, 11, 20)).status == PUBLISHED
    after = state_of(warehouse)
    assert manifest_of(warehouse / "as_of=2026-11-20")["as_of"] == "2026-11-20"
    assert {name: told for name, told in after.items() if name in before} == before
    assert before["current"][0] == f"as_of={AS_OF}"


# nights that somebody set aside ----------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["as_of=2026-11-22.wrong", "as_of=old", "as_of=20261122", "as_of=2026-11-22.bak"])
def test_a_night_that_was_set_aside_is_none(warehouse, night, few, name):
    """The next night carries on the ledgers of the newest night; one that was set aside was found to be wrong."""
    before = manifest_of(warehouse / f"as_of={AS_OF}")
    (warehouse / f"as_of={AS_OF}").rename(warehouse / name)
    (aside,) = runs_of(warehouse)
    assert set(nights_in(warehouse)) == set()
    assert night(few, warehouse).status == PUBLISHED
    assert manifest_of(warehouse / "current") == before, "nothing was carried on"
    assert (warehouse / "current").readlink() == Path(f"as_of={AS_OF}")
    assert aside.exists(), "what a link names stays"
    for day in (23, 24):
        assert night(few, warehouse, as_of=date(2026, 11, day)).status == PUBLISHED
    with existing(warehouse) as kept:
        kept.prune(2)
    assert aside.exists() and (warehouse / name / "manifest.json").exists()


def real_folder(link: Path) -> None:
    """As `cp -rL` and `rsync -L` leave it."""
    run = link.resolve()
    link.unlink()
    shutil.copytree(run, link)


@pytest.mark.parametrize("name", ["current", f"as_of={AS_OF}"])
def test_a_folder_in_place_of_a_link_is_told_before_anything_is_read(warehouse, night, few, name):
    real_folder(warehouse / name)
    ran = night(few, warehouse)
    assert (ran.status, ran.out) == (FAILED, "")
    assert f"{name} is a folder" in ran.complaint and "Move it away" in ran.complaint and "ingest" not in ran.err
    (warehouse / name).rename(warehouse / "away")
    assert night(few, warehouse).status == PUBLISHED


def test_nights_that_are_folders_are_removed_with_the_others(warehouse, night, few):
    for day in (23, 24):
        assert night(few, warehouse, as_of=date(2026, 11, day)).status == PUBLISHED
    for day in (22, 23):
        real_folder(warehouse / f"as_of=2026-11-{day}")
    with existing(warehouse) as kept:
        kept.prune(2)
    assert [night.name for night in nights_in(warehouse).values()] == ["as_of=2026-11-23", "as_of=2026-11-24"]
    assert manifest_of(warehouse / "current")["as_of"] == "2026-11-24"


# what fails when the night is published already ------------------------------------------------------------------------
@pytest.mark.parametrize("json_lines", [False, True])
@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError(28, "full"), ValueError("x")])
def test_what_fails_after_the_switch_is_a_warning(warehouse, night, few, monkeypatch, error, json_lines):
    publish = STEPS["publish"]

    def publishes_and_fails(of) -> None:
        publish(of)
        raise error

    runs = runs_of(warehouse)
    with monkeypatch.context() as patch:
        patch.setitem(STEPS, "publish", publishes_and_fails)
        ran = night(few, warehouse, *["--json"] * json_lines)
    assert ran.status == PUBLISHED and "warning: " in ran.err and "nothing was published" not in ran.err
    assert [(warehouse / "current").resolve()] == [run.resolve() for run in new_runs(warehouse, runs)]
    if json_lines:
        assert json.loads(ran.out.splitlines()[-1])["state"] == "published"


def test_a_night_that_fails_is_not_taken_for_the_one_that_was_published_before(warehouse, night, few, monkeypatch):
    """By the same process, for the same day."""
    monkeypatch.setitem(STEPS, "publish", broken)
    assert night(few, warehouse).status == FAILED


def test_a_current_that_cannot_be_moved_is_a_warning(warehouse, night, few, monkeypatch):
    def full(self) -> bool:
        if self.runs.parent.joinpath("as_of=2026-11-23").exists():
            raise OSError(28, "No space left on device")
        return False

    with monkeypatch.context() as patch:
        patch.setattr(Warehouse, "_point_current", full)
        ran = night(few, warehouse, as_of=date(2026, 11, 23))
    assert ran.status == PUBLISHED and "the next run moves it" in ran.err
    assert "did not name the newest night" in night(few, warehouse).err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_who_does_not_listen_fails_no_night(tmp_path, few, key_file, stream):
    with Path("/dev/full").open("w") as full:
        others = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | {stream: full}
        arguments = [sys.executable, "-m", "flows", *arguments_of(few, tmp_path / "warehouse")]
        done = subprocess.run(arguments, cwd=CHECKOUT, env=environment(ONECOVER_KEY_FILE=str(key_file)), text=True, check=False, **others)
    assert done.returncode == PUBLISHED and (tmp_path / "warehouse" / "current").exists()


@pytest.mark.parametrize("command", ["{} 2>&-", "{} 2>/dev/full", "{} 2>&1 | head -c 1", "{} --json | head -1"])
def test_a_night_that_fails_without_a_listener_is_told_to_the_bureau_all_the_same(tmp_path, command):
    heard, inbox = tmp_path / "heard", tmp_path / "inbox"
    inbox.mkdir()
    variables = environment(ONECOVER_ON_FAILURE=f"tee {heard}", ONECOVER_KEY_FILE=str(tmp_path / "key"))
    night = f"'{sys.executable}' -m flows " + " ".join(arguments_of(inbox, tmp_path / "warehouse"))
    done = subprocess.run(
        ["bash", "-c", "set -o pipefail; " + command.format(night)],
        cwd=CHECKOUT,
        env=variables,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr and "Exception ignored" not in done.stderr
    assert done.returncode == 3 and "extract" in heard.read_text()


def test_a_path_that_the_terminal_cannot_spell_fails_no_night(tmp_path, few, key_file):
    variables = environment(ONECOVER_KEY_FILE=str(key_file), PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    warehouse = tmp_path / "仓库"
    arguments = [sys.executable, "-m", "flows", *arguments_of(few, warehouse)]
    done = subprocess.run(arguments, cwd=CHECKOUT, env=variables, capture_output=True, text=True, check=False)
    assert done.returncode == PUBLISHED and "\\u4ed3" in done.stdout, done.stderr


# asked to end -------------------------------------------------------------------------------------------------------------
ENDED_IN_A_QUERY = """
import os, signal, sys, threading
from pathlib import Path
from flows.__main__ import main
from flows.steps import STEPS
query = Path(sys.argv[1])
query.write_text("SELECT max(sqrt(range)) AS n FROM range(10000000000000)")
def endless(night):
    threading.Timer(1, os.kill, (os.getpid(), int(sys.argv[2]))).start()
    night.engine.build(str(query))
STEPS["facts"] = endless
sys.exit(main(sys.argv[3:]))
"""


@pytest.mark.parametrize("command", ["nightly", "backfill"])
@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_night_that_is_ended_inside_a_query_says_so_and_tells_the_bureau(tmp_path, few, key_file, sign, command):
    """The engine makes an error of its own of it."""
    heard, warehouse = tmp_path / "heard", tmp_path / "warehouse"
    arguments = arguments_of(few, warehouse)
    if command == "backfill":
        (tmp_path / "inboxes").mkdir()
        (tmp_path / "inboxes" / f"as_of={AS_OF}").symlink_to(few)
        days = ["--from", str(AS_OF), "--to", str(AS_OF), "--inboxes", str(tmp_path / "inboxes")]
        arguments = ["backfill", *days, "--warehouse", str(warehouse)]
    done = subprocess.run(
        [sys.executable, "-c", ENDED_IN_A_QUERY, str(tmp_path / "endless.sql"), str(int(sign)), *arguments],
        cwd=CHECKOUT,
        env=environment(ONECOVER_KEY_FILE=str(key_file), ONECOVER_ON_FAILURE=f"tee {heard}"),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == FAILED and "onecover: interrupted; nothing was published" in done.stderr, done.stderr
    assert "interrupted" in heard.read_text() and state_of(warehouse) == {}
    assert {p.name for p in runs_of(warehouse)[0].iterdir()} == {"run.json"}
