"""The same night under Prefect: the same bytes, a task per step, and not a word about a person.

One server for all tests of this file, on a port and a database of its own; it is gone when they are done.
"""

import socket
import subprocess
import sys
from datetime import date
from urllib.parse import urlparse

import pytest
from inbox import AS_OF
from nights import (
    CHECKOUT,
    FAILED,
    PUBLISHED,
    STOPPED,
    Ran,
    arguments_of,
    checks_of,
    dataset_digests,
    environment,
    found_in,
    manifest_of,
    personal_values,
    run_command,
    run_here,
    runs_of,
    state_of,
)
from prefect.client.orchestration import get_client
from prefect.settings import PREFECT_API_URL
from prefect.testing.utilities import prefect_test_harness

from flows.steps import STEPS

SECRET = "379901199003070019"


@pytest.fixture(scope="module")
def server():
    """The address of a Prefect server."""
    with prefect_test_harness(server_startup_timeout=180):
        url = PREFECT_API_URL.value()
        yield url
    place = urlparse(url)
    with socket.socket() as probe:
        assert probe.connect_ex((place.hostname, place.port)) != 0, "the server outlives its tests"


@pytest.fixture(scope="module")
def orchestrated(server, few, key_file, tmp_path_factory):
    """A night under Prefect."""
    warehouse = tmp_path_factory.mktemp("orchestrated") / "warehouse"
    return run_command(arguments_of(few, warehouse), ONECOVER_KEY_FILE=str(key_file), PREFECT_API_URL=server), warehouse


def told_to_the_server() -> str:
    """Everything the server knows: flow runs and task runs with their states, logs, artifacts."""
    with get_client(sync_client=True) as client:
        everything = [*client.read_flow_runs(), *client.read_task_runs(), *client.read_logs(), *client.read_artifacts()]
    return "\n".join(item.model_dump_json() for item in everything)


def test_the_night_is_published_with_the_same_bytes_as_in_process(orchestrated, few, tmp_path, night):
    ran, warehouse = orchestrated
    assert ran.status == PUBLISHED, ran.err
    assert night(few, tmp_path / "warehouse").status == PUBLISHED
    assert dataset_digests(warehouse / "current") == dataset_digests(tmp_path / "warehouse" / "current")
    assert manifest_of(warehouse / "current") == manifest_of(tmp_path / "warehouse" / "current")


def test_every_step_is_a_task_in_business_order_of_one_flow(orchestrated):
    with get_client(sync_client=True) as client:
        (flow_run,) = [r for r in client.read_flow_runs() if r.name == f"nightly-{AS_OF}-national"]
        tasks = [t for t in client.read_task_runs() if t.flow_run_id == flow_run.id]
        flow = client.read_flow(flow_run.flow_id)
    assert flow.name == "nightly" and flow_run.state.is_completed()
    assert [t.name.rpartition("-")[0] for t in sorted(tasks, key=lambda t: t.start_time)] == list(STEPS)
    assert all(t.state.is_completed() for t in tasks)
    assert flow_run.parameters == {}
    with get_client(sync_client=True) as client:
        left = {artifact.key: artifact.data for artifact in client.read_artifacts() if artifact.flow_run_id == flow_run.id}
    assert (
        set(left) == {"read", "published"}
        and '"extract": "enrollment"' in left["read"]
        and '"dataset": "terminations"' in left["published"]
    )


def test_the_server_learns_nothing_about_a_person(orchestrated, few):
    told = told_to_the_server()
    assert len(told) > 1000
    assert found_in(told, personal_values(few)) == set()


def test_a_data_gate_exits_3_in_one_line_without_a_trace_and_leaves_its_checks(server, few, tmp_path, key_file):
    warehouse = tmp_path / "warehouse"
    arguments = arguments_of(few, warehouse, as_of=date(2026, 12, 22))
    ran = run_command(arguments, ONECOVER_KEY_FILE=str(key_file), PREFECT_API_URL=server)
    assert ran.status == STOPPED
    assert "extract_stale of enrollment: 30, expected <= 7" in ran.complaint
    assert state_of(warehouse) == {}
    (stopped,) = runs_of(warehouse)
    assert checks_of(stopped)["enrollment", "extract_stale"]["status"] == "fail"


def test_a_failure_that_quotes_a_row_is_told_neither_to_the_terminal_nor_to_the_server(server, few, tmp_path, key_file, monkeypatch, capfd):
    """Libraries quote the value they could not read; in process only the kind of the error is told."""

    def broken(_) -> None:
        raise ValueError(f"Conversion Error: could not read {SECRET}")

    monkeypatch.setitem(STEPS, "facts", broken)
    ran = run_here(arguments_of(few, tmp_path / "warehouse"), ONECOVER_KEY_FILE=str(key_file), PREFECT_API_URL=server)
    said = ran.err + "".join(capfd.readouterr())
    assert ran.status == FAILED
    assert "ValueError" in Ran(ran.status, ran.out, ran.err).complaint
    assert SECRET not in said
    assert SECRET not in told_to_the_server()


# without a server -----------------------------------------------------------------------------------------------------
def test_without_an_address_the_night_knows_no_orchestrator():
    """So that the command starts at once and works where no server is."""
    look = "import sys, flows.__main__, flows.nightly; sys.exit('prefect' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", look], cwd=CHECKOUT, env=environment(), check=False).returncode == 0


def test_a_night_whose_records_are_not_taken_is_published(server, few, tmp_path, key_file):
    """The server ends while the night runs: what Prefect raises at its end is no failure of the night."""
    killed = "import httpx, flows.orchestrated as o\ndef gone(*a, **k): raise httpx.ConnectError('gone')\n"
    script = (
        f"{killed}from flows.steps import STEPS\nfrom prefect.client.orchestration import SyncPrefectClient as C\n"
        "publish = STEPS['publish']\n"
        "def last(night):\n    publish(night)\n    C.set_flow_run_state = C.create_artifact = C.read_artifacts = gone\n"
        "STEPS['publish'] = last\nimport sys\nfrom flows.__main__ import main\nsys.exit(main(sys.argv[1:]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments_of(few, tmp_path / "warehouse")],
        cwd=CHECKOUT,
        env=environment(ONECOVER_KEY_FILE=str(key_file), PREFECT_API_URL=server),
        text=True,
        capture_output=True,
        check=False,
    )
    assert done.returncode == PUBLISHED and "nothing was published" not in done.stderr, done.stderr
    assert "has not taken all records" in done.stderr and (tmp_path / "warehouse" / "current").exists()


@pytest.mark.parametrize("address", ["http://[", "http://127.0.0.1:port/api"])
def test_an_address_that_is_none_is_told_in_one_line(few, tmp_path, address):
    ran = run_here(arguments_of(few, tmp_path / "warehouse"), PREFECT_API_URL=address)
    assert ran.status == FAILED and "PREFECT_API_URL is no address" in ran.complaint and not (tmp_path / "warehouse").exists()


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/api", "nonsense", "http://me:secret@127.0.0.1:9/api"])
def test_a_server_that_does_not_answer_is_told_in_one_line_before_the_night(few, tmp_path, key_file, address):
    ran = run_command(arguments_of(few, tmp_path / "warehouse"), ONECOVER_KEY_FILE=str(key_file), PREFECT_API_URL=address)
    assert ran.status == FAILED and "does not answer" in ran.complaint and "unset" in ran.complaint.lower()
    assert "secret" not in ran.err and not (tmp_path / "warehouse").exists()
