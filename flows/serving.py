"""``python -m flows serve``: a Prefect server, its worker and the schedule of prefect.yaml, on this machine, until it is ended.

Nothing is sent anywhere and nothing is fetched: telemetry is off, the page comes with the library. The server listens on
127.0.0.1 alone: it has no passwords.
"""

import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from contextlib import contextmanager
from pathlib import Path

from flows.disk import make_private
from flows.errors import NightError
from flows.settings import CHECKOUT, environment_with

POOL = "onecover"
SECONDS_TO_START = 180


def serve(inbox: Path, warehouse: Path, policy_id: str, port: int, home: Path) -> None:
    """Returns when the server or the worker ends; raises NightError where one of them does not start."""
    variables = environment_with(
        PREFECT_HOME=str(make_private(home.resolve())),
        PREFECT_API_URL=f"http://127.0.0.1:{port}/api",
        PREFECT_SERVER_API_HOST="127.0.0.1",
        PREFECT_SERVER_API_PORT=str(port),
        PREFECT_SERVER_ANALYTICS_ENABLED="false",
        PREFECT_TELEMETRY_ENABLE_RESOURCE_METRICS="false",
        PREFECT_CLOUD_ENABLE_ORCHESTRATION_TELEMETRY="false",
        DO_NOT_TRACK="1",
        ONECOVER_INBOX=str(inbox.resolve()),
        ONECOVER_WAREHOUSE=str(warehouse.resolve()),
        ONECOVER_POLICY=policy_id,
    )
    with _running(variables, "server", "start") as server:
        _wait_for(server, f"http://127.0.0.1:{port}/api/health", home)
        _prefect(variables, "work-pool", "create", POOL, "--type", "process", "--overwrite")
        _prefect(variables, "work-pool", "set-concurrency-limit", POOL, "1")
        _prefect(variables, "deploy", "--all")
        with _running(
            variables, "worker", "start", "--pool", POOL, "--type", "process", "--limit", "1", "--install-policy", "never"
        ) as worker:
            print(f"http://127.0.0.1:{port} shows the nights; the schedule stands in prefect.yaml. End with Ctrl-C.", flush=True)
            while server.poll() is None and worker.poll() is None:
                time.sleep(1)
    raise NightError("the Prefect server or its worker has ended; its own words stand above. Start it again with make serve")


@contextmanager
def _running(variables: Mapping[str, str], *words: str):
    """A Prefect process, ended with this one."""
    process = subprocess.Popen([sys.executable, "-m", "prefect", *words], cwd=CHECKOUT, env=variables)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for(server: subprocess.Popen, address: str, home: Path) -> None:
    until = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    raise NightError(f"the Prefect server does not answer at {address}; is the port taken (serve --port), or {home} not writable?")


def _prefect(variables: Mapping[str, str], *words: str) -> None:
    """A command of Prefect that ends by itself."""
    done = subprocess.run(
        [sys.executable, "-m", "prefect", "--no-prompt", *words], cwd=CHECKOUT, env=variables, text=True, capture_output=True, check=False
    )
    if done.returncode:
        raise NightError(f"prefect {' '.join(words[:2])} failed: {done.stderr.strip() or done.stdout.strip()}")
