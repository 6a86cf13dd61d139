"""A return that bears the number of a case speaks for that case, and for no other of the same enrollment (decision 0053)."""

import hashlib
import re
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import duckdb
import polars as pl
import pytest
from inbox import AS_OF, Numbers, filler_people, write_inbox
from nights import CHECKOUT
from prepared import decide
from reference.model import Contribution, Death, Enrollment, Feedback, Link, Person, Resident, month_of
from reference.observed import read_dataset

BORN = date(1985, 3, 2)
PUBLISHED = ("decisions", "overlaps", "cases", "subsidy_deductions", "terminations", "reviews")
#: Residents of one person: first day, first day without cover. The first is met by each of the others in turn.
STRETCHES = {
    "moved": (("220102", date(2024, 1, 1), None), ("510104", date(2025, 3, 1), date(2025, 7, 1)), ("510104", date(2026, 2, 1), None),
              ("610104", date(2027, 1, 1), None)),
}  # fmt: skip


def enrolled_again_and_again(number: str, cert_type: str = "01") -> Person:
    """In an overlap of last year, one of today and one of next year."""
    person = Person(
        "moved", number, "张建国", "1", BORN, cert_type=cert_type, residents=[Resident("张建国", "1", BORN, household="510104")]
    )
    for n, (area, start, end) in enumerate(STRETCHES["moved"]):
        row = Enrollment(
            f"moved.{n}", "390", area, start, end=end, status="4" if end else "1", psn_type="1501", name="张建国", sex="1", born=BORN
        )
        person.enrollments.append(row)
        for year in range(max(start.year, 2025), (end or date(2027, 12, 31)).year + 1):
            first = month_of(date(year, 1, 1))
            person.contributions.append(
                Contribution(f"moved.{n}.{year}", "390", area, first, first + 11, row.enrollment_id, "1501", personal=Decimal(400))
            )
    return person


@pytest.fixture(scope="module")
def decided(tmp_path_factory):
    """`decided(person)`: what is published of a night, by the name of the dataset."""

    def run(person: Person) -> dict[str, pl.DataFrame]:
        return decide([person], tmp_path_factory.mktemp("returned"), PUBLISHED)

    return run


def fates(night: dict[str, pl.DataFrame]) -> dict[str, tuple[str, str | None]]:
    """when the overlap is -> action and would_be of the first enrollment."""
    rows = night["decisions"].filter(pl.col("enrollment_id") == "moved.0")
    times = {True: "past", False: "current"}
    return {
        "future" if r["decision_date"] > AS_OF else times[r["decision_date"] < AS_OF]: (r["action"], r["would_be"])
        for r in rows.iter_rows(named=True)
    }


def digits(enrollment_id: str, *start: date) -> str:
    """What a case number of the worklists ends with."""
    return hashlib.sha256("\x1f".join([enrollment_id, *map(str, start)]).encode()).hexdigest()[:16].upper()


def number_of(night: dict[str, pl.DataFrame], when: str) -> str:
    day = {"past": pl.col("decision_date") < AS_OF, "current": pl.col("decision_date") == AS_OF, "future": pl.col("decision_date") > AS_OF}[
        when
    ]
    [overlap_id] = night["decisions"].filter((pl.col("enrollment_id") == "moved.0") & day)["overlap_id"]
    [start] = night["overlaps"].filter(pl.col("overlap_id") == overlap_id)["starts_on"]
    return f"T-{digits('moved.0', start)}"


OPEN = {"past": ("none", "terminate"), "current": ("terminate", None), "future": ("terminate", None)}
LEFT = {"past": ("none", "tolerate"), "current": ("tolerate", "terminate"), "future": ("tolerate", "terminate")}


@pytest.mark.parametrize(("cert_type", "number"), [("01", None), ("02", "军字第20260101号")])
@pytest.mark.parametrize("when", OPEN)
def test_a_number_names_one_case(decided, when, cert_type, number):
    person = enrolled_again_and_again(number or Numbers().next("229999", BORN, "1"), cert_type)
    first = decided(person)
    assert fates(first) == OPEN
    second = decided(replace(person, feedback=[Feedback(number_of(first, when), "moved.0", "rejected", None, AS_OF)]))
    # next year's has both covers of today's among its own: what is left beside the other today is left beside it then
    spared = ("current", "future") if when == "current" else (when,)
    assert fates(second) == OPEN | {time: LEFT[time] for time in spared}
    assert second["cases"]["case_numbers"].to_list() == [[number_of(first, when)]] * len(spared)
    # the first enrollment was needed alone later in 2025; what is rejected is not deducted
    assert set(second["subsidy_deductions"]["fiscal_year"]) == (set() if when == "current" else {2026})


def test_two_cases_of_one_enrollment_may_be_answered_differently_on_one_day(decided):
    person = enrolled_again_and_again(Numbers().next("229999", BORN, "1"))
    first = decided(person)
    answers = {"current": "rejected", "future": "confirmed"}  # the second is answered itself
    back = [Feedback(number_of(first, when), "moved.0", result, None, AS_OF) for when, result in answers.items()]
    assert fates(decided(replace(person, feedback=back))) == OPEN | {"current": LEFT["current"]}


@pytest.mark.parametrize(("letter", "is_listed"), [("T", False), ("S", True), ("R", True)])
def test_who_confirmed_a_lesser_action_has_not_confirmed_an_end(decided, letter, is_listed):
    """What was under review, or suspended, and was answered so, comes up again where it is to be ended."""
    person = enrolled_again_and_again(Numbers().next("229999", BORN, "1"))
    case_no = letter + number_of(decided(person), "current")[1:]
    night = decided(replace(person, feedback=[Feedback(case_no, "moved.0", "confirmed", None, AS_OF)]))
    assert fates(night) == OPEN
    assert ("moved.0" in night["terminations"]["enrollment_id"].to_list()) == is_listed


def not_carried_out(night: dict[str, pl.DataFrame]) -> list[str]:
    """Enrollments that the question of docs/worklists.md shows."""
    guide = (CHECKOUT / "docs" / "worklists.md").read_text(encoding="utf-8").partition("## Confirmed and not carried out")[2]
    with duckdb.connect() as connection:
        for name in ("cases", "decisions"):
            connection.register(name, night[name].to_arrow())
        return [row[2] for row in connection.execute(re.search(r'--sql "(.*?)"\n', guide, re.DOTALL).group(1)).fetchall()]


def test_what_was_confirmed_is_asked_for_until_it_is_carried_out(decided):
    person = enrolled_again_and_again(Numbers().next("229999", BORN, "1"))
    first = decided(person)
    assert not_carried_out(first) == []
    confirmed = replace(person, feedback=[Feedback(number_of(first, "current"), "moved.0", "confirmed", None, AS_OF - timedelta(days=9))])
    assert not_carried_out(decided(confirmed)) == ["moved.0"]
    ended = [replace(e, end=AS_OF, status="4") if e.enrollment_id == "moved.0" else e for e in person.enrollments]
    carried_out = decided(replace(confirmed, enrollments=ended))
    assert carried_out["cases"]["status"].to_list() == ["confirmed"] and not_carried_out(carried_out) == []


def test_a_contradiction_ends_nothing_later_either(decided):
    person = enrolled_again_and_again(Numbers().next("229999", BORN, "1"))
    case_no = number_of(decided(person), "current")
    back = [Feedback(case_no, "moved.0", result, None, AS_OF) for result in ("rejected", "confirmed")]
    assert fates(decided(replace(person, feedback=back))) == OPEN | dict.fromkeys(("current", "future"), ("review", "terminate"))


def test_an_answer_about_a_departure_is_none_about_a_death(decided):
    person = replace(enrolled_again_and_again(Numbers().next("229999", BORN, "1")), deaths=[Death(date(2026, 11, 2))])
    for letter, action in (("S", "terminate"), ("T", "tolerate")):
        back = [Feedback(f"{letter}-{digits('moved.0')}", "moved.0", "rejected", None, AS_OF)]
        night = decided(replace(person, feedback=back))["decisions"]
        assert night.filter((pl.col("enrollment_id") == "moved.0") & pl.col("overlap_id").is_null())["action"].to_list() == [action]


@pytest.mark.parametrize(
    ("letter", "day", "is_listed"),
    # the review of a cover whose owner is said to be alive elsewhere; an answer of before, and one that it ends, do not settle it
    [("R", 14, False), ("R", 9, True), ("T", 14, True)],
)
def test_a_confirmed_review_of_a_death_that_was_rejected_elsewhere_does_not_come_back(decided, letter, day, is_listed):
    person = replace(enrolled_again_and_again(Numbers().next("229999", BORN, "1")), deaths=[Death(date(2026, 11, 2))])
    back = [
        Feedback(f"T-{digits('moved.0')}", "moved.0", "rejected", None, date(2026, 11, 10)),
        Feedback(f"{letter}-{digits('moved.2')}", "moved.2", "confirmed", None, date(2026, 11, day)),
    ]
    night = decided(replace(person, feedback=back))
    [row] = night["decisions"].filter((pl.col("enrollment_id") == "moved.2") & pl.col("overlap_id").is_null()).to_dicts()
    assert (row["action"], row["would_be"]) == ("review", "terminate")
    assert ("moved.2" in set(night["reviews"]["enrollment_id"])) == is_listed
    assert "moved.2" not in set(night["terminations"]["enrollment_id"])


def test_any_other_number_speaks_for_what_was_not_over_on_its_day(decided):
    person = enrolled_again_and_again(Numbers().next("229999", BORN, "1"))
    told = {
        day: fates(decided(replace(person, feedback=[Feedback("2026-117", "moved.0", "rejected", None, day)])))
        for day in (date(2025, 5, 1), AS_OF)
    }
    assert told[AS_OF] == OPEN | {"current": LEFT["current"], "future": LEFT["future"]}
    assert told[date(2025, 5, 1)] == OPEN | {"past": LEFT["past"]}


def test_the_number_of_a_death_names_no_overlap_once_the_death_is_withdrawn(decided):
    alive = enrolled_again_and_again(Numbers().next("229999", BORN, "1"))
    back = [Feedback(f"T-{digits('moved.0')}", "moved.0", "rejected", None, AS_OF)]
    dead = decided(replace(alive, deaths=[Death(date(2026, 11, 2))], feedback=back))
    [row] = dead["decisions"].filter((pl.col("enrollment_id") == "moved.0") & pl.col("overlap_id").is_null()).to_dicts()
    assert (row["action"], row["would_be"]) == ("tolerate", "terminate")
    assert fates(decided(replace(alive, feedback=back))) == OPEN


def test_a_return_also_speaks_for_what_was_cut_off_its_case(decided):
    """A third enrollment comes to light that began before the answer: what it overlaps is another overlap from then on."""
    alive = enrolled_again_and_again(Numbers().next("229999", BORN, "1"))
    first = decided(alive)
    began = date(2026, 11, 1)
    third = replace(alive.enrollments[2], enrollment_id="moved.9", area="330104", start=began)
    paid = replace(
        alive.contributions[-1],
        contribution_id="moved.9.1",
        area="330104",
        enrollment_id="moved.9",
        first_month=month_of(began),
        last_month=month_of(began) + 1,
    )
    more = replace(alive, enrollments=[*alive.enrollments, third], contributions=[*alive.contributions, paid])
    assert fates(decided(more))["current"] == ("terminate", None)
    answered = replace(more, feedback=[Feedback(number_of(first, "current"), "moved.0", "rejected", None, AS_OF)])
    assert fates(decided(answered))["current"] == ("tolerate", "terminate")


@pytest.mark.parametrize("ended", [date(2026, 11, 25), date(2026, 12, 1)])
def test_who_was_left_beside_another_is_left_when_a_third_cover_ends_later(decided, ended):
    """The night in which the third is ended: from that day on the two are an overlap of their own, begun after the answer."""
    alive = enrolled_again_and_again(Numbers().next("229999", BORN, "1"))
    alive = replace(alive, enrollments=alive.enrollments[:3])
    third = replace(alive.enrollments[2], enrollment_id="moved.9", area="330104", start=date(2026, 3, 1))
    paid = replace(
        alive.contributions[-1], contribution_id="moved.9.1", area="330104", enrollment_id="moved.9", first_month=month_of(third.start)
    )
    three = replace(alive, enrollments=[*alive.enrollments, third], contributions=[*alive.contributions, paid])
    back = Feedback(number_of(decided(three), "current"), "moved.0", "rejected", None, AS_OF)
    left = replace(three, feedback=[back], enrollments=[*alive.enrollments, replace(third, end=ended, status="4")])
    assert fates(decided(left)) == OPEN | {"current": LEFT["current"], "future": LEFT["future"]}


def test_a_case_is_one_though_a_link_gives_its_person_and_its_overlap_other_ids(run_night, tmp_path):
    """A passport turns out to be that of a resident ID: what was returned under it is not told twice."""
    person = enrolled_again_and_again("E12345678", "16")
    person.feedback.append(Feedback("2026-117", "moved.0", "rejected", None, AS_OF))
    linked = replace(person, links=[Link("16", "E12345678", "01", Numbers().next("229999", BORN, "1"), AS_OF)])
    nights = []
    for n, people in enumerate(([person], [person], [linked], [linked])):
        as_of = AS_OF + timedelta(days=n)
        inbox = write_inbox(tmp_path / f"{n}", [*people, *filler_people(40, AS_OF)], AS_OF)
        run_night(inbox, tmp_path / "warehouse", as_of, accept=("overlap_share",))
        nights.append({name: read_dataset(tmp_path / "warehouse" / f"as_of={as_of}", name) for name in ("cases", "overlaps")})
    assert len({night["cases"]["person_id"][0] for night in nights}) == 2, "else the link changed nothing"
    assert [len(night["cases"]) for night in nights] == [2] * 4
    for night in nights:
        assert set(night["cases"]["overlap_id"]) <= set(night["overlaps"]["overlap_id"])
        assert set(night["cases"]["first_reported_on"]) == {AS_OF}
