"""Histories and look-alikes: several enrollments, yet no overlap."""

import numpy as np

from sample_data.archetypes.registry import archetype
from sample_data.book import Book, first_day
from sample_data.places import in_one_pool, in_other_pools


@archetype(weight=90, ages=(20, 59))
def changed_employer(book: Book, who) -> None:
    """One employer ends on the day another begins elsewhere: a move, not a duplicate."""
    old, new = in_other_pools(book.rng, len(who), 2)
    now, turn = book.calendar.month, book.calendar.month - book.draw(who, 1, 30)
    first = turn - book.draw(who, 2, 24)
    a = book.enroll("worker", who, old, first_day(first), end=first_day(turn), status=np.where(book.chance(who, 0.5), 2, 4))
    b = book.enroll("worker", who, new, first_day(turn))
    book.wages(a, first, turn - 1, monthly=1)
    book.wages(b, turn, now)
    book.home(who, old)


@archetype(weight=75)
def changed_home(book: Book, who) -> None:
    """The resident enrollment of one city ends with the year, the next begins on New Year's Day."""
    old, new = in_other_pools(book.rng, len(who), 2)
    turn = book.calendar.new_year()
    a = book.enroll("resident", who, old, book.calendar.new_year(-2), end=turn, status=4)
    b = book.enroll("resident", who, new, turn)
    for year in (-2, -1):
        book.premium(a, year)
    book.premium(b, 0)
    book.home(who, old, living=new)


@archetype(weight=40, ages=(20, 59))
def found_work(book: Book, who) -> None:
    """The resident enrollment was suspended on the day the employer's began, in the middle of the paid year."""
    old, new = in_other_pools(book.rng, len(who), 2)
    turn = book.calendar.month - book.draw(who, 0, 10)
    a = book.enroll("resident", who, old, book.calendar.new_year(-3), end=first_day(turn), status=2)
    b = book.enroll("worker", who, new, first_day(turn))
    for year in (-1, 0):
        book.premium(a, year)
    book.wages(b, turn, book.calendar.month)
    book.home(who, old)


@archetype(weight=25)
def came_back(book: Book, who) -> None:
    """Two enrollments in one place with a year between them."""
    a_area, b_area = in_one_pool(book.rng, len(who), 2)
    a = book.enroll("resident", who, a_area, book.calendar.new_year(-3), end=book.calendar.new_year(-1), status=4)
    b = book.enroll("resident", who, b_area, book.calendar.new_year())
    book.premium(a, -3)
    book.premium(a, -2)
    book.premium(b, 0)
    book.home(who, a_area)


@archetype(weight=15)
def moved_village(book: Book, who) -> None:
    """Paused and enrolled again the same day in another village of the pool: one spell, the first row is merged."""
    first, second = in_one_pool(book.rng, len(who), 2)
    turn = book.calendar.today - book.draw(who, 5, 200)
    a1 = book.enroll("resident", who, first, book.calendar.new_year(-3), end=turn, status=2, merged=1)
    book.enroll("resident", who, second, turn)
    for year in (-2, -1, 0):
        book.premium(a1, year)
    book.home(who, first)


def _stints(book: Book, who, count: int) -> None:
    """``count`` employers one after the other, four months each, always into another pool; the last one goes on."""
    pools = in_other_pools(book.rng, len(who), 3)
    first = book.calendar.month + 1 - 4 * count
    for stint in range(count):
        start, last = first + 4 * stint, stint == count - 1
        end = {} if last else {"end": first_day(start + 4), "status": 4}
        e = book.enroll("worker", who, pools[stint % 3], first_day(start), **end)
        book.wages(e, start, start + 3, monthly=0)
    book.home(who, pools[0])


@archetype(weight=8, ages=(22, 59))
def three_employers(book: Book, who) -> None:
    """Three employers without an overlap."""
    _stints(book, who, 3)


@archetype(weight=4, ages=(22, 59))
def six_employers(book: Book, who) -> None:
    """Six employers without an overlap."""
    _stints(book, who, 6)


@archetype(weight=1, ages=(24, 59))
def ten_employers(book: Book, who) -> None:
    """Ten employers without an overlap."""
    _stints(book, who, 10)


@archetype(weight=0.5, ages=(27, 59))
def twenty_employers(book: Book, who) -> None:
    """Twenty employers without an overlap: the longest history."""
    _stints(book, who, 20)


@archetype(weight=4)
def unpaid_twin(book: Book, who) -> None:
    """A second enrollment with normal status but no premium paid is no duplicate."""
    a_area, b_area = in_other_pools(book.rng, len(who), 2)
    a = book.enroll("resident", who, a_area, book.calendar.new_year(-2))
    book.enroll("resident", who, b_area, book.calendar.new_year(-2))
    book.premium(a, 0)
    book.home(who, b_area)


@archetype(weight=4)
def reversed_payment(book: Book, who) -> None:
    """A premium paid and reversed, refunded, or noted but never paid is not paid."""
    a_area, b_area = in_other_pools(book.rng, len(who), 2)
    a = book.enroll("resident", who, a_area, book.calendar.new_year(-2))
    b = book.enroll("resident", who, b_area, book.calendar.new_year(-2))
    book.premium(a, 0)
    way = book.draw(who, 0, 2)
    paid = book.premium(b, 0, reversal=np.where(way == 0, 1, 0), flag=np.where(way == 1, 0, 1), type=np.where(way == 2, 991, 10))
    book.premium(b, 0, personal=-paid.personal, reversal=np.where(way == 0, 2, 0), type=20)
    book.home(who, b_area)


@archetype(weight=3)
def never_valid(book: Book, who) -> None:
    """A second enrollment that is paid, but stands as never enrolled or invalid: never active."""
    a_area, b_area = in_other_pools(book.rng, len(who), 2)
    a = book.enroll("resident", who, a_area, book.calendar.new_year(-2))
    b = book.enroll("resident", who, b_area, book.calendar.new_year(-1), status=np.where(book.chance(who, 0.5), 0, 3))
    book.premium(a, 0)
    book.premium(b, 0)
    book.home(who, b_area)


@archetype(weight=30, ages=(25, 59))
def supplemented_worker(book: Book, who) -> None:
    """An employee with the supplements that go with the scheme (320, 330): carried along, never an overlap."""
    area, _ = in_other_pools(book.rng, len(who), 2)
    first = book.calendar.month - book.draw(who, 12, 60)
    e = book.enroll("worker", who, area, first_day(first))
    s = book.enroll("worker", who, area, first_day(first), insutype=np.where(book.chance(who, 0.5), 320, 330))
    book.wages(e, first, book.calendar.month)
    book.wages(s, first, book.calendar.month, monthly=0)
    book.home(who, area)


@archetype(weight=30)
def supplemented_resident(book: Book, who) -> None:
    """A resident with major-illness insurance (392) in another city: carried along, never an overlap."""
    area, other = in_other_pools(book.rng, len(who), 2)
    e = book.enroll("resident", who, area, book.calendar.new_year(-2))
    s = book.enroll("resident", who, other, book.calendar.new_year(-2), insutype=392)
    book.premium(e, 0)
    book.premium(s, 0)
    book.home(who, other)


@archetype(weight=4)
def old_overlap(book: Book, who) -> None:
    """Two residents paid the year before last: it ended before the look-back begins, and is not reported."""
    a_area, b_area = in_other_pools(book.rng, len(who), 2)
    a = book.enroll("resident", who, a_area, book.calendar.new_year(-3))
    b = book.enroll("resident", who, b_area, book.calendar.new_year(-2), end=book.calendar.new_year(-1), status=4)
    for e, years in ((a, (-2, -1, 0)), (b, (-2,))):
        for year in years:
            book.premium(e, year)
    book.home(who, a_area)
