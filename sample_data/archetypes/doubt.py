"""The dead, the doubtful and the sick: what comes before every other rule, and what waits for discharge."""

import numpy as np

from sample_data.archetypes.registry import archetype
from sample_data.archetypes.residents import all_year, this_year
from sample_data.archetypes.timing import over
from sample_data.book import NONE, REASON_DEATH, Book, Premium, first_day
from sample_data.days import year_of
from sample_data.people import HK
from sample_data.places import in_other_pools
from sample_data.writing import PERMIT_WAYS

RESIDENCE, YEAR, UNDER, MONTHS = (
    "resident_usual_residence",
    "cross_scheme_one_year",
    "cross_scheme_under_one_year",
    "continuous_employee_months",
)
CONFLICT, DECEASED = "identity_conflict", "deceased"


# --- identity conflicts


def _two_faces(book: Book, who, **difference):
    """Two resident enrollments of this year under one number whose personal data differ."""
    a_area, b_area = in_other_pools(book.rng, len(who), 2)
    a = book.enroll("resident", who, a_area, book.calendar.new_year(-1))
    b = book.enroll("resident", who, b_area, book.calendar.new_year(-2), **difference)
    for e in (a, b):
        book.premium(e, 0)
    book.home(who, a_area)
    return a, b


def _conflict(book: Book, a, b, field: str) -> None:
    o = all_year(book, [a, b])
    book.doubt([a, b], field)
    book.review(a, o, CONFLICT)
    book.review(b, o, CONFLICT)


@archetype(weight=10)
def two_names(book: Book, who) -> None:
    """One number under two names is not one person: nothing is ended; review."""
    _conflict(book, *_two_faces(book, who, name_shift=1), "psn_name")


@archetype(weight=4)
def two_sexes(book: Book, who) -> None:
    """One number, one name, two sexes: review."""
    _conflict(book, *_two_faces(book, who, sex=3 - book.people.sex[who]), "gend")


@archetype(weight=4)
def two_birth_dates(book: Book, who) -> None:
    """One number, one name, two birth dates: review."""
    _conflict(book, *_two_faces(book, who, born=book.people.born[who] - 31), "brdy")


@archetype(weight=3)
def two_names_last_year(book: Book, who) -> None:
    """The conflict stands in an overlap that is over: nothing is left to end, it would have been a review."""
    a_area, b_area = in_other_pools(book.rng, len(who), 2)
    a = book.enroll("resident", who, a_area, book.calendar.new_year(-2))
    b = book.enroll("resident", who, b_area, book.calendar.new_year(-2), name_shift=1)
    for e in (a, b):
        book.premium(e, -1)
    book.home(who, a_area)
    o = book.overlap([a, b], book.calendar.new_year(-1), book.calendar.new_year(), "past")
    over(book, a, o, "review", CONFLICT)
    over(book, b, o, "review", CONFLICT)
    book.doubt([a, b], "psn_name")


@archetype(weight=3, ages=(60, 90))
def two_names_and_dead(book: Book, who) -> None:
    """One number, two names, and a death: nobody knows which of them died; review, for the death and for the overlap."""
    a, b = _two_faces(book, who, name_shift=1)
    book.deaths.add(len(who), who=who, died=book.calendar.today - book.draw(who, 10, 100))
    _conflict(book, a, b, "psn_name")
    for e in (a, b):
        book.review(e, None, CONFLICT)


# --- deaths


def _premiums(book: Book, e, died) -> None:
    """Premiums of last year, this and the next, and what a death on ``died`` makes of their money."""
    for year in (-1, 0, 1):
        paid = book.premium(e, year)
        book.refund_death(e, paid, died + 1)
        if year < 1:
            book.deduct(e, year, paid, only=year_of(died) < book.calendar.year + year)


def _dead(book: Book, e, died) -> None:
    book.decide(e, None, "terminate", DECEASED, effective=died + 1)


@archetype(weight=20, ages=(60, 95))
def dead_resident(book: Book, who) -> None:
    """Dead for up to a year and still enrolled: ended the day after death; later years are not subsidised."""
    died = book.calendar.today - book.draw(who, 0, 400)
    (area,) = in_other_pools(book.rng, len(who), 1)
    e = book.enroll("resident", who, area, book.calendar.new_year(-3))
    _premiums(book, e, died)
    book.deaths.add(len(who), who=who, died=died, source=book.draw(who, 0, 2))
    book.home(who, area)
    _dead(book, e, died)


@archetype(weight=8, ages=(60, 95))
def dead_by_police_only(book: Book, who) -> None:
    """The death is known from the household deregistration alone."""
    died = book.calendar.today - book.draw(who, 5, 300)
    (area,) = in_other_pools(book.rng, len(who), 1)
    e = book.enroll("resident", who, area, book.calendar.new_year(-3))
    _premiums(book, e, died)
    book.home(who, area, reason=REASON_DEATH, gone=died)
    _dead(book, e, died)


@archetype(weight=8, ages=(40, 95))
def dead_employee(book: Book, who) -> None:
    """A dead employee or pensioner whose enrollment goes on: terminated, no money follows."""
    died = book.calendar.today - book.draw(who, 5, 60)
    (area,) = in_other_pools(book.rng, len(who), 1)
    e = book.enroll("worker", who, area, book.calendar.new_year(-3), retired=book.draw(who, 0, 1))
    book.wages(e, book.calendar.january(-3), book.calendar.month - 1)
    book.deaths.add(len(who), who=who, died=died)
    book.home(who, area)
    _dead(book, e, died)


@archetype(weight=6, ages=(60, 95))
def dead_with_two(book: Book, who) -> None:
    """Dead, with two resident enrollments: both end, and no rule of residence is asked."""
    died = book.calendar.today - book.draw(who, 5, 100)
    a_area, b_area = in_other_pools(book.rng, len(who), 2)
    a = book.enroll("resident", who, a_area, book.calendar.new_year(-2))
    b = book.enroll("resident", who, b_area, book.calendar.new_year(-2))
    for e in (a, b):
        paid = book.premium(e, 0)
        book.refund_death(e, paid, died + 1)
        book.deduct(e, 0, paid, only=year_of(died) < book.calendar.year)
        _dead(book, e, died)
    all_year(book, [a, b])
    book.deaths.add(len(who), who=who, died=died)
    book.home(who, a_area)


@archetype(weight=4, ages=(60, 95))
def dead_after_past_overlap(book: Book, who) -> None:
    """Dead now; an overlap that was over before is decided as for the living."""
    died = book.calendar.today - book.draw(who, 5, 50)
    e_area, r_area = in_other_pools(book.rng, len(who), 2)
    e = book.enroll("retiree", who, e_area, book.calendar.new_year(-9))
    r = book.enroll("resident", who, r_area, book.calendar.new_year(-2), end=book.calendar.new_year(), status=4)
    paid = book.premium(r, -1)
    book.deaths.add(len(who), who=who, died=died)
    book.home(who, r_area)
    o = book.overlap([e, r], book.calendar.new_year(-1), book.calendar.new_year(), "past")
    over(book, e, o, "retain", YEAR)
    over(book, r, o, "terminate", YEAR, fact=MONTHS, kept=e)
    book.deduct(r, -1, paid)
    _dead(book, e, died)


def _two_reports(book: Book, who, apart: int):
    """A resident enrollment and two reports of the death, ``apart`` days from each other."""
    died = book.calendar.today - book.draw(who, 40, 200)
    (area,) = in_other_pools(book.rng, len(who), 1)
    e = book.enroll("resident", who, area, book.calendar.new_year(-3))
    by_police = book.chance(who, 0.5)
    book.deaths.add(len(who), who=who, died=died, source=0)
    others = who[~by_police]
    book.deaths.add(len(others), who=others, died=(died + apart)[~by_police], source=1)
    book.home(who, area, reason=np.where(by_police, REASON_DEATH, 0), gone=np.where(by_police, died + apart, NONE))
    return e, died


@archetype(weight=4, ages=(60, 95))
def death_reports_30_days_apart(book: Book, who) -> None:
    """Two reports thirty days apart agree: the earliest day counts."""
    e, died = _two_reports(book, who, 30)
    _premiums(book, e, died)
    _dead(book, e, died)


@archetype(weight=4, ages=(60, 95))
def death_reports_31_days_apart(book: Book, who) -> None:
    """Two reports thirty-one days apart contradict each other: review."""
    e, _ = _two_reports(book, who, 31)
    book.premium(e, 0)
    book.review(e, None, DECEASED)


@archetype(weight=3, ages=(60, 95))
def death_of_another_name(book: Book, who) -> None:
    """The report of the death carries another name: review."""
    (area,) = in_other_pools(book.rng, len(who), 1)
    e = book.enroll("resident", who, area, book.calendar.new_year(-3))
    book.premium(e, 0)
    book.deaths.add(len(who), who=who, died=book.calendar.today - book.draw(who, 5, 200), name_shift=1)
    book.home(who, area)
    book.review(e, None, DECEASED)


@archetype(weight=3, ages=(60, 95))
def death_still_to_come(book: Book, who) -> None:
    """A report dated after the as-of date is ignored: the person is decided as the living are."""
    (a, b), (paid, _) = this_year(book, who, in_other_pools(book.rng, len(who), 2))
    book.deaths.add(len(who), who=who, died=book.calendar.today + book.draw(who, 1, 30))
    book.home(who, b.area)
    o = all_year(book, [a, b])
    book.end(a, o, RESIDENCE, "usual_residence", kept=b)
    book.keep(b, o, RESIDENCE)
    book.deduct(a, 0, paid)
    book.refund_ended(a, paid)


# --- in hospital


def _in_two_places(book: Book, who):
    """Two residents, the home at ``a``: the rule ends ``b``."""
    (a, b), (_, paid) = this_year(book, who, in_other_pools(book.rng, len(who), 2), starts=(-2, -2))
    book.home(who, a.area)
    return a, b, paid, all_year(book, [a, b])


@archetype(weight=8, ages=(30, 85))
def in_hospital(book: Book, who) -> None:
    """In hospital tonight under the enrollment that the rule would end, or under none by name: held until discharge."""
    a, b, _, o = _in_two_places(book, who)
    book.stays.add(
        len(who), who=who, enrollment=np.where(book.chance(who, 0.6), b.id, -1), admitted=book.calendar.today - book.draw(who, 0, 30)
    )
    book.keep(a, o, RESIDENCE)
    book.decide(b, o, "hold", RESIDENCE, would_be="terminate", fact="usual_residence", kept=a)


@archetype(weight=5, ages=(30, 85))
def hospital_does_not_hold(book: Book, who) -> None:
    """In hospital under the enrollment that stays, or discharged before tonight: the other one ends."""
    a, b, paid, o = _in_two_places(book, who)
    home = book.chance(who, 0.5)
    book.stays.add(
        len(who), who=who, enrollment=np.where(home, b.id, a.id), admitted=book.calendar.today - 40,
        discharged=np.where(home, book.calendar.today - book.draw(who, 1, 20), NONE),
    )  # fmt: skip
    book.keep(a, o, RESIDENCE)
    book.end(b, o, RESIDENCE, "usual_residence", kept=a)
    book.deduct(b, 0, paid)
    book.refund_ended(b, paid)


@archetype(weight=4, ages=(20, 58))
def in_hospital_under_one_year(book: Book, who) -> None:
    """In hospital under the resident enrollment that would be suspended: held."""
    e_area, r_area = in_other_pools(book.rng, len(who), 2)
    first = book.calendar.month - 5
    e = book.enroll("worker", who, e_area, first_day(first))
    book.wages(e, first, book.calendar.month)
    r = book.enroll("resident", who, r_area, book.calendar.new_year(-2))
    book.premium(r, 0)
    book.stays.add(len(who), who=who, enrollment=r.id, admitted=book.calendar.today - 3)
    book.home(who, r_area)
    o = book.overlap([e, r], np.maximum(e.start, book.calendar.new_year()), book.calendar.new_year(1))
    book.keep(e, o, UNDER)
    book.decide(r, o, "hold", UNDER, would_be="suspend", fact=MONTHS, kept=e)


# --- other documents


@archetype(weight=3, kinds=(HK,))
def reissued_permit(book: Book, who) -> None:
    """A travel permit with and without its two reissue digits is one person: employed over a year, the resident one ends."""
    e_area, r_area = in_other_pools(book.rng, len(who), 2)
    now = book.calendar.month
    e = book.enroll("worker", who, e_area, first_day(now - 20), writing=PERMIT_WAYS[0] + 1)
    book.wages(e, now - 20, now)
    r = book.enroll("resident", who, r_area, book.calendar.new_year(-1))
    paid: Premium = book.premium(r, 0)
    o = all_year(book, [e, r])
    book.keep(e, o, YEAR)
    book.end(r, o, YEAR, MONTHS, kept=e)
    book.deduct(r, 0, paid)
    book.refund_ended(r, paid)
