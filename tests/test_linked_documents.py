"""A link between two documents makes one person of them, unless what is said under them is said of two."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import polars as pl
import pytest
from inbox import Numbers
from prepared import decide
from reference.model import Contribution, Death, Enrollment, Link, Person, Resident, month_of

BORN, OTHER = date(1960, 3, 2), date(1960, 3, 20)
PASSPORT = "E12345678"


def linked(name: str, sex: str, born: date) -> Person:
    """A man enrolled at home, and an enrollment elsewhere under a passport, linked to his number."""
    number = Numbers().next("229999", BORN, "1")
    home = Enrollment("linked.A", "390", "220102", date(2024, 1, 1), psn_type="1501", name="张建国", sex="1", born=BORN)
    away = replace(home, enrollment_id="linked.B", area="510104", name=name, sex=sex, born=born, certno=PASSPORT, cert_type="16")
    january = month_of(date(2026, 1, 1))
    paid = [
        Contribution(f"{e.enrollment_id}.1", "390", e.area, january, january + 11, e.enrollment_id, "1501", personal=Decimal(400))
        for e in (home, away)
    ]
    return Person(
        "linked", number, "张建国", "1", BORN, enrollments=[home, away], contributions=paid,
        residents=[Resident("张建国", "1", BORN, household="220102")], links=[Link("16", PASSPORT, "01", number, date(2024, 5, 1))],
    )  # fmt: skip


@pytest.fixture(scope="module")
def decided(tmp_path_factory):
    def run(person: Person) -> dict[str, tuple]:
        """enrollment -> action, rule."""
        night = decide([person], tmp_path_factory.mktemp("linked"), ("decisions", "reviews"))
        conflicts = dict(night["reviews"].select("enrollment_id", pl.col("conflict").list.join(" ")).iter_rows())
        return {
            r["enrollment_id"]: (r["action"], r["rule_id"], conflicts.get(r["enrollment_id"]))
            for r in night["decisions"].iter_rows(named=True)
        }

    return run


ONE = {"linked.A": ("retain", "resident_usual_residence", None), "linked.B": ("terminate", "resident_usual_residence", None)}


@pytest.mark.parametrize(
    "said",
    [("张建国", "1", BORN), ("ZHANG JIANGUO", "1", BORN), ("张建国", "1", OTHER), ("张建军", "1", BORN), ("ZHANG JIANGUO", "9", BORN)],
)
def test_a_passport_may_spell_the_name_otherwise_and_a_birth_date_may_be_mended(decided, said):
    assert decided(linked(*said)) == ONE


@pytest.mark.parametrize(("said", "conflict"), [
    (("张建国", "2", BORN), "gend"), (("李小红", "2", OTHER), "gend brdy"), (("李小红", "1", OTHER), "brdy"), (("ZHANG JIANGUO", "1", OTHER), "brdy"),
])  # fmt: skip
@pytest.mark.parametrize("deaths", [[], [Death(date(2026, 11, 1))]], ids=["living", "dead"])
def test_documents_of_both_sexes_or_of_two_names_and_birth_dates_are_not_one_persons(decided, said, conflict, deaths):
    found = decided(replace(linked(*said), deaths=deaths))
    assert found == dict.fromkeys(ONE, ("review", "identity_conflict", conflict))
