"""A number that looks like somebody else's never carries a death, or an enrollment, from one person to another."""

from datetime import date
from decimal import Decimal

import pytest
from inbox import AS_OF, filler_people, write_inbox
from prepared import prepare, publish_again
from reference.model import Contribution, Death, Enrollment, Person, month_of

import policy

BORN = date(1985, 3, 2)


def insured(label: str, certno: str, cert_type: str, nationality: str | None = None, area: str = "220102", **row) -> Person:
    """Somebody with one paid enrollment under that number."""
    person, january = Person(label, certno, "JO DOE", "1", BORN, cert_type), month_of(date(2026, 1, 1))
    given = {"psn_type": "1501", "name": "JO DOE", "sex": "1", "born": BORN, "nationality": nationality} | row
    person.enrollments.append(Enrollment(label, "390", area, date(2025, 1, 1), **given))
    person.contributions.append(Contribution(f"{label}.1", "390", area, january, january + 11, label, "1501", personal=Decimal(400)))
    return person


def said_dead(certno: str, cert_type: str) -> Person:
    return Person(f"dead-{certno}-{cert_type}", certno, "JO DOE", "1", BORN, cert_type, deaths=[Death(date(2026, 11, 1))])


@pytest.fixture(scope="module")
def decided(tmp_path_factory):
    def run(*people: Person) -> dict[str, tuple[str, str]]:
        """enrollment -> action, rule."""
        folder = tmp_path_factory.mktemp("numbers")
        inbox = write_inbox(folder / "inbox", [*people, *filler_people(40, AS_OF)], AS_OF)
        rows = publish_again(prepare(inbox, AS_OF, folder / "read"), policy.load("national", AS_OF), ("decisions",))["decisions"]
        return {r["enrollment_id"]: (r["action"], r["rule_id"]) for r in rows.iter_rows(named=True)}

    return run


DEAD = {"living": ("terminate", "deceased")}


@pytest.mark.parametrize(("number", "nationality", "dead", "cert_type", "expected"), [
    ("X7000009", "UK", "7000009", "08", {}),
    ("X7000009", "UK", "X7000009", "08", DEAD),
    ("X7000009", "英国", "7000009", "08", {}),
    ("X7000009", "英国", "X7000009", "08", DEAD),
    ("X7000009", "没有", "7000009", "08", {}),
    ("X7000009", "没有", "X7000009", "08", DEAD),
    ("K12345678", "MYS", "K12345678", "16", {}),
    ("K12345678", "MYS", "K12345678", "08", DEAD),
    ("E12345678", "中国", "E12345678", "16", DEAD),
])  # fmt: skip
def test_whose_death_it_is(decided, number, nationality, dead, cert_type, expected):
    assert decided(insured("living", number, "08", nationality), said_dead(dead, cert_type)) == expected


@pytest.mark.parametrize(("one", "other"), [
    (("X7654321", "08", "美国"), ("X7654321", "08", "USA")),
    (("E98765432", "08", "中国"), ("E98765432", "16", None)),
    (("USA110080061512", "08", "USA"), ("USA110080061512", "07", None)),
])  # fmt: skip
def test_two_writings_of_one_document_are_one_persons(decided, one, other):
    assert set(decided(insured("here", *one), insured("there", *other, area="510104"))) == {"here", "there"}


def test_virtual_numbers_of_two_newborns_are_two_persons(decided):
    children = [insured(n, number, "99", psn_type="1401") for n, number in (("one", "M2026000101"), ("two", "M2026000102"))]
    assert decided(*children) == {}
