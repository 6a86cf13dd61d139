"""A night needs no network: cut off from it, it publishes the same bytes, and nothing in it so much as tries to reach out."""

import subprocess
import sys
from pathlib import Path

import pytest
from nights import CHECKOUT, PUBLISHED, SAMPLE, arguments_of, dataset_digests, environment

#: Written into a folder of PYTHONPATH: every process of the night notes whom it wants to reach, and is refused.
WATCHER = """
import os, sys

def watch(event, arguments):
    if event == "socket.connect":
        address = arguments[1]
        if isinstance(address, tuple) and not str(address[0]).startswith(("127.", "::1", "localhost")):
            note(f"{event} {address}")
    elif event == "socket.getaddrinfo" and arguments[0] not in (None, "", "localhost", "127.0.0.1", "::1"):
        note(f"{event} {arguments[0]}")

def note(what):
    with open(os.environ["ONECOVER_TEST_REACHED"], "a") as told:
        told.write(what + "\\n")
    raise OSError("no network here")

sys.addaudithook(watch)
"""


@pytest.fixture
def cut_off(tmp_path, key_file):
    """`cut_off(command)`: how a command ends in a network namespace of its own where the machine lets us, and whom it tried to reach."""
    (tmp_path / "watcher").mkdir()
    (tmp_path / "watcher" / "sitecustomize.py").write_text(WATCHER)
    reached = tmp_path / "reached.txt"
    variables = {"PYTHONPATH": str(tmp_path / "watcher"), "ONECOVER_TEST_REACHED": str(reached), "ONECOVER_KEY_FILE": str(key_file)}

    def run(command: list[str]) -> tuple[subprocess.CompletedProcess, list[str]]:
        done = subprocess.run(
            [*namespace(), *command], cwd=CHECKOUT, env=environment(**variables), capture_output=True, text=True, timeout=300, check=False
        )
        return done, reached.read_text().splitlines() if reached.exists() else []

    return run


def namespace() -> list[str]:
    """What runs a command without any network interface that is up; nothing where the machine does not permit it."""
    for ask in (["unshare", "--net"], ["unshare", "--net", "--map-root-user"]):
        try:
            if subprocess.run([*ask, "true"], capture_output=True, check=False).returncode == 0:
                return [*ask, "--"]
        except OSError:
            pass
    return []


REACHING = "import socket; socket.create_connection(('192.0.2.1', 80), timeout=1)"


@pytest.mark.long
def test_who_reaches_out_is_noticed(cut_off):
    done, reached = cut_off([sys.executable, "-c", REACHING])
    assert done.returncode != 0 and reached


@pytest.mark.long
def test_a_night_without_a_network_publishes_the_same_bytes_and_reaches_for_nobody(cut_off, tmp_path, night):
    done, reached = cut_off([sys.executable, "-m", "flows", *arguments_of(SAMPLE, tmp_path / "warehouse")])
    assert (done.returncode, reached) == (PUBLISHED, []), done.stderr
    assert night(SAMPLE, tmp_path / "connected").status == PUBLISHED
    assert dataset_digests(tmp_path / "warehouse" / "current") == dataset_digests(tmp_path / "connected" / "current")


@pytest.mark.long
@pytest.mark.parametrize("command", [["explain", "5000000000000006"], ["policy-check"]])
def test_other_commands_reach_for_nobody(cut_off, published, command):
    more = ["--warehouse", str(published)] if command[0] == "explain" else []
    done, reached = cut_off([sys.executable, "-m", "flows", *command, *more])
    assert (done.returncode, reached) == (PUBLISHED, []), done.stderr


def test_pages_load_nothing_from_elsewhere(published):
    """The report and the page of checks are whole by themselves."""
    pages = sorted((published / "current" / "report").glob("*.html"))
    assert len(pages) >= 2
    for page in pages:
        text = Path(page).read_text(encoding="utf-8")
        assert "default-src 'none'" in text
        assert not [tag for tag in ("<script", "<link", "<iframe", "@import", "url(") if tag in text]
