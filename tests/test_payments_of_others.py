"""Payments that carry one person's number and name another's enrollment (rules 1.1, 4.2): the reference decides one person at a time."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import polars as pl
import pytest
from inbox import AS_OF, Numbers, filler_people, write_inbox
from prepared import prepare, publish_again
from reference.model import Contribution, Enrollment, Person, Resident, month_of

import policy

BORN = date(1985, 3, 2)
NUMBERS = Numbers()


def person(label: str, *enrollments: tuple[str, str, date], home: str | None = None) -> Person:
    """``enrollments``: insutype, area and begin of each; they are ``label.0``, ``label.1`` ..."""
    someone = Person(label, NUMBERS.next("229999", BORN, "1"), "张建国", "1", BORN)
    for n, (kind, area, begin) in enumerate(enrollments):
        psn_type = "1101" if kind == "310" else "1501"
        someone.enrollments.append(Enrollment(f"{label}.{n}", kind, area, begin, psn_type=psn_type, name="张建国", sex="1", born=BORN))
    if home:
        someone.residents.append(Resident("张建国", "1", BORN, household=home))
    return someone


def paid(someone: Person, number: int, begin: tuple[int, int], end: tuple[int, int], names: str | None = None, **more) -> Person:
    """A payment for the enrollment ``number`` of the person; ``names``: the id that it carries in place of that one's."""
    row = someone.enrollments[number]
    first, last = (month_of(date(*month, 1)) for month in (begin, end))
    payment = Contribution(
        f"{someone.label}.{len(someone.contributions)}",
        row.insutype,
        row.area,
        first,
        last,
        names or row.enrollment_id,
        row.psn_type,
        **({"personal": Decimal(100)} | more),
    )
    return replace(someone, contributions=[*someone.contributions, payment])


def published(tmp_path, people: list[Person], names: tuple[str, ...]) -> dict[str, pl.DataFrame]:
    read = prepare(write_inbox(tmp_path / "inbox", [*people, *filler_people(40, AS_OF)], AS_OF), AS_OF, tmp_path / "read")
    return publish_again(read, policy.load("national", AS_OF), names)


@pytest.mark.parametrize("is_in_question", [False, True])
def test_the_pool_of_a_payment_is_that_of_the_enrollment_it_names_whoever_has_it(tmp_path, is_in_question):
    """A month paid in a third place, by whatever it names, leaves the workplace open: nobody's cover ends for it. Whether the owner of
    what it names is enrolled twice makes no difference."""
    employee = ("310", "440103", date(2024, 1, 1))
    twice = [("390", "510104", date(2025, 1, 1))] if is_in_question else []
    other = paid(person("other", employee, *twice), 0, (2026, 1), (2026, 11))
    if is_in_question:
        other = paid(other, 1, (2026, 1), (2026, 12))
    one = person("one", ("310", "220102", date(2024, 1, 1)), ("310", "510104", date(2025, 1, 1)))
    one = paid(paid(one, 0, (2026, 1), (2026, 11)), 1, (2026, 1), (2026, 8))
    plain = published(tmp_path / "plain", [one, other], ("decisions",))["decisions"]
    assert action_of(plain, "one.1") == "terminate"
    named = paid(one, 0, (2026, 11), (2026, 11), names="other.0")
    open_ = published(tmp_path / "named", [named, other], ("decisions",))["decisions"]
    assert action_of(open_, "one.0") == action_of(open_, "one.1") == "review"


def test_a_month_that_names_a_strangers_enrollment_proves_nothing_for_whose_number_it_bears(tmp_path):
    """Number and enrollment contradict each other: neither a place of work nor a year of employment rests on it."""
    stranger = person("other", ("310", "510104", date(2024, 1, 1)))
    tied = person("tied", ("310", "220102", date(2024, 1, 1)), ("310", "510104", date(2025, 1, 1)))
    tied = paid(paid(tied, 0, (2026, 1), (2026, 8)), 1, (2026, 1), (2026, 8))
    under = person("under", ("310", "510104", date(2026, 6, 1)), ("390", "220102", date(2025, 1, 1)))
    under = paid(paid(under, 0, (2026, 6), (2026, 11)), 1, (2026, 1), (2026, 12))
    for names, place, year in (("tied.1", "terminate", "terminate"), ("other.0", "review", "suspend")):
        people = [
            stranger,
            paid(tied, 1, (2026, 11), (2026, 11), names=names),
            paid(under, 0, (2025, 1), (2026, 5), names=names if "other" in names else "under.0"),
        ]
        night = published(tmp_path / names, people, ("decisions",))["decisions"]
        assert (action_of(night, "tied.0"), action_of(night, "under.1")) == (place, year)


def test_nor_does_it_prove_the_old_job_against_a_new_one(tmp_path):
    """Paid to September; the new job began in September, and its first payment is not there yet (decision 0102)."""
    stranger = person("other", ("310", "220203", date(2024, 1, 1)))
    mover = paid(person("mover", ("310", "220203", date(2024, 1, 1)), ("310", "510104", date(2026, 9, 10))), 0, (2026, 1), (2026, 9))
    mover = paid(mover, 0, (2026, 10), (2026, 10), names="other.0")
    night = published(tmp_path, [stranger, mover], ("decisions",))["decisions"]
    assert action_of(night, "mover.0") == action_of(night, "mover.1") == "review"


def test_a_payment_whose_id_a_spreadsheet_damaged_pays_for_no_other_enrollment(tmp_path):
    """As one that names none it would cover the enrollment that was not paid for, and one of the two would end."""
    someone = person("one", ("390", "220102", date(2021, 1, 1)), ("390", "220103", date(2025, 12, 1)), home="220102")
    year = ((2026, 1), (2026, 12))
    once = paid(someone, 0, *year)
    twice = published(tmp_path / "twice", [paid(once, 1, *year)], ("decisions",))["decisions"]
    assert action_of(twice, "one.1") == "terminate"
    damaged = published(tmp_path / "damaged", [paid(once, 0, *year, names="1.1E+16")], ("decisions",))["decisions"]
    assert damaged.is_empty()


def action_of(decisions: pl.DataFrame, enrollment_id: str) -> str:
    [action] = decisions.filter(pl.col("enrollment_id") == enrollment_id)["action"].unique()
    return action


def test_the_account_is_a_relatives_where_the_payer_is_not_who_is_enrolled(tmp_path):
    """The number on a payment may be the payer's, too: that does not make the account the enrolled person's own."""
    relative = person("relative", ("390", "220102", date(2024, 1, 1)))
    one = person("one", ("390", "220102", date(2024, 1, 1)), ("390", "510104", date(2026, 1, 1)), home="510104")
    one = paid(one, 1, (2026, 1), (2027, 12), personal=Decimal(400))
    for year, payer in ((2026, relative.certno), (2027, one.certno)):
        one = paid(one, 0, (year, 1), (year, 12), personal=Decimal(400), certno=relative.certno, payer=payer)
    night = published(tmp_path, [one, relative], ("refunds", "persons"))
    people = dict(night["persons"].select("person_id", "certno_canonical").iter_rows())
    rows = night["refunds"].filter(pl.col("enrollment_id") == "one.0").sort("period_begin").to_dicts()
    assert [(r["period_begin"].year, r["channel"], people.get(r["account_person_id"])) for r in rows] == [
        (2026, "relative_account", relative.certno),
        (2027, "own_account", None),
    ]


@pytest.mark.parametrize("others", [["own"], ["another"], []])
def test_no_account_is_named_where_not_all_of_a_premium_came_from_it(tmp_path, others):
    """One payment from a relative's account, the other from the own one, another relative's, or nobody's at all."""
    relative, another = (person(label, ("390", "220102", date(2024, 1, 1))) for label in ("relative", "another"))
    one = person("one", ("390", "220102", date(2024, 1, 1)), ("390", "510104", date(2026, 1, 1)), home="510104")
    one = paid(
        paid(one, 1, (2026, 1), (2027, 12), personal=Decimal(400)), 0, (2027, 1), (2027, 12), personal=Decimal(100), payer=relative.certno
    )
    for payer in others:
        one = paid(one, 0, (2027, 1), (2027, 12), personal=Decimal(300), payer={"own": one.certno, "another": another.certno}[payer])
    night = published(tmp_path, [one, relative, another], ("refunds", "persons"))
    people = dict(night["persons"].select("person_id", "certno_canonical").iter_rows())
    [row] = night["refunds"].filter(pl.col("enrollment_id") == "one.0").to_dicts()
    assert (row["channel"], people.get(row["account_person_id"])) == ("relative_account", None if others else relative.certno)


def test_months_of_a_stranger_shorten_no_wait(tmp_path):
    """In Fujian who has been insured for 24 months does not wait. Payments under the number of one who has not, for an enrollment of
    somebody else's, are doubt: the other cover goes on until the benefits begin."""
    stranger = person("other", ("310", "220102", date(2020, 1, 1)))
    one = person("one", ("310", "350102", date(2026, 3, 1)), ("390", "350203", date(2026, 5, 1)))
    one = replace(one, enrollments=[replace(one.enrollments[0], psn_type="1103"), one.enrollments[1]])
    one = paid(paid(one, 0, (2026, 3), (2026, 6)), 1, (2026, 5), (2026, 12))
    as_of, told = date(2026, 6, 15), []
    for names in (None, "other.0"):
        someone = paid(one, 0, (2024, 3), (2026, 2), names=names) if names else one
        people = [stranger, someone, *filler_people(40, as_of)]
        read = prepare(write_inbox(tmp_path / f"{names}", people, as_of), as_of, tmp_path / f"read-{names}")
        night = publish_again(read, policy.load("fujian", as_of), ("decisions", "benefit_continuity"))
        waits = night["benefit_continuity"].filter(pl.col("to_enrollment_id") == "one.1")["waiting_months"].to_list()
        told.append((waits, action_of(night["decisions"], "one.0"), action_of(night["decisions"], "one.1")))
    assert told == [([3], "retain", "suspend")] * 2
