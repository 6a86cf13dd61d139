"""One small inbox for the tests of nights, copied for each test that damages it."""

import shutil
from pathlib import Path

import pytest
from nights import PUBLISHED, SAMPLE, Ran, arguments_of, run_here, write_few


@pytest.fixture(scope="session")
def few(tmp_path_factory) -> Path:
    """The extracts of a few hundred people; not to be changed."""
    return write_few(tmp_path_factory.mktemp("few") / "inbox")


@pytest.fixture
def inbox(few, tmp_path) -> Path:
    """A copy of one's own to damage."""
    return Path(shutil.copytree(few, tmp_path / "inbox"))


@pytest.fixture
def warehouse(tmp_path) -> Path:
    return tmp_path / "warehouse"


@pytest.fixture(scope="session")
def night(key_file):
    """`night(inbox, warehouse, ...)`: one night in this process, with the key of the test run."""

    def run(inbox: Path, warehouse: Path, *more: str, **day) -> Ran:
        return run_here(arguments_of(inbox, warehouse, *more, **day), ONECOVER_KEY_FILE=str(key_file))

    return run


@pytest.fixture(scope="session")
def published(tmp_path_factory, night) -> Path:
    """A warehouse with the night of the committed sample; not to be changed."""
    warehouse = tmp_path_factory.mktemp("published") / "warehouse"
    ran = night(SAMPLE, warehouse)
    assert ran.status == PUBLISHED, ran.err
    return warehouse
