"""Rows of schools and payments under the person's number and another name: whose they are nobody can tell (docs/decisions/0106)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from inbox import AS_OF
from reference.model import Link, Person, Student
from test_payments_of_others import action_of, paid, person, published

SCHOOL = Student("510104", "tertiary", date(2024, 9, 1), date(2028, 7, 1))


def in_two_places(label: str) -> Person:
    someone = person(label, ("390", "220102", date(2024, 1, 1)), ("390", "510104", date(2025, 1, 1)))
    for n in (0, 1):
        someone = paid(someone, n, (2026, 1), (2026, 12), personal=Decimal(400))
    return someone


@pytest.mark.parametrize(
    ("name", "action"),
    [
        ("李四", "review"),
        ("张建国", "terminate"),
        ("張建國", "terminate"),
        ("张 建国", "terminate"),
        ("张建?", "terminate"),
        ("张卫国（曾用名张建国）", "terminate"),
        ("李四之子", "review"),
    ],
)
def test_a_school_decides_under_the_persons_name_only(tmp_path, name, action):
    student = replace(in_two_places("one"), students=[replace(SCHOOL, name=name)])
    night = published(tmp_path, [student], ("decisions", "reviews"))
    assert action_of(night["decisions"], "one.0") == action
    if action == "review":
        [row] = night["reviews"].filter(enrollment_id="one.0").to_dicts()
        assert row["missing"] == ["unread_row"]
        assert "\x1f".join(("unread", "psn_name", "student", "")) in row["evidence"].split("\x1e")


def test_a_school_of_the_past_doubts_nothing(tmp_path):
    left = replace(SCHOOL, name="李四", graduation=AS_OF)
    student = replace(in_two_places("one"), students=[left, SCHOOL])
    assert action_of(published(tmp_path, [student], ("decisions",))["decisions"], "one.0") == "terminate"


def test_a_payment_that_names_no_enrollment_and_another_person_proves_nothing(tmp_path):
    """Both jobs paid to August; who was paid for since then in the second place is called otherwise, or as the person is."""
    actions = {}
    for label, name, names in (("other", "李四", None), ("own", "张建国", None), ("named", "李四", "named.1")):
        someone = person(label, ("310", "220102", date(2024, 1, 1)), ("310", "510104", date(2025, 1, 1)))
        someone = paid(paid(someone, 0, (2026, 1), (2026, 8)), 1, (2026, 1), (2026, 8))
        last = replace(paid(someone, 1, (2026, 11), (2026, 11)).contributions[-1], enrollment_id=names, name=name)
        someone = replace(someone, contributions=[*someone.contributions, last])
        actions[label] = action_of(published(tmp_path / label, [someone], ("decisions",))["decisions"], f"{label}.0")
    # the number and the enrollment say whose the last one is, whatever the name
    assert actions == {"other": "review", "own": "terminate", "named": "terminate"}


def test_a_strangers_payment_makes_no_cover_that_ends_another(tmp_path):
    """The second enrollment is paid for by a row that only names its id: the number and the name are somebody else's, or a relative's
    account paid."""
    relative = person("relative", ("390", "220102", date(2024, 1, 1)))
    actions = {}
    for label, name, payer in (("stranger", "李四", None), ("typed", "张建国", None), ("payer", "李四", relative.certno)):
        someone = person(label, ("390", "220102", date(2024, 1, 1)), ("390", "510104", date(2025, 1, 1)), home="510104")
        someone = paid(someone, 0, (2026, 1), (2026, 12))
        someone = paid(someone, 1, (2026, 1), (2026, 12), certno=relative.certno, payer=payer, name=name)
        actions[label] = action_of(published(tmp_path / label, [someone, relative], ("decisions",))["decisions"], f"{label}.0")
    assert actions == {"stranger": "review", "typed": "terminate", "payer": "terminate"}


def test_a_passport_spells_a_name_as_passports_do(tmp_path):
    """Both documents are one person's; the payment under the passport bears the name that is in the passport."""
    someone = in_two_places("one")
    someone.residents.append(replace(person("x", ("390", "220102", AS_OF), home="510104").residents[0]))
    rows = [someone.enrollments[0], replace(someone.enrollments[1], cert_type="16", certno="E12345678", name="ZHANG JIANGUO")]
    someone = replace(someone, enrollments=rows, links=[Link("16", "E12345678", "01", someone.certno, date(2024, 1, 1))])
    for name, action in (("ZHANG JIANGUO", "terminate"), ("LI SI", "review")):
        more = replace(someone.contributions[1], enrollment_id=None, certno="E12345678", cert_type="16", name=name)
        twice = replace(someone, contributions=[*someone.contributions, replace(more, contribution_id="more")])
        assert action_of(published(tmp_path / action, [twice], ("decisions",))["decisions"], "one.0") == action


def test_a_unit_number_that_is_a_persons_own_is_not_published(tmp_path):
    """Of a flexible worker or a sole trader; other unit numbers are."""
    owner = person("owner", ("390", "220102", AS_OF))
    rows = {}
    for label, unit in (("own", owner.certno), ("unit", "913701001630584739")):
        someone = person(label, ("310", "220102", date(2024, 1, 1)), ("310", "510104", date(2025, 1, 1)))
        someone = replace(someone, enrollments=[replace(row, emp_no=unit) for row in someone.enrollments])
        someone = paid(paid(someone, 0, (2026, 1), (2026, 8)), 1, (2026, 1), (2026, 11))
        found = published(tmp_path / label, [someone], ("terminations",))["terminations"].filter(enrollment_id=f"{label}.0")
        [rows[label]] = found["emp_no"]
    assert rows == {"own": None, "unit": "913701001630584739"}
