"""A number that looks like somebody else's never carries a death, or an enrollment, from one person to another."""

from datetime import date
from decimal import Decimal

import pytest
from prepared import decide
from reference.model import Contribution, Death, Enrollment, Person, month_of

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


#: Certificate number and nationality of who is enrolled; number and type of certificate of the death; whether it is that person's.
DEATHS = [
    ("X7{n:06d}", "UK", "7{n:06d}", "08", False),
    ("X7{n:06d}", "UK", "X7{n:06d}", "08", True),
    ("X7{n:06d}", "英国", "7{n:06d}", "08", False),
    ("X7{n:06d}", "英国", "X7{n:06d}", "08", True),
    ("X7{n:06d}", "没有", "7{n:06d}", "08", False),
    ("X7{n:06d}", "没有", "X7{n:06d}", "08", True),
    ("K12{n:06d}", "MYS", "K12{n:06d}", "16", False),
    ("K12{n:06d}", "MYS", "K12{n:06d}", "08", True),
    ("E12{n:06d}", "中国", "E12{n:06d}", "16", True),
]
#: Number, type of certificate and nationality as two enrollments have them; whether they are one person's.
WRITINGS = [
    (("X7654321", "08", "美国"), ("X7654321", "08", "USA"), True),
    (("E98765432", "08", "中国"), ("E98765432", "16", None), True),
    (("USA110080061512", "08", "USA"), ("USA110080061512", "07", None), True),
    # virtual numbers of two newborns
    (("M2026000101", "99", None), ("M2026000102", "99", None), False),
]


def people() -> list[Person]:
    found = []
    for n, (number, nationality, dead, cert_type, _) in enumerate(DEATHS):
        found += [insured(f"living-{n}", number.format(n=n), "08", nationality), said_dead(dead.format(n=n), cert_type)]
    for n, (here, there, _) in enumerate(WRITINGS):
        found += [insured(f"here-{n}", *here), insured(f"there-{n}", *there, area="510104")]
    return found


@pytest.fixture(scope="module")
def decided(tmp_path_factory) -> dict[str, tuple[str, str]]:
    """enrollment -> action, rule."""
    rows = decide(people(), tmp_path_factory.mktemp("numbers"), ("decisions",))["decisions"]
    return {r["enrollment_id"]: (r["action"], r["rule_id"]) for r in rows.iter_rows(named=True)}


@pytest.mark.parametrize("n", range(len(DEATHS)), ids=lambda n: " ".join(DEATHS[n][:4]))
def test_whose_death_it_is(decided, n):
    assert decided.get(f"living-{n}") == (("terminate", "deceased") if DEATHS[n][-1] else None)


@pytest.mark.parametrize("n", range(len(WRITINGS)), ids=lambda n: WRITINGS[n][0][0])
def test_whether_two_writings_are_one_persons(decided, n):
    assert ({f"here-{n}", f"there-{n}"} <= set(decided)) == WRITINGS[n][-1]
    assert WRITINGS[n][-1] or not {f"here-{n}", f"there-{n}"} & set(decided)
