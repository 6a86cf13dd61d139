"""Files of the inbox that no extract claims."""

from pathlib import Path

import pytest

from flows.unclaimed import unclaimed


@pytest.fixture
def inbox(tmp_path) -> Path:
    for name in ("medical_insurance/enrollment_20261122.csv", "tax/CONTRIBUTION.csv.gz", "human_resources/employment.csv"):
        make(tmp_path, name)
    return tmp_path


def make(inbox: Path, name: str) -> None:
    (inbox / name).parent.mkdir(exist_ok=True)
    (inbox / name).touch()


def test_what_an_extract_claims_is_not_named(inbox):
    assert unclaimed(inbox) == []


@pytest.mark.parametrize(
    "name",
    [
        "medical_insurance/enrolment_20261122.csv",
        "tax/enrollment_20261122.csv",
        "medical_insurence/enrollment_20261122.csv",
        "enrollment_20261122.csv",
        "education/readme",
    ],
)
def test_a_misspelt_name_another_folder_and_no_folder_are_named(inbox, name):
    make(inbox, name)
    assert unclaimed(inbox) == [name]


def test_hidden_files_what_an_office_program_left_and_folders_are_nobodys(inbox):
    for name in (".DS_Store", "tax/.part", "tax/~$contribution.xlsx"):
        make(inbox, name)
    (inbox / "tax" / "old").mkdir()
    assert unclaimed(inbox) == []


def test_they_come_in_order_and_a_name_is_repeated_without_a_number_in_it(inbox):
    for name in ("tax/b.csv", "tax/a\n.csv", "tax/11010519491231002X.csv", "tax/20261122143055.csv"):
        make(inbox, name)
    assert unclaimed(inbox) == ["'tax/a\\n.csv'", "tax/#.csv", "tax/20261122143055.csv", "tax/b.csv"]
