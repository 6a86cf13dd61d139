"""kill -9 at any moment: whoever reads the warehouse sees the last publication, whole, or the new one, whole; never a mixture.

Every death is looked at by a reader, and then by the next night, which is killed, too; the last one ends undisturbed and
gives the bytes of a night that nothing happened to.
"""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest
from dying import PLACES, STEPS, Nights
from inbox import AS_OF
from nights import CHECKOUT, arguments_of, dataset_digests, environment, manifest_of, runs_of

from flows.run_ledger import read_state
from flows.steps import STEPS as OF_NIGHT

YESTERDAY = date(2026, 11, 21)
QUICK = ("before ingest", "after retention", "before sync", "after link", "before link 2")


@pytest.fixture(scope="module")
def nights(key_file, tmp_path_factory) -> Nights:
    return Nights(key_file, tmp_path_factory.mktemp("said") / "said.txt")


@pytest.fixture(scope="module")
def undisturbed(few, nights, tmp_path_factory) -> tuple[Path, dict, dict, float]:
    """A warehouse with one night; the bytes of that night and of the next; how long a night takes."""
    warehouse = tmp_path_factory.mktemp("undisturbed") / "warehouse"
    nights.whole(arguments_of(few, warehouse, as_of=YESTERDAY))
    first = Path(shutil.copytree(warehouse, warehouse.with_name("first"), symlinks=True))
    seconds = nights.whole(arguments_of(few, warehouse))
    return first, seen(warehouse)[f"as_of={YESTERDAY}"], seen(warehouse)[f"as_of={AS_OF}"], seconds


def seen(warehouse: Path) -> dict:
    """What a reader finds behind each link: the bytes of every dataset, and the manifest less the version of the code."""
    links = [p for p in warehouse.iterdir() if p.is_symlink() and not p.name.startswith(".")]
    return {p.name: (dataset_digests(p), {**manifest_of(p), "code_version": ""}) for p in links}


def assert_whole(warehouse: Path, old: tuple, new: tuple, when: str) -> None:
    found = seen(warehouse)
    assert found[f"as_of={YESTERDAY}"] == old, when
    assert set(found) <= {f"as_of={YESTERDAY}", f"as_of={AS_OF}", "current"}, when
    assert found.get(f"as_of={AS_OF}", new) == new, when
    assert found["current"] in (old, new), when


@pytest.fixture
def warehouse(undisturbed, tmp_path) -> Path:
    return Path(shutil.copytree(undisturbed[0], tmp_path / "warehouse", symlinks=True))


def assert_next_night_clears_up(nights, few, warehouse, old, new) -> None:
    nights.whole(arguments_of(few, warehouse))
    assert_whole(warehouse, old, new, "the last")
    assert seen(warehouse)["current"] == new
    linked = {p.resolve() for p in warehouse.glob("as_of=*")}
    replaced = [run for run in runs_of(warehouse) if run.resolve() not in linked]
    assert [read_state(run) for run in replaced] in ([], ["published"]), "read to the end by whoever reads it now"
    assert not list(warehouse.rglob("work")) and not list(warehouse.glob(".link-*"))


def kill_at_places(places, few, warehouse, nights, undisturbed) -> None:
    _, old, new, _ = undisturbed
    first = Path(shutil.copytree(warehouse, warehouse.with_name("kept"), symlinks=True))
    for place in places:
        nights.killed_at(arguments_of(few, warehouse), place)
        assert_whole(warehouse, old, new, place)
        if (warehouse / f"as_of={AS_OF}").is_symlink():  # it died after the switch: from here every night would be a repetition
            nights.whole(arguments_of(few, warehouse))
            assert seen(warehouse)["current"] == new, place
            shutil.rmtree(warehouse)
            shutil.copytree(first, warehouse, symlinks=True)
    assert_next_night_clears_up(nights, few, warehouse, old, new)


def kill_at_moments(count: int, few, warehouse, nights, undisturbed) -> int:
    """Kill nights until ``count`` were killed before their end, or four times as many were tried; returns how many were."""
    _, old, new, seconds = undisturbed
    chance, killed, moment = random.Random(20261122), 0, 0.0
    for n in range(4 * count):
        if killed == count:
            break
        moment, begun = chance.uniform(0, 1.1 * seconds), time.monotonic()
        was_killed = nights.killed_after(arguments_of(few, warehouse), moment) == -signal.SIGKILL
        killed += was_killed
        seconds = max(seconds, moment) if was_killed else time.monotonic() - begun  # how long a night takes changes with the machine
        assert_whole(warehouse, old, new, f"kill {n} after {moment:.3f} s")
    assert_next_night_clears_up(nights, few, warehouse, old, new)
    return killed


def test_a_night_that_dies_at_a_place_that_matters_leaves_whole_nights(few, warehouse, nights, undisturbed):
    kill_at_places(QUICK, few, warehouse, nights, undisturbed)


def test_nights_killed_at_a_few_moments_leave_whole_nights(few, warehouse, nights, undisturbed):
    assert kill_at_moments(4, few, warehouse, nights, undisturbed) == 4


@pytest.mark.long
def test_a_night_that_dies_at_every_place_leaves_whole_nights(few, warehouse, nights, undisturbed):
    assert set(QUICK) <= set(PLACES) and len(STEPS) == 2 * len(OF_NIGHT) and len(PLACES) > 50
    kill_at_places(PLACES, few, warehouse, nights, undisturbed)


@pytest.mark.long
def test_nights_killed_at_sixty_moments_leave_whole_nights(few, warehouse, nights, undisturbed):
    assert kill_at_moments(60, few, warehouse, nights, undisturbed) == 60


def test_the_next_night_says_what_it_found(few, warehouse, nights):
    nights.killed_at(arguments_of(few, warehouse), "before facts")
    (warehouse / "current").unlink()
    (warehouse / "current").symlink_to("as_of=2020-01-01")
    nights.whole(arguments_of(few, warehouse))
    said = nights.said.read_text(encoding="utf-8")
    assert "cleared 2 replaced or unfinished run(s)" in said
    assert "(cut off in facts)" in said and "current, which did not name the newest night" in said


def test_the_workers_of_a_killed_night_end_with_it(few, tmp_path, key_file):
    """They would wait for work for ever, with rows of people in their memory."""
    code = (
        "import sys, flows.ingest as i\n"
        "i.WORTH_PROCESSES = 0\n"
        "from flows.__main__ import main\n"
        "if __name__ == '__main__': sys.exit(main(sys.argv[1:]))\n"
    )
    (tmp_path / "many.py").write_text(code)
    variables = environment(ONECOVER_KEY_FILE=str(key_file), PYTHONPATH=str(CHECKOUT))
    command = [sys.executable, str(tmp_path / "many.py"), *arguments_of(few, tmp_path / "warehouse")]
    night = subprocess.Popen(
        command, cwd=CHECKOUT, env=variables, start_new_session=True, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    try:
        assert waited(lambda: len(of_session(night.pid)) >= 3), "there are workers"
        night.kill()
        night.wait(30)
        assert waited(lambda: not of_session(night.pid))
    finally:
        for pid in of_session(night.pid):
            os.kill(pid, signal.SIGKILL)


def waited(holds, seconds: float = 60) -> bool:
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def of_session(session: int) -> list[int]:
    """The processes of a session that are not mere remains."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, _, sid = path.read_text().rpartition(")")[2].split()[:4]
        except OSError:
            continue
        if int(sid) == session and state != "Z":
            found.append(int(path.parent.name))
    return found
