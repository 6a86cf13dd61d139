"""Files of the inbox that no extract claims."""

from pathlib import Path

import pytest

from flows.inbox import unclaimed


@pytest.fixture
def inbox(tmp_path) -> Path:
    for name in ("medical_insurance/enrollment_20261122.csv", "tax/CONTRIBUTION.csv.gz", "human_resources/employment.csv"):
        make(tmp_path, name)
    return tmp_path


def make(inbox: Path, name: str) -> None:
    (inbox / name).parent.mkdir(parents=True, exist_ok=True)
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
        "tax/unpacked/contribution_20261122.csv",
    ],
)
def test_a_misspelt_name_another_folder_and_no_folder_are_named(inbox, name):
    make(inbox, name)
    assert unclaimed(inbox) == [name]


def test_hidden_files_what_an_office_program_left_and_folders_are_nobodys(inbox):
    for name in (".DS_Store", "tax/.part", "tax/~$contribution.xlsx", "tax/.sync/contribution.csv", ".trash/a.csv"):
        make(inbox, name)
    (inbox / "tax" / "old").mkdir()
    assert unclaimed(inbox) == []


def test_they_come_in_order(inbox):
    for name in ("tax/b.csv", "tax/20261122.csv", "tax/a/c.csv", "a.csv"):
        make(inbox, name)
    assert unclaimed(inbox) == ["a.csv", "tax/20261122.csv", "tax/a/c.csv", "tax/b.csv"]


def test_of_names_that_may_be_those_of_people_only_the_number_is_told(inbox):
    """The manifest and the page are open. A certificate number, a telephone number, a name, in a file's name or its folder's."""
    for name in ("tax/11010519491231002X.csv", "tax/13800000000.csv", "tax/张伟.csv", "tax/张伟/a.csv", "tax/a\n.csv", "tax/Li Na.csv"):
        make(inbox, name)
    for name in ("education/२०२६११२२.csv", "张伟/b.csv", "王芳.csv", "李娜.csv", "tax/b.csv"):
        make(inbox, name)
    assert unclaimed(inbox) == ["* (2)", "*/* (1)", "education/* (1)", "tax/* (6)", "tax/b.csv"]
