"""The same night as a Prefect flow with a task per step; Prefect sees names, counts and one-line reasons, never a row."""

from collections.abc import Callable
from contextlib import suppress

from prefect import flow, task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.orchestration import get_client
from prefect.states import Failed, State

from flows.errors import NightError, PassingTrouble
from flows.night import Night
from flows.progress import warn
from flows.settings import Settings, prefect_address


def under_prefect(night: Callable[[Callable], Night], settings: Settings) -> Night:
    """Run ``night`` as the flow `nightly`; every step it hands to the runner becomes a task of that name.

    A failure becomes a failed state with its one-line reason, and is raised again outside: Prefect logs and keeps whatever
    is raised inside of it, and the message of a library may quote a row. A night that has finished is published, whatever
    becomes of its records: the server may have ended meanwhile.
    """
    _check_answers()
    finished: list[Night] = []
    failed: list[Exception] = []

    def runner(name: str, step: Callable[[], None]) -> None:
        @task(name=name, cache_policy=NO_CACHE, persist_result=False)
        def run_step() -> State | None:
            return _told(lambda: done.append(step()), failed)

        done: list[None] = []
        try:
            run_step(return_state=True)
        except Exception:
            if not (done or failed):
                raise
        if failed:
            raise failed[0]

    @flow(name="nightly", flow_run_name=f"nightly-{settings.as_of}-{settings.policy_id}", persist_result=False)
    def nightly() -> State | None:
        state = _told(lambda: finished.append(night(runner)), failed)
        if finished:
            with suppress(Exception):
                _leave_counts(finished[0])
        return state

    try:
        nightly(return_state=True)
    except Exception:
        if not (finished or failed):
            raise
        warn("the Prefect server has not taken all records of this night; see whether it still runs")
    if failed:
        raise failed[0]
    return finished[0]


def _check_answers() -> None:
    """Raises PassingTrouble where no server answers: Prefect's own words for that come late, and are a page long."""
    with suppress(Exception), get_client(sync_client=True) as client:
        if client.api_healthcheck() is None:
            return
    raise PassingTrouble(
        f"the Prefect server at {prefect_address()} does not answer; nothing was published. Unset PREFECT_API_URL, or start it with make serve"
    )


def _leave_counts(night: Night) -> None:
    """What came in and what went out, as artifacts of the run."""
    read = [
        {
            "extract": name,
            "files": len(done.files),
            "rows": done.tally.rows,
            "accepted": done.tally.accepted,
            "quarantined": done.tally.quarantined,
        }
        for name, done in night.ingested.items()
    ]
    create_table_artifact(read, key="read", description="Rows of every extract. 各数据来源的行数。")
    written = [{"dataset": name, "rows": rows} for name, rows in night.published.items()]
    create_table_artifact(written, key="published", description="Rows of every dataset. 各结果表的行数。")


def _told(work: Callable[[], None], failed: list[Exception]) -> State | None:
    """Do ``work``; a failure is kept in ``failed`` and told as a state."""
    try:
        work()
    except Exception as error:
        failed.append(error)
        return Failed(message=str(error) if isinstance(error, NightError) else type(error).__name__)
    return None
