"""What the machine may do to a night: each ends in one line that says what and what to do, and the last publication stays."""

import errno
import os
import re
import resource
import shutil
import subprocess
import sys
from concurrent.futures.process import BrokenProcessPool
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import polars as pl
import pytest
from nights import CHECKOUT, FAILED, LOCKED, PUBLISHED, arguments_of, dataset_digests, environment, manifest_of, runs_of, state_of

from flows import nightly, trouble
from flows.errors import NightError, PassingTrouble
from flows.steps import STEPS
from flows.warehouse import Warehouse
from transforms.engine import Engine

YESTERDAY = date(2026, 11, 21)
SECRET = "379901199003070019"
#: What a file takes of a small disk at least, in bytes.
PAGE = resource.getpagesize()


@pytest.fixture(scope="module")
def first_night(few, night, tmp_path_factory) -> Path:
    warehouse = tmp_path_factory.mktemp("first") / "warehouse"
    assert night(few, warehouse, as_of=YESTERDAY).status == PUBLISHED
    return warehouse


@pytest.fixture
def warehouse(first_night, tmp_path) -> Path:
    return Path(shutil.copytree(first_night, tmp_path / "warehouse", symlinks=True))


# a disk that is full ----------------------------------------------------------------------------------------------------
def limited(arguments: list[str], key_file: Path, limit: int) -> subprocess.CompletedProcess:
    """A night that may write no file of more than ``limit`` bytes."""
    return subprocess.run(
        [sys.executable, "-m", "flows", *arguments],
        cwd=CHECKOUT,
        env=environment(ONECOVER_KEY_FILE=str(key_file)),
        text=True,
        capture_output=True,
        timeout=300,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )


@pytest.mark.parametrize("limit", [200, 9000])
def test_files_that_may_not_grow_fail_in_one_line(few, warehouse, night, key_file, limit):
    """In the ledger, while reading, or while publishing."""
    before = state_of(warehouse)
    ran = limited(arguments_of(few, warehouse), key_file, limit)
    complaints = [line for line in ran.stderr.splitlines() if line.startswith("onecover:")]
    assert ran.returncode == FAILED and len(complaints) == 1 and "Traceback" not in ran.stderr, ran.stderr
    assert "a file grows beyond the limit that is set for this user" in complaints[0] and "ulimit" in complaints[0]
    assert state_of(warehouse) == before
    assert night(few, warehouse).status == PUBLISHED


def test_an_array_that_was_written_in_part_is_a_full_disk():
    """numpy raises an OSError without a number."""
    kind, what, remedy = trouble.recognized(OSError("13054 requested and 6229 written"))
    assert kind is NightError and "the disk is full" in what and "--warehouse" in remedy


@pytest.fixture
def small_disk(tmp_path):
    """`small_disk(of, room)`: a folder that holds what the folder ``of`` does and ``room`` more bytes."""
    made = []

    def make(of: Path, room: int) -> Path:
        folder = tmp_path / f"disk-{room}"
        folder.mkdir()
        size = room + sum(-(-p.stat().st_size // PAGE) * PAGE for p in of.rglob("*") if p.is_file() and not p.is_symlink())
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)], capture_output=True, check=False)
        if done.returncode:
            pytest.skip("a small disk can only be mounted by root")
        made.append(folder)
        return folder

    yield make
    for folder in made:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)  # a night that failed may hold a file a little longer


@pytest.mark.parametrize("room", [60_000, 160_000, 180_000])
def test_a_disk_that_runs_full_fails_in_one_line_and_the_next_night_goes_on(few, first_night, small_disk, night, room):
    """While reading, between two steps, and while publishing."""
    warehouse = Path(shutil.copytree(first_night, small_disk(first_night, room) / "warehouse", symlinks=True))
    before = state_of(warehouse)
    ran = night(few, warehouse)
    assert (ran.status, ran.out) == (FAILED, "")
    assert "the disk is full" in ran.complaint and "make prune" in ran.complaint
    assert state_of(warehouse) == before
    subprocess.run(["mount", "-o", "remount,size=20m", str(warehouse.parent)], check=True)
    ran = night(few, warehouse)
    assert ran.status == PUBLISHED and "cleared 1" in ran.err


# a warehouse that goes away -------------------------------------------------------------------------------------------
def during(step: str, what, monkeypatch) -> None:
    """Do ``what`` just before a step."""
    real = STEPS[step]

    def meddled(of) -> None:
        what()
        real(of)

    monkeypatch.setitem(STEPS, step, meddled)


@pytest.mark.parametrize("step", ["ingest", "publish", *(pytest.param(s, marks=pytest.mark.long) for s in ("facts", "consequences"))])
def test_a_warehouse_that_vanishes_fails_in_one_line(few, warehouse, night, monkeypatch, step):
    during(step, lambda: shutil.rmtree(warehouse), monkeypatch)
    ran = night(few, warehouse)
    assert (ran.status, ran.out) == (FAILED, "")
    assert "vanished" in ran.complaint or "removed or replaced" in ran.complaint


def test_a_warehouse_that_is_replaced_while_the_night_runs_gets_no_publication(few, warehouse, night, monkeypatch):
    def replace() -> None:
        (warehouse / ".lock").unlink()
        (warehouse / ".lock").touch()

    during("publish", replace, monkeypatch)
    before = state_of(warehouse)
    ran = night(few, warehouse)
    assert ran.status == FAILED and "was removed or replaced while the night ran" in ran.complaint
    assert state_of(warehouse) == before


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_run_folder_that_may_not_be_written_fails_in_one_line(few, warehouse, night):
    (warehouse / ".runs").chmod(0o500)
    ran = night(few, warehouse)
    (warehouse / ".runs").chmod(0o755)
    assert ran.status == FAILED and "owner and the modes" in ran.complaint


def test_two_runs_at_once(few, warehouse, night):
    before = state_of(warehouse)
    with Warehouse(warehouse):
        ran = night(few, warehouse)
    assert ran.status == LOCKED and "another run holds the warehouse" in ran.complaint
    assert state_of(warehouse) == before


# an extract that changes while it is read --------------------------------------------------------------------------------
DEATH = Path("civil_affairs/death_20261122.parquet")


def appended(inbox: Path) -> None:
    rows = pl.read_parquet(inbox / DEATH)
    pl.concat([rows, rows]).write_parquet(inbox / DEATH)


def replaced_with_old_times(inbox: Path) -> None:
    """As synchronizing tools do: same size, same time of writing, other bytes."""
    path = inbox / DEATH
    times, data = path.stat(), path.read_bytes()
    path.write_bytes(data[:-1] + b"1")
    path.write_bytes(data)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


def removed(inbox: Path) -> None:
    (inbox / DEATH).unlink()


def one_more(inbox: Path) -> None:
    shutil.copy(inbox / DEATH, inbox / "civil_affairs" / "death_20261122_2.parquet")


@pytest.mark.parametrize(
    ("change", "told"),
    [(appended, "it changed"), (replaced_with_old_times, "it changed"), (removed, "it vanished"), (one_more, "it arrived")],
)
def test_an_extract_that_changes_while_it_is_read_stops_the_night(inbox, warehouse, night, monkeypatch, change, told):
    import flows.ingest_step as reading

    real = reading._read_extracts

    def meddled(of) -> None:
        real(of)
        change(inbox)

    before = state_of(warehouse)
    with monkeypatch.context() as patch:
        patch.setattr(reading, "_read_extracts", meddled)
        ran = night(inbox, warehouse)
    assert (ran.status, ran.out) == (FAILED, "")
    assert f"{told} while the extracts were read" in ran.complaint and "civil_affairs/death_20261122" in ran.complaint
    assert state_of(warehouse) == before


def test_a_file_that_cannot_be_read_because_it_still_arrives_is_told_as_such(inbox, warehouse, night, monkeypatch):
    import flows.ingest_step as reading

    real = reading.Ingest

    def meddled(extract, *more):
        if extract.name == "contribution":
            (inbox / DEATH).write_bytes((inbox / DEATH).read_bytes()[:-20])
            raise _unreadable(extract)
        return real(extract, *more)

    with monkeypatch.context() as patch:
        patch.setattr(reading, "Ingest", meddled)
        ran = night(inbox, warehouse)
    assert "civil_affairs/death_20261122.parquet: it changed while the extracts were read" in ran.complaint


def _unreadable(extract):
    from flows.errors import UnreadableFile

    return UnreadableFile(extract.folder, "row 3", "whole rows")


# clocks --------------------------------------------------------------------------------------------------------------------
def test_a_clock_that_stands_still_or_jumps_changes_no_byte(few, warehouse, night, monkeypatch):
    start = datetime(2026, 11, 22, 2, tzinfo=UTC)
    moments = iter([start, start, start - timedelta(days=4000)])
    monkeypatch.setattr(nightly, "now", lambda: next(moments))
    bytes_ = []
    for _ in range(3):
        ran = night(few, warehouse)
        assert ran.status == PUBLISHED, ran.err
        bytes_.append(dataset_digests(warehouse / "current"))
    assert bytes_ == [bytes_[0]] * 3
    assert {p.resolve() for p in warehouse.glob("as_of=*")} <= {r.resolve() for r in runs_of(warehouse)}


# a last publication that is damaged -----------------------------------------------------------------------------------------
def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-3])


def one_bit(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


DAMAGE = [
    ("manifest.json", cut),
    ("manifest.json", Path.unlink),
    ("manifest.json", lambda p: p.write_text("[]")),
    ("terminations/part-0.parquet", one_bit),
    ("subsidy_deductions/part-0.parquet", cut),
    ("restricted/persons/part-0.parquet", Path.unlink),
    ("overlaps/part-0.parquet", cut),
]


@pytest.mark.parametrize(("file", "damage"), DAMAGE, ids=lambda d: d if isinstance(d, str) else getattr(d, "__name__", ""))
def test_a_night_does_not_go_on_from_a_damaged_one(few, warehouse, night, file, damage):
    """What was deducted before stands there: going on without it would deduct it twice."""
    damage(warehouse / "current" / file)
    ran = night(few, warehouse)
    assert (ran.status, ran.out) == (FAILED, "")
    assert f"the publication of {YESTERDAY} is damaged: {file}" in ran.complaint and f"--as-of {YESTERDAY}" in ran.complaint


def test_a_damaged_night_that_is_published_again_is_gone_on_from(few, warehouse, night):
    sound = dataset_digests(warehouse / "current")
    cut(warehouse / "current" / "terminations" / "part-0.parquet")
    assert night(few, warehouse, as_of=YESTERDAY).status == PUBLISHED
    assert dataset_digests(warehouse / "current") == sound
    assert night(few, warehouse).status == PUBLISHED


def test_a_link_that_leads_nowhere_is_a_damaged_night(few, warehouse, night):
    (run,) = runs_of(warehouse)
    shutil.rmtree(run)
    ran = night(few, warehouse)
    assert ran.status == FAILED and f"the publication of {YESTERDAY} is damaged: manifest.json" in ran.complaint


def test_the_manifest_tells_the_bytes_of_every_dataset(warehouse):
    files = manifest_of(warehouse / "current")["files"]
    assert {name: told["sha256"] for name, told in files.items()} == dataset_digests(warehouse / "current")


# what is told ----------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("error", "kind", "told"),
    [
        (OSError(errno.ENOSPC, "No space"), NightError, "the disk is full"),
        (OSError(f"[Errno 28] Error writing bytes {SECRET}. Detail: No space left on device"), NightError, "the disk is full"),
        (duckdb.IOException(f"Could not write file {SECRET}: No space left on device"), NightError, "the disk is full"),
        (pl.exceptions.ComputeError(f"{SECRET}: No space left on device (os error 28)"), NightError, "the disk is full"),
        (OSError(errno.EDQUOT, "Quota"), NightError, "the disk quota is used up"),
        (OSError(errno.EROFS, "ro"), NightError, "read-only"),
        (OSError(errno.EMFILE, "open"), NightError, "too many files are open"),
        (OSError(errno.EIO, "io"), PassingTrouble, "fails to read or write"),
        (OSError(errno.ESTALE, "stale"), PassingTrouble, "a network folder went away"),
        (PermissionError(errno.EACCES, "x"), PassingTrouble, "may not be read or written"),
        (FileNotFoundError(errno.ENOENT, "x"), PassingTrouble, "vanished"),
        (BrokenProcessPool("A process in the process pool was terminated abruptly"), PassingTrouble, "a worker process was killed"),
        (MemoryError(SECRET), NightError, "the memory does not hold"),
        (duckdb.OutOfMemoryException("failed to allocate"), NightError, "the memory does not hold"),
        (duckdb.OutOfMemoryException("failed to offload: max_temp_directory_size"), NightError, "neither the memory nor the disk"),
    ],
)
def test_what_the_machine_did_is_told_in_one_line_and_never_in_a_librarys_words(error, kind, told):
    with pytest.raises(kind) as raised, trouble.told(lambda: "facts"):
        raise error
    assert type(raised.value) is kind and told in str(raised.value) and "(in facts)" in str(raised.value)
    assert SECRET not in str(raised.value) and "\n" not in str(raised.value)
    assert re.search(r" stays\. [A-Z][^.:]+, then run the night again$", str(raised.value)), "first the remedy, then the night"


def test_it_is_told_at_which_table_the_memory_ran_out(few, tmp_path, night, monkeypatch):
    build = Engine.build

    def runs_out(self, path, *more, **named):
        if path == "activity/payment.sql":
            raise duckdb.OutOfMemoryException("failed to pin block")
        return build(self, path, *more, **named)

    monkeypatch.setattr(Engine, "build", runs_out)
    assert "the memory does not hold what the night works with (in activity, at payment)" in night(few, tmp_path / "warehouse").complaint


def test_a_fault_of_ours_is_not_told_as_the_machines():
    with pytest.raises(ValueError), trouble.told(lambda: "facts"):
        raise ValueError("ours")


# what may not be read, and names that are patterns ---------------------------------------------------------------------------
def test_a_folder_of_the_inbox_that_may_not_be_read_is_no_department_without_files(inbox, tmp_path, night, monkeypatch):
    real = Path.iterdir

    def closed(self):
        if self.name == "tax":
            raise PermissionError(errno.EACCES, "Permission denied")
        return real(self)

    monkeypatch.setattr(Path, "iterdir", closed)
    ran = night(inbox, tmp_path / "new")
    assert ran.status == FAILED and f"the folder {inbox / 'tax'} of the inbox may not be read" in ran.complaint


def test_an_earlier_night_that_may_not_be_read_is_not_told_to_be_damaged(few, warehouse, night, monkeypatch):
    def closed(*_):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr("flows.warehouse.is_as_published", closed)
    ran = night(few, warehouse)
    assert ran.status == FAILED and "may not be read" in ran.complaint and "damaged" not in ran.complaint


def test_a_warehouse_whose_name_is_a_pattern_is_a_folder_like_any_other(few, tmp_path, night):
    warehouse = tmp_path / "w[1]*?"
    for day in (YESTERDAY, YESTERDAY + timedelta(days=1)):
        ran = night(few, warehouse, as_of=day)
        assert ran.status == PUBLISHED, ran.err
