"""The same night as a Prefect flow with a task per step; Prefect sees names and counts, never a row."""

from collections.abc import Callable

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from flows.night import Night
from flows.settings import Settings


def under_prefect(night: Callable[[Callable], Night], settings: Settings) -> Night:
    """Run ``night`` as the flow `nightly`; every step it hands to the runner becomes a task of that name."""

    def runner(name: str, step: Callable[[], None]) -> None:
        @task(name=name, cache_policy=NO_CACHE, persist_result=False)
        def run_step() -> None:
            step()

        run_step()

    finished: list[Night] = []

    @flow(name="nightly", flow_run_name=f"nightly-{settings.as_of}-{settings.policy_id}", persist_result=False)
    def nightly() -> None:
        finished.append(night(runner))

    nightly()
    return finished[0]
