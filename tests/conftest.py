"""Shared by every test of the rules: nights run through the real command line, and made-up people."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from hypothesis import settings
from inbox import AS_OF, write_inbox
from nights import arguments_of, run_here
from reference import POLICIES, decide
from reference.observed import from_night, from_reference, read_night
from reference.random_people import random_people, with_aid

# the machine may be busy: how long an example takes is nothing a test asserts
settings.register_profile("untimed", deadline=None, derandomize=True)
# what `make test-long` uses: other examples in every run, so that it finds what the fixed ones do not
settings.register_profile("searching", deadline=None)
settings.load_profile("untimed")

#: Few enough for every day; `make test-long` takes ten times as many.
RANDOM_PERSONS = 10_000


def once_per_key(make):
    """`make(key)` run once for each key; a night that failed fails every test that asks for it, without another try."""
    made: dict = {}

    def get(key):
        if key not in made:
            try:
                made[key] = make(key), None
            except pytest.fail.Exception as failure:
                made[key] = None, failure
        value, failure = made[key]
        if failure:
            raise failure
        return value

    return get


@pytest.fixture(scope="session")
def once():
    return once_per_key


@pytest.fixture(scope="session")
def key_file(tmp_path_factory) -> Path:
    """One key for all nights of a test run, so that person_id is the same in all."""
    path = tmp_path_factory.mktemp("key") / "site.key"
    path.write_text("5f" * 32)
    path.chmod(0o600)
    return path


@pytest.fixture(scope="session")
def run_night(key_file):
    """Runs one night by the command line, in this process and without workbooks; a night that does not publish fails the test with what it said."""

    def run(inbox: Path, warehouse: Path, as_of: date = AS_OF, policy: str = "national", accept: tuple = ()) -> Path:
        gates = [part for gate in accept for part in ("--accept", gate)]
        arguments = arguments_of(inbox, warehouse, "--policy", policy, "--worklists", "none", *gates, as_of=as_of)
        ran = run_here(arguments, ONECOVER_KEY_FILE=str(key_file))
        if ran.status:
            pytest.fail(f"the night of {as_of} exited {ran.status}\n{ran.out[-3000:]}{ran.err[-3000:]}")
        return warehouse

    return run


@dataclass
class RandomNight:
    """The same people decided twice: by the reference, and by the pipeline."""

    policy_id: str
    outcomes: dict  # person label -> reference.Outcome
    expected: object  # reference.observed.Observed
    datasets: dict  # name -> polars frame as published
    observed: object
    warehouse: Path


def pytest_addoption(parser) -> None:
    parser.addoption("--persons", type=int, default=RANDOM_PERSONS, help="how many made-up people are decided twice")


@pytest.fixture(scope="session")
def people(pytestconfig) -> list:
    """With every extract in play."""
    return with_aid(random_people(pytestconfig.getoption("persons"), seed=20261122), 5)


@pytest.fixture(scope="session")
def random_inbox(people, tmp_path_factory) -> Path:
    return write_inbox(tmp_path_factory.mktemp("random") / "inbox", people, AS_OF)


@pytest.fixture(scope="session")
def reference_outcomes(people, once):
    """policy id -> person label -> Outcome"""
    return once(lambda policy_id: {p.label: decide(p, POLICIES[policy_id], AS_OF) for p in people})


@pytest.fixture(scope="session")
def random_night(reference_outcomes, random_inbox, run_night, once, tmp_path_factory):
    """policy id -> RandomNight"""

    def night(policy_id: str) -> RandomNight:
        outcomes = reference_outcomes(policy_id)
        warehouse = run_night(
            random_inbox, tmp_path_factory.mktemp(f"random-{policy_id}") / "warehouse", AS_OF, policy_id, ("overlap_share",)
        )
        datasets = read_night(warehouse)
        return RandomNight(policy_id, outcomes, from_reference(list(outcomes.values())), datasets, from_night(datasets), warehouse)

    return once(night)
