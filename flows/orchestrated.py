"""The same night as a Prefect flow with a task per step; Prefect sees names, counts and one-line reasons, never a row."""

from collections.abc import Callable

from prefect import flow, task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.states import Failed, State

from flows.errors import NightError
from flows.night import Night
from flows.settings import Settings


def under_prefect(night: Callable[[Callable], Night], settings: Settings) -> Night:
    """Run ``night`` as the flow `nightly`; every step it hands to the runner becomes a task of that name.

    A failure becomes a failed state with its one-line reason, and is raised again outside: Prefect logs and keeps whatever
    is raised inside of it, and the message of a library may quote a row.
    """
    finished: list[Night] = []
    failed: list[Exception] = []

    def runner(name: str, step: Callable[[], None]) -> None:
        @task(name=name, cache_policy=NO_CACHE, persist_result=False)
        def run_step() -> State | None:
            return _told(step, failed)

        run_step(return_state=True)
        if failed:
            raise failed[0]

    @flow(name="nightly", flow_run_name=f"nightly-{settings.as_of}-{settings.policy_id}", persist_result=False)
    def nightly() -> State | None:
        state = _told(lambda: finished.append(night(runner)), failed)
        if finished:
            _leave_counts(finished[0])
        return state

    nightly(return_state=True)
    if failed:
        raise failed[0]
    return finished[0]


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
