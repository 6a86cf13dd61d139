"""Employee and resident scheme at once: one year, less than a year, flexible work, waiting periods (33号 二(三), 二(四))."""

import numpy as np

from sample_data.archetypes.registry import archetype
from sample_data.archetypes.residents import this_year
from sample_data.book import NONE, Book, first_day
from sample_data.places import anywhere, in_other_pools, neighbour

YEAR, UNDER, FLEXIBLE, WAIT, WORKPLACE = (
    "cross_scheme_one_year", "cross_scheme_under_one_year", "cross_scheme_flexible", "waiting_period", "employee_workplace",
)  # fmt: skip
MONTHS = "continuous_employee_months"


def _areas(book: Book, who):
    """Two divisions: half the persons have both in one pool."""
    first = anywhere(book.rng, len(who))
    return first, np.where(book.chance(who, 0.5), neighbour(first), anywhere(book.rng, len(who)))


def _resident(book: Book, who, area):
    """A resident enrollment of earlier years with this year's premium."""
    r = book.enroll("resident", who, area, book.calendar.new_year(-3))
    return r, book.premium(r, 0)


def _overlap(book: Book, e, r):
    """Their overlap: from New Year, or the employee enrollment's start if later, to the end of the paid year."""
    return book.overlap([e, r], np.maximum(e.start, book.calendar.new_year()), book.calendar.new_year(1))


def _resident_ends(book: Book, e, r, paid) -> None:
    o = _overlap(book, e, r)
    book.keep(e, o, YEAR)
    book.end(r, o, YEAR, MONTHS, kept=e)
    book.deduct(r, 0, paid)
    book.refund_ended(r, paid)


def _resident_rests(book: Book, e, r, paid) -> None:
    o = _overlap(book, e, r)
    book.keep(e, o, UNDER)
    book.suspend(r, o, UNDER, MONTHS, kept=e)
    book.refund_suspended(r, paid)


@archetype(weight=25, ages=(20, 58))
def exactly_one_year(book: Book, who) -> None:
    """Twelve paid months are one year (含一年), also where the collector is up to two months behind."""
    e_area, r_area = _areas(book, who)
    last = book.calendar.month - book.draw(who, 0, 2)
    e = book.enroll("worker", who, e_area, first_day(last - 11))
    book.wages(e, last - 11, last, monthly=None)
    r, paid = _resident(book, who, r_area)
    book.home(who, r_area)
    _resident_ends(book, e, r, paid)


@archetype(weight=50, ages=(20, 58))
def over_one_year(book: Book, who) -> None:
    """Employed for years, and resident premiums paid last year and this: terminated, two years deducted."""
    e_area, r_area = _areas(book, who)
    first = book.calendar.january(-1) - book.draw(who, 1, 40)
    e = book.enroll("worker", who, e_area, first_day(first))
    book.wages(e, first, book.calendar.month - book.draw(who, 0, 2), bare=book.chance(who, 0.3))
    r = book.enroll("resident", who, r_area, book.calendar.new_year(-1))
    last_year, this = book.premium(r, -1), book.premium(r, 0)
    book.home(who, e_area)
    o = book.overlap([e, r], book.calendar.new_year(-1), book.calendar.new_year(1))
    book.keep(e, o, YEAR)
    book.end(r, o, YEAR, MONTHS, kept=e)
    book.deduct(r, -1, last_year)
    book.deduct(r, 0, this)
    book.refund_ended(r, this)


@archetype(weight=10, ages=(20, 58))
def one_year_over_two_employers(book: Book, who) -> None:
    """Six months with one employer and six with the next, without a gap, are one year."""
    a_area, b_area = in_other_pools(book.rng, len(who), 2)
    now = book.calendar.month
    a = book.enroll("worker", who, a_area, first_day(now - 11), end=first_day(now - 5), status=4)
    b = book.enroll("worker", who, b_area, first_day(now - 5))
    book.wages(a, now - 11, now - 6, monthly=None)
    book.wages(b, now - 5, now, monthly=None)
    start = np.full(len(who), max(int(first_day(now - 3)), book.calendar.new_year()))
    r = book.enroll("resident", who, neighbour(a_area), start)
    paid = book.premium(r, 0)
    book.home(who, a_area)
    o = book.overlap([b, r], start, book.calendar.new_year(1))
    book.keep(b, o, YEAR)
    book.end(r, o, YEAR, MONTHS, kept=b)
    book.deduct(r, 0, paid)
    book.refund_ended(r, paid)


@archetype(weight=12, ages=(56, 85))
def pensioner_and_resident(book: Book, who) -> None:
    """A pensioner pays nothing and is active and continuous all the same; the resident enrollment ends."""
    e_area, r_area = _areas(book, who)
    way = book.draw(who, 0, 1)
    e = book.enroll(
        "retiree", who, e_area, book.calendar.new_year(-8), psn_type=np.choose(way, [1201, 1101]), retired=np.choose(way, [0, 2])
    )
    r, paid = _resident(book, who, r_area)
    book.home(who, r_area)
    _resident_ends(book, e, r, paid)


@archetype(weight=25, ages=(20, 58))
def eleven_months(book: Book, who) -> None:
    """Eleven months are under one year; the text is silent, so the resident enrollment is suspended, nothing deducted."""
    e_area, r_area = _areas(book, who)
    last = book.calendar.month - book.draw(who, 0, 2)
    e = book.enroll("worker", who, e_area, first_day(last - 10))
    book.wages(e, last - 10, last, monthly=None)
    r, paid = _resident(book, who, r_area)
    book.home(who, r_area)
    _resident_rests(book, e, r, paid)


@archetype(weight=8, ages=(20, 58))
def gap_in_the_year(book: Book, who) -> None:
    """Fourteen paid months with one missing in the middle are not a continuous year."""
    e_area, r_area = _areas(book, who)
    now = book.calendar.month
    e = book.enroll("worker", who, e_area, first_day(now - 14))
    book.wages(e, now - 14, now - 8, monthly=0)
    book.wages(e, now - 6, now)
    r, paid = _resident(book, who, r_area)
    book.home(who, r_area)
    _resident_rests(book, e, r, paid)


@archetype(weight=8, ages=(20, 58))
def months_paid_back(book: Book, who) -> None:
    """Months paid afterwards make the cover whole but do not count for the year."""
    e_area, r_area = _areas(book, who)
    now = book.calendar.month
    e = book.enroll("worker", who, e_area, first_day(now - 13))
    book.wages(e, now - 13, now - 6, monthly=0, type=np.choose(book.draw(who, 0, 2), [30, 31, 32]))
    book.wages(e, now - 5, now, flag=np.where(book.chance(who, 0.5), 1, 4))
    r, paid = _resident(book, who, r_area)
    book.home(who, r_area)
    _resident_rests(book, e, r, paid)


@archetype(weight=18, ages=(20, 58))
def newer_flexible(book: Book, who) -> None:
    """Flexible work taken up after the resident enrollment: the resident one is suspended, begun years are not refundable."""
    e_area, r_area = _areas(book, who)
    first = book.calendar.month - book.draw(who, 2, 8)
    f = book.enroll("flexible", who, e_area, first_day(first))
    book.wages(f, first, book.calendar.month, employer=0)
    r, paid = _resident(book, who, r_area)
    book.home(who, r_area)
    ahead = book.chance(who, 0.4)
    some = np.flatnonzero(ahead)
    early = type(r)(r.id[some], r.who[some], r.scheme, r.area[some], r.start[some])
    next_year = book.premium(early, 1)
    end = np.where(ahead, book.calendar.new_year(2), book.calendar.new_year(1))
    o = book.overlap([f, r], np.maximum(f.start, book.calendar.new_year()), end)
    book.keep(f, o, FLEXIBLE)
    book.suspend(r, o, FLEXIBLE, "newest", kept=f)
    book.refund_suspended(r, paid)
    book.refund_suspended(early, next_year)


@archetype(weight=18, ages=(20, 58))
def newer_resident(book: Book, who) -> None:
    """The newer resident enrollment stays; the flexible one rests until the paid resident years end."""
    e_area, r_area = _areas(book, who)
    first = book.calendar.january(-2)
    f = book.enroll("flexible", who, e_area, first_day(first))
    book.wages(f, first, book.calendar.month, employer=0)
    r = book.enroll("resident", who, r_area, book.calendar.new_year())
    book.premium(r, 0)
    ahead = book.chance(who, 0.4)
    some = np.flatnonzero(ahead)
    book.premium(type(r)(r.id[some], r.who[some], r.scheme, r.area[some], r.start[some]), 1)
    book.home(who, r_area)
    end = np.where(ahead, book.calendar.new_year(2), book.calendar.new_year(1))
    o = book.overlap([f, r], book.calendar.new_year(), end)
    book.keep(r, o, FLEXIBLE)
    book.suspend(f, o, FLEXIBLE, "newest", kept=r, resumes=end)


@archetype(weight=4, ages=(20, 58))
def flexible_same_day(book: Book, who) -> None:
    """Flexible and resident enrolled on the same day, both able to pay benefits: nothing tells them apart; review."""
    e_area, r_area = _areas(book, who)
    f = book.enroll("flexible", who, e_area, book.calendar.new_year())
    book.wages(f, book.calendar.january(), book.calendar.january() + 11, monthly=0, employer=0)
    r = book.enroll("resident", who, r_area, book.calendar.new_year())
    book.premium(r, 0)
    book.home(who, r_area)
    o = book.overlap([f, r], book.calendar.new_year(), book.calendar.new_year(1))
    book.review(f, o, FLEXIBLE)
    book.review(r, o, FLEXIBLE)


@archetype(weight=5, ages=(20, 58))
def resident_not_yet_entitled(book: Book, who) -> None:
    """The newer resident enrollment cannot pay benefits yet: the flexible one stays, the resident one is suspended."""
    e_area, r_area = _areas(book, who)
    now = book.calendar.month
    f = book.enroll("flexible", who, e_area, first_day(now - 20))
    book.wages(f, now - 20, now, employer=0)
    r = book.enroll("resident", who, r_area, first_day(now), benefits=first_day(now + 3))
    paid = book.premium(r, 0, first_month=now)
    book.home(who, r_area)
    o = book.overlap([f, r], first_day(now), book.calendar.new_year(1))
    book.keep(f, o, FLEXIBLE)
    book.suspend(r, o, FLEXIBLE, "benefit_active", kept=f)
    book.refund_suspended(r, paid)


@archetype(weight=15, ages=(20, 58))
def waiting_for_benefits(book: Book, who) -> None:
    """The employee benefits have not begun: inside the wait the double record is lawful and the resident one tolerated."""
    e_area, r_area = _areas(book, who)
    now = book.calendar.month
    begins = first_day(now + book.draw(who, 1, 4))
    e = book.enroll("worker", who, e_area, first_day(now - 1), benefits=begins)
    book.wages(e, now - 1, now)
    r, _ = _resident(book, who, r_area)
    book.home(who, r_area)
    o = _overlap(book, e, r)
    book.keep(e, o, WAIT)
    book.decide(r, o, "tolerate", WAIT, fact="benefit_active", kept=e, effective=begins)


@archetype(weight=3, ages=(20, 58))
def two_employers_waiting(book: Book, who) -> None:
    """Two employers that cannot be told apart, both inside the wait: they are reviewed, the resident one is tolerated."""
    a_area, b_area, r_area = in_other_pools(book.rng, len(who), 3)
    now = book.calendar.month
    first = max(now - 1, book.calendar.january())
    a = book.enroll("worker", who, a_area, first_day(first), benefits=first_day(now + 2))
    b = book.enroll("worker", who, b_area, first_day(first), benefits=first_day(now + 3))
    for e in (a, b):
        book.wages(e, first, now)
    r, _ = _resident(book, who, r_area)
    book.home(who, r_area)
    o = book.overlap([a, b, r], a.start, book.calendar.new_year(1))
    later = book.overlap([a, b], book.calendar.new_year(1), NONE, "future")
    for e in (a, b):
        book.review(e, o, WORKPLACE)
        book.decide(e, later, "review", WORKPLACE, counts=0)
    book.decide(r, o, "tolerate", WAIT, fact="benefit_active", effective=first_day(now + 2))


@archetype(weight=8, ages=(20, 58))
def employer_and_two_residents(book: Book, who) -> None:
    """Employed over a year, and two resident enrollments: the residence removes one, the employer the other; both deducted."""
    e_area, r_area, other = in_other_pools(book.rng, len(who), 3)
    now = book.calendar.month
    e = book.enroll("worker", who, e_area, first_day(now - 30))
    book.wages(e, now - 30, now)
    (r, s), (paid_r, paid_s) = this_year(book, who, [r_area, other])
    book.home(who, r_area)
    o = book.overlap([e, r, s], book.calendar.new_year(), book.calendar.new_year(1))
    book.keep(e, o, YEAR)
    book.end(r, o, YEAR, MONTHS, kept=e)
    book.end(s, o, "resident_usual_residence", "usual_residence", kept=e)
    for one, paid in ((r, paid_r), (s, paid_s)):
        book.deduct(one, 0, paid)
        book.refund_ended(one, paid)


@archetype(weight=4, ages=(20, 58))
def two_employers_and_resident(book: Book, who) -> None:
    """Two employers that cannot be told apart, a year of months together: they are reviewed, the resident one ends all the same."""
    a_area, b_area, r_area = in_other_pools(book.rng, len(who), 3)
    now = book.calendar.month
    first = max(now - 5, book.calendar.january())
    a = book.enroll("worker", who, a_area, first_day(now - 24))
    b = book.enroll("worker", who, b_area, first_day(first))
    book.wages(a, now - 24, now - 1)
    book.wages(b, first, now)
    r = book.enroll("resident", who, r_area, first_day(first))
    paid = book.premium(r, 0)
    book.home(who, r_area)
    o = book.overlap([a, b, r], b.start, book.calendar.new_year(1))
    later = book.overlap([a, b], book.calendar.new_year(1), NONE, "future")
    for e in (a, b):
        book.review(e, o, WORKPLACE)
        book.decide(e, later, "review", WORKPLACE, counts=0)
    book.end(r, o, YEAR, MONTHS, kept=None)
    book.deduct(r, 0, paid)
    book.refund_ended(r, paid)


@archetype(weight=4, ages=(20, 58))
def flexible_and_tied_residents(book: Book, who) -> None:
    """Flexible against two residents without evidence, all able to pay benefits: nobody can say; all are reviewed."""
    f_area, a_area, b_area, home = in_other_pools(book.rng, len(who), 4)
    now = book.calendar.month
    f = book.enroll("flexible", who, f_area, first_day(now - 20))
    book.wages(f, now - 20, now, employer=0)
    (a, b), _ = this_year(book, who, [a_area, b_area], starts=(-3, -3))
    book.home(who, home)
    o = book.overlap([f, a, b], book.calendar.new_year(), book.calendar.new_year(1))
    book.review(f, o, FLEXIBLE)
    for r in (a, b):
        book.review(r, o, "resident_usual_residence")
