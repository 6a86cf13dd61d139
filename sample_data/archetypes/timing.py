"""Overlaps that are over or still to come, and covers that must not be ended because nothing else is there later."""

import numpy as np

from sample_data.archetypes.registry import archetype
from sample_data.archetypes.residents import all_year, this_year
from sample_data.archetypes.settled import part
from sample_data.book import Book, first_day
from sample_data.places import in_other_pools

RESIDENCE, WORKPLACE, FLEXIBLE = "resident_usual_residence", "employee_workplace", "cross_scheme_flexible"
YEAR, UNDER, MONTHS = "cross_scheme_one_year", "cross_scheme_under_one_year", "continuous_employee_months"


def over(book: Book, e, overlap, would_be, rule, **details) -> None:
    """A member of an overlap that has ended: nothing is left to end, ``would_be`` says what the rule would have done."""
    book.decide(e, overlap, "none", rule, would_be=would_be, **details)


@archetype(weight=6, ages=(20, 58))
def chain_of_three(book: Book, who) -> None:
    """Last year one employer overlapped the next, and that one a third: two past overlaps, each decided by itself."""
    areas = in_other_pools(book.rng, len(who), 3)
    january, now = book.calendar.january(-1), book.calendar.month
    a = book.enroll("worker", who, areas[0], first_day(january), end=first_day(january + 5), status=4)
    b = book.enroll("worker", who, areas[1], first_day(january + 3), end=first_day(january + 9), status=4)
    c = book.enroll("worker", who, areas[2], first_day(january + 8))
    book.wages(a, january, january + 4, monthly=0)
    book.wages(b, january + 3, january + 8, monthly=0)
    book.wages(c, january + 8, now)
    book.home(who, areas[0])
    for one, other, start, end in ((a, b, 3, 5), (b, c, 8, 9)):
        o = book.overlap([one, other], first_day(january + start), first_day(january + end), "past")
        over(book, one, o, "review", WORKPLACE)
        over(book, other, o, "review", WORKPLACE)


@archetype(weight=4, ages=(20, 58))
def one_day(book: Book, who) -> None:
    """The old employer's enrollment ended a day late: an overlap of one day, past."""
    a_area, b_area = in_other_pools(book.rng, len(who), 2)
    turn = book.calendar.month - 3
    a = book.enroll("worker", who, a_area, first_day(turn - 20), end=first_day(turn) + 1, status=4)
    b = book.enroll("worker", who, b_area, first_day(turn))
    book.wages(a, turn - 20, turn - 1, monthly=0)
    book.wages(b, turn, turn + 3)
    book.home(who, b_area)
    o = book.overlap([a, b], first_day(turn), first_day(turn) + 1, "past")
    over(book, a, o, "review", WORKPLACE)
    over(book, b, o, "review", WORKPLACE)


@archetype(weight=25, ages=(20, 58))
def past_money_only(book: Book, who) -> None:
    """Employed and resident until New Year: nothing is left to end, last year's subsidy is still owed back (years before are out of sight)."""
    e_area, r_area = in_other_pools(book.rng, len(who), 2)
    first = book.calendar.january(-4)
    e = book.enroll("worker", who, e_area, first_day(first))
    book.wages(e, first, book.calendar.month)
    r = book.enroll("resident", who, r_area, book.calendar.new_year(-2), end=book.calendar.new_year(), status=4)
    both = book.chance(who, 0.5)
    book.premium(part(r, np.flatnonzero(both)), -2)
    paid = book.premium(r, -1)
    book.home(who, e_area)
    start = np.where(both, book.calendar.new_year(-2), book.calendar.new_year(-1))
    o = book.overlap([e, r], start, book.calendar.new_year(), "past")
    over(book, e, o, "retain", YEAR)
    over(book, r, o, "terminate", YEAR, fact=MONTHS, kept=e)
    book.deduct(r, -1, paid)


@archetype(weight=12, ages=(20, 58))
def past_but_needed_later(book: Book, who) -> None:
    """The employer ended in the middle of last year and the resident cover was needed after all: nothing is clawed back."""
    e_area, r_area = in_other_pools(book.rng, len(who), 2)
    first, turn = book.calendar.january(-3), book.calendar.january(-1) + 6
    e = book.enroll("worker", who, e_area, first_day(first), end=first_day(turn), status=4)
    book.wages(e, first, turn - 1)
    r = book.enroll("resident", who, r_area, book.calendar.new_year(-1))
    book.premium(r, -1)
    book.premium(r, 0)
    book.home(who, r_area)
    o = book.overlap([e, r], book.calendar.new_year(-1), first_day(turn), "past")
    over(book, e, o, "retain", YEAR)
    over(book, r, o, "terminate", YEAR, fact=MONTHS, kept=e)


@archetype(weight=12)
def past_two_places(book: Book, who) -> None:
    """Two resident enrollments last year, one not renewed: only last year's subsidy follows."""
    a_area, b_area = in_other_pools(book.rng, len(who), 2)
    a = book.enroll("resident", who, a_area, book.calendar.new_year(-2))
    b = book.enroll("resident", who, b_area, book.calendar.new_year(-2))
    paid = book.premium(b, -1)
    for year in (-1, 0):
        book.premium(a, year)
    book.home(who, a_area)
    o = book.overlap([a, b], book.calendar.new_year(-1), book.calendar.new_year(), "past")
    over(book, a, o, "retain", RESIDENCE)
    over(book, b, o, "terminate", RESIDENCE, fact="usual_residence", kept=a)
    book.deduct(b, -1, paid)


@archetype(weight=5, ages=(20, 58))
def past_flexible(book: Book, who) -> None:
    """Flexible and a newer resident enrollment last year: it would have been a suspension, nothing follows."""
    f_area, r_area = in_other_pools(book.rng, len(who), 2)
    first = book.calendar.january(-3)
    f = book.enroll("flexible", who, f_area, first_day(first))
    book.wages(f, first, book.calendar.month, employer=0)
    r = book.enroll("resident", who, r_area, book.calendar.new_year(-1), end=book.calendar.new_year(), status=2)
    book.premium(r, -1)
    book.home(who, f_area)
    o = book.overlap([f, r], book.calendar.new_year(-1), book.calendar.new_year(), "past")
    over(book, r, o, "retain", FLEXIBLE)
    over(book, f, o, "suspend", FLEXIBLE, fact="newest", kept=r)


@archetype(weight=25)
def paid_ahead_twice(book: Book, who) -> None:
    """Next year's premium is paid in two places: the new one never begins and is refunded, to the relative's account where one paid."""
    a_area, b_area = in_other_pools(book.rng, len(who), 2)
    a = book.enroll("resident", who, a_area, book.calendar.new_year(1))
    b = book.enroll("resident", who, b_area, book.calendar.new_year(-1))
    payer = np.where(book.chance(who, 0.4), np.roll(who, 1) if len(who) > 1 else -1, -1)
    ahead = book.premium(a, 1, payer=payer)
    for year in (0, 1):
        book.premium(b, year)
    book.home(who, a_area, **book.permit(b_area))
    o = book.overlap([a, b], book.calendar.new_year(1), book.calendar.new_year(2), "future")
    book.end(a, o, RESIDENCE, "usual_residence", kept=b, effective=book.calendar.new_year(1))
    book.keep(b, o, RESIDENCE)
    book.refund_ended(a, ahead, effective=book.calendar.new_year(1))


@archetype(weight=15)
def moves_next_year(book: Book, who) -> None:
    """Next year is paid in both places: the old one ends when this year does, and only next year's premium comes back."""
    a_area, b_area = in_other_pools(book.rng, len(who), 2)
    a = book.enroll("resident", who, a_area, book.calendar.new_year(-2))
    b = book.enroll("resident", who, b_area, book.calendar.new_year(1))
    this, ahead = book.premium(a, 0), book.premium(a, 1)
    book.premium(b, 1)
    book.home(who, b_area)
    o = book.overlap([a, b], book.calendar.new_year(1), book.calendar.new_year(2), "future")
    book.end(a, o, RESIDENCE, "usual_residence", kept=b, effective=book.calendar.new_year(1))
    book.keep(b, o, RESIDENCE)
    book.refund_ended(a, this, effective=book.calendar.new_year(1))
    book.refund_ended(a, ahead, effective=book.calendar.new_year(1))


def _employed_and_paid_ahead(book: Book, who, months: int):
    """Employed for ``months`` months, and a resident premium paid for next year."""
    e_area, r_area = in_other_pools(book.rng, len(who), 2)
    first = book.calendar.month + 1 - months
    e = book.enroll("worker", who, e_area, first_day(first))
    book.wages(e, first, book.calendar.month)
    r = book.enroll("resident", who, r_area, book.calendar.new_year(1))
    ahead = book.premium(r, 1)
    book.home(who, r_area)
    return e, r, ahead, book.overlap([e, r], book.calendar.new_year(1), book.calendar.new_year(2), "future")


@archetype(weight=12, ages=(20, 58))
def employed_and_paid_ahead(book: Book, who) -> None:
    """Employed over a year and next year's resident premium paid: it ends as it begins, and is refunded."""
    e, r, ahead, o = _employed_and_paid_ahead(book, who, 26)
    book.keep(e, o, YEAR)
    book.end(r, o, YEAR, MONTHS, kept=e, effective=book.calendar.new_year(1))
    book.refund_ended(r, ahead, effective=book.calendar.new_year(1))


@archetype(weight=8, ages=(20, 58))
def newly_employed_and_paid_ahead(book: Book, who) -> None:
    """Employed for seven months and next year's resident premium paid: suspended as it begins, the refund is the province's affair."""
    e, r, ahead, o = _employed_and_paid_ahead(book, who, 7)
    book.keep(e, o, UNDER)
    book.suspend(r, o, UNDER, MONTHS, kept=e, effective=book.calendar.new_year(1))
    book.refund_suspended(r, ahead, effective=book.calendar.new_year(1))


@archetype(weight=8)
def kept_one_ends_first(book: Book, who) -> None:
    """The rule would end the place where next year is already paid: somebody would be left uncovered; review."""
    (a, b), _ = this_year(book, who, in_other_pools(book.rng, len(who), 2), starts=(-2, -2))
    book.premium(b, 1)
    book.home(who, a.area)
    o = all_year(book, [a, b])
    book.keep(a, o, RESIDENCE)
    book.decide(b, o, "review", RESIDENCE, would_be="terminate", fact="usual_residence", kept=a)


@archetype(weight=6, ages=(20, 58))
def inside_the_grace_only(book: Book, who) -> None:
    """Nothing paid for three months: the employee cover is over when the grace is, and the resident cover after it must not be ended."""
    e_area, r_area = in_other_pools(book.rng, len(who), 2)
    now = book.calendar.month
    e = book.enroll("worker", who, e_area, first_day(now - 30))
    book.wages(e, now - 30, now - 3, monthly=0)
    first = max(now - 2, book.calendar.january())
    r = book.enroll("resident", who, r_area, first_day(first))
    book.premium(r, 0, first_month=first)
    book.premium(r, 1)
    book.home(who, r_area)
    o = book.overlap([e, r], r.start, first_day(now + 1))
    book.keep(e, o, YEAR)
    book.decide(r, o, "review", YEAR, would_be="terminate", fact=MONTHS, kept=e)
