"""People in order: one enrollment, no outcome. They are nine in ten, and no list may ever name them."""

import numpy as np

from sample_data.archetypes.registry import archetype
from sample_data.book import ENROLLED, GRADUATED, NONE, ON_LEAVE, REASON_DEATH, Book, first_day
from sample_data.days import year_of
from sample_data.places import anywhere, neighbour


def _years(book: Book, e, oldest: int, last: int = 0) -> None:
    """Premiums from the year of enrolment, at the earliest as-of + ``oldest``, to as-of + ``last``."""
    start = year_of(e.start) - book.calendar.year
    for year in range(oldest, last + 1):
        some = np.flatnonzero(start <= year)
        if len(some):
            book.premium(part(e, some), year)


def part(e, some):
    """The enrollments of some of the persons."""
    return type(e)(e.id[some], e.who[some], e.scheme, e.area[some], e.start[some])


def _extras(book: Book, who, area) -> None:
    """Assistance and stays in hospital, which change nothing for people in order."""
    known = who[book.people.has_number[who]]
    place = area[book.people.has_number[who]]
    helped = book.chance(known, 0.055)
    begin = book.calendar.new_year(0) - book.draw(known[helped], 0, 900)
    end = np.where(book.chance(known[helped], 0.5), NONE, book.calendar.new_year(1))
    book.assistance.add(int(helped.sum()), who=known[helped], area=place[helped], begin=begin, end=end)
    ill = known[book.chance(known, 0.02)]
    admitted = book.calendar.today - book.draw(ill, 3, 400)
    discharged = np.where(book.chance(ill, 0.1), NONE, np.minimum(admitted + book.draw(ill, 1, 20), book.calendar.today - 1))
    book.stays.add(len(ill), who=ill, admitted=admitted, discharged=discharged)


def _at_home(book: Book, who, area) -> None:
    """Police rows: most live where they are insured, some elsewhere, a few hold a residence permit."""
    household = np.where(book.chance(who, 0.8), area, anywhere(book.rng, len(who)))
    living = np.where(book.chance(who, 0.4), area, 0)
    holds = book.chance(who, 0.05)
    begin = np.where(holds, book.calendar.today - book.draw(who, 30, 900), NONE)
    end = np.where(holds, book.calendar.today + book.draw(who, -20, 900), NONE)
    reason = np.where(book.chance(who, 0.001), 2, 0)
    gone = np.where(reason > 0, book.calendar.today - book.draw(who, 10, 900), NONE)
    end = np.maximum(end, begin)
    book.home(who, household, living=living, permit=np.where(holds, area, 0), permit_begin=begin, permit_end=end, reason=reason, gone=gone)


@archetype(weight=6750, ages=(19, 85), papers=True)
def settled_resident(book: Book, who) -> None:
    """One resident enrollment, paid every year; some have paid for the next year already."""
    area = anywhere(book.rng, len(who))
    e = book.enroll("resident", who, area, _year_starts(book, who, -4), sex=np.where(book.chance(who, 0.005), 9, -1))
    _years(book, e, -4)
    book.premium(part(e, np.flatnonzero(book.chance(who, 0.15))), 1)
    _at_home(book, who, area)
    _extras(book, who, area)


def _year_starts(book: Book, who, oldest: int):
    return first_day(book.calendar.january() + 12 * book.draw(who, oldest, 0))


@archetype(weight=3480, ages=(6, 22))
def settled_student(book: Book, who) -> None:
    """One resident enrollment of a pupil or a student; the school register knows them, nothing follows."""
    area, n = anywhere(book.rng, len(who)), len(who)
    age = (book.calendar.today - book.people.born[who]) // 365
    stage = np.clip((age >= 12).astype(int) + (age >= 15) + (age >= 18), 0, 3)
    e = book.enroll("resident", who, area, _year_starts(book, who, -4), psn_type=np.where(stage == 3, 1404, 1403))
    _years(book, e, -4)
    _at_home(book, who, area)
    _extras(book, who, area)
    entry = first_day(book.calendar.january() + 8 - 12 * book.draw(who, 1, 3))
    status = np.where(book.chance(who, 0.03), np.where(book.chance(who, 0.5), ON_LEAVE, GRADUATED), ENROLLED)
    school = np.where(book.chance(who, 0.3), neighbour(area), area)
    book.student(who, school, stage, entry, status=status, graduation=entry + 365 * 4 * np.ones(n, dtype=int))


@archetype(weight=3700, ages=(20, 59), papers=True)
def settled_worker(book: Book, who) -> None:
    """One employer, paid month by month up to the collector's usual lag."""
    month = book.calendar.month - book.draw(who, 3, 50)
    area = anywhere(book.rng, len(who))
    e = book.enroll("worker", who, area, first_day(month) + book.draw(who, 0, 27))
    book.wages(e, month, book.calendar.month - book.draw(who, 0, 2), monthly=4, bare=book.chance(who, 0.1))
    _at_home(book, who, area)
    _extras(book, who, area)


@archetype(weight=340, ages=(20, 59))
def settled_flexible(book: Book, who) -> None:
    """One flexible enrollment, this year paid ahead in one sum."""
    start = book.calendar.january(-1) - book.draw(who, 0, 30)
    area = anywhere(book.rng, len(who))
    e = book.enroll("flexible", who, area, first_day(start))
    book.wages(e, start, book.calendar.january() - 1, monthly=0, employer=0)
    book.wages(e, book.calendar.january(), book.calendar.january() + 11, monthly=0, employer=0)
    _at_home(book, who, area)


@archetype(weight=740, ages=(56, 90))
def settled_pensioner(book: Book, who) -> None:
    """One retired enrollment: nothing is paid any more and nothing needs to be."""
    area = anywhere(book.rng, len(who))
    start = first_day(book.calendar.month - book.draw(who, 14, 200))
    book.enroll("retiree", who, area, start, psn_type=1201 + book.draw(who, 0, 2), retired=book.draw(who, 0, 2))
    _at_home(book, who, area)
    _extras(book, who, area)


@archetype(weight=800, ages=(60, 95))
def settled_dead(book: Book, who) -> None:
    """Dead, and ended the day after the death as it should be: nothing is left to do."""
    died = book.calendar.today - book.draw(who, 2, 900)
    area = anywhere(book.rng, len(who))
    e = book.enroll("resident", who, area, first_day(book.calendar.january(-4)), end=died + 1, status=4)
    for year in range(-3, 1):
        alive = np.flatnonzero(year_of(died) >= book.calendar.year + year)
        book.premium(part(e, alive), year)
    known = book.chance(who, 0.95)
    book.deaths.add(int(known.sum()), who=who[known], died=died[known], source=book.draw(who[known], 0, 2))
    reason = np.where(book.chance(who, 0.7), REASON_DEATH, 0)
    book.home(who, area, reason=reason, gone=np.where(reason > 0, died, NONE))


@archetype(weight=140, ages=(20, 70), papers=True)
def settled_unpaid(book: Book, who) -> None:
    """Enrolled, but this year's premium is missing: no cover, no duplicate, a name for the coverage plan."""
    area = anywhere(book.rng, len(who))
    e = book.enroll("resident", who, area, first_day(book.calendar.january(-3)))
    for year in (-3, -2, -1):
        book.premium(e, year)
    _at_home(book, who, area)


@archetype(weight=50, ages=(1, 60))
def never_enrolled(book: Book, who) -> None:
    """Known to the police only: no enrollment at all."""
    _at_home(book, who, anywhere(book.rng, len(who)))
