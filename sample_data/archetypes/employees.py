"""Two employee enrollments at once: the employer, the place of work, the pension (33号 二(四), 二(五))."""

import numpy as np

from sample_data.archetypes.registry import archetype
from sample_data.book import CASES, NONE, Book, first_day
from sample_data.places import in_one_pool, in_other_pools

RULE = "employee_workplace"


def _b_stays(book: Book, a, b, fact, end=NONE) -> None:
    o = book.overlap([a, b], b.start, end)
    book.end(a, o, RULE, fact, kept=b)
    book.keep(b, o, RULE)


def _tied(book: Book, a, b, start) -> None:
    o = book.overlap([a, b], start, NONE)
    book.review(a, o, RULE)
    book.review(b, o, RULE)


def _flexible_and_employer(book: Book, who):
    """A flexible worker since the year before last who found an employer in another city in the last six months."""
    a_area, b_area = in_other_pools(book.rng, len(who), 2)
    hired = book.calendar.month - book.draw(who, 0, 5)
    way = book.draw(who, 0, 2)
    a = book.enroll(
        "flexible", who, a_area, book.calendar.new_year(-2),
        psn_type=np.choose(way, [1103, 1103, 1101]), emp_mgt=np.choose(way, [2, 0, 3]),
    )  # fmt: skip
    b = book.enroll("worker", who, b_area, first_day(hired))
    book.wages(a, book.calendar.january(-2), book.calendar.january(-1) + 11, monthly=0, employer=0)
    book.wages(b, hired, book.calendar.month, monthly=None)
    book.home(who, a_area)
    return a, b, hired


@archetype(weight=25, ages=(20, 58))
def employer_beats_flexible(book: Book, who) -> None:
    """Flexible and paid ahead for the year in one city, employed in another: the employer's stays, the months paid twice are refunded."""
    a, b, hired = _flexible_and_employer(book, who)
    january = book.calendar.january()
    total = book.draw(who, 300_000, 720_000)
    book.wages(a, january, january + 11, monthly=0, personal=total, employer=0)
    _b_stays(book, a, b, "employer_paid")
    first = np.maximum(hired, january)
    months = january + 12 - first
    book.refunds.add(
        len(who), enrollment=a.id, begin=first_day(first), end=book.calendar.new_year(1), case=CASES.index("flexible_prepaid"),
        personal=(2 * total * months + 12) // 24,
    )  # fmt: skip


@archetype(weight=12, ages=(20, 58))
def employer_beats_monthly_flexible(book: Book, who) -> None:
    """The same, but the flexible premium is paid month by month: nothing was prepaid, nothing is refunded."""
    a, b, _ = _flexible_and_employer(book, who)
    book.wages(a, book.calendar.january(), book.calendar.month, monthly=None, personal=40000, employer=0)
    _b_stays(book, a, b, "employer_paid")


@archetype(weight=20, ages=(20, 58))
def tax_shows_workplace(book: Book, who) -> None:
    """One employer has not paid for three months: the other city is the place of work, whichever enrollment is newer."""
    a_area, b_area = in_other_pools(book.rng, len(who), 2)
    now = book.calendar.month
    a_first, b_first = np.where(book.chance(who, 0.5), now - 30, now - 20), now - 25
    a = book.enroll("worker", who, a_area, first_day(a_first))
    b = book.enroll("worker", who, b_area, first_day(b_first))
    book.wages(a, a_first, now - 3, monthly=1)
    book.wages(b, b_first, now)
    book.home(who, a_area)
    o = book.overlap([a, b], np.maximum(a.start, b.start), first_day(now + 1))
    book.end(a, o, RULE, "employment_place", kept=b)
    book.keep(b, o, RULE)


@archetype(weight=15, ages=(20, 58))
def newest_employer_in_pool(book: Book, who) -> None:
    """Two employers in one pool, both paying: the fund is the same, the newest enrollment stays."""
    a_area, b_area = in_one_pool(book.rng, len(who), 2)
    now = book.calendar.month
    b_first = now - book.draw(who, 2, 18)
    a = book.enroll("worker", who, a_area, first_day(now - 30))
    b = book.enroll("worker", who, b_area, first_day(b_first))
    book.wages(a, now - 30, now)
    book.wages(b, b_first, now)
    book.home(who, a_area)
    _b_stays(book, a, b, "newest_in_pool")


@archetype(weight=15, ages=(20, 58))
def lagging_collector(book: Book, who) -> None:
    """Two employers in two cities, one collector up to two months behind: nobody can say which is the workplace; review."""
    a_area, b_area = in_other_pools(book.rng, len(who), 2)
    now = book.calendar.month
    b_first = now - book.draw(who, 3, 18)
    a = book.enroll("worker", who, a_area, first_day(now - 30))
    b = book.enroll("worker", who, b_area, first_day(b_first))
    book.wages(a, now - 30, now - book.draw(who, 0, 2))
    book.wages(b, b_first, now)
    book.home(who, a_area)
    _tied(book, a, b, b.start)


@archetype(weight=8, ages=(20, 58))
def two_flexible(book: Book, who) -> None:
    """Two flexible enrollments in two cities: no employer, no place of work; review."""
    a_area, b_area = in_other_pools(book.rng, len(who), 2)
    now = book.calendar.month
    a = book.enroll("flexible", who, a_area, first_day(now - 24))
    b = book.enroll("flexible", who, b_area, first_day(now - 5), emp_mgt=3)
    book.wages(a, now - 24, now, employer=0)
    book.wages(b, now - 5, now, employer=0)
    book.home(who, b_area)
    _tied(book, a, b, b.start)


@archetype(weight=10, ages=(56, 75))
def pensioner_with_employer(book: Book, who) -> None:
    """A pensioner with an employer elsewhere: a lifelong entitlement is not ended by a program; review."""
    a_area, b_area = in_other_pools(book.rng, len(who), 2)
    first = book.calendar.month - book.draw(who, 1, 15)
    a = book.enroll("retiree", who, a_area, book.calendar.new_year(-9))
    b = book.enroll("worker", who, b_area, first_day(first))
    book.wages(b, first, book.calendar.month)
    book.home(who, a_area)
    _tied(book, a, b, b.start)


@archetype(weight=4, ages=(60, 80))
def two_pensions(book: Book, who) -> None:
    """Two retired enrollments, even in one pool: review."""
    a_area, b_area = in_one_pool(book.rng, len(who), 2)
    a = book.enroll("retiree", who, a_area, book.calendar.new_year(-9))
    b = book.enroll("retiree", who, b_area, book.calendar.new_year(-4), psn_type=1203)
    book.home(who, a_area)
    _tied(book, a, b, b.start)
