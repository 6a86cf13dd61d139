"""Two or more resident enrollments paid at once: residence, county, school and subsidies (33号 二(四), 二(六))."""

import numpy as np

from sample_data.archetypes.registry import archetype
from sample_data.book import ENROLLED, GRADUATED, NONE, ON_LEAVE, TERTIARY, WITHDRAWN, Book, Enrollment, first_day
from sample_data.places import in_one_pool, in_other_pools, neighbour, pool

RULE, SCHOOL = "resident_usual_residence", "student_school_place"


def this_year(book: Book, who, areas, starts=(-2, -1)) -> tuple[list[Enrollment], list]:
    """Resident enrollments in ``areas`` from earlier years, each with the premium of the as-of year alone."""
    enrollments = [book.enroll("resident", who, area, book.calendar.new_year(start)) for area, start in zip(areas, starts, strict=True)]
    return enrollments, [book.premium(e, 0) for e in enrollments]


def all_year(book: Book, members):
    """Their overlap: the whole of the as-of year."""
    return book.overlap(members, book.calendar.new_year(), book.calendar.new_year(1))


def a_leaves(book: Book, a, b, paid, rule, fact) -> None:
    """``a`` is terminated tonight in favour of ``b``: this year's subsidy is deducted, its premium is the province's affair."""
    o = all_year(book, [a, b])
    book.end(a, o, rule, fact, kept=b)
    book.keep(b, o, rule)
    book.deduct(a, 0, paid)
    book.refund_ended(a, paid)


@archetype(weight=45)
def permit_decides(book: Book, who) -> None:
    """Two resident enrollments; the residence permit says where the person lives, whatever the household says."""
    (a, b), (paid, _) = this_year(book, who, in_other_pools(book.rng, len(who), 2))
    book.home(who, a.area, living=np.where(book.chance(who, 0.3), a.area, 0), **book.permit(b.area))
    a_leaves(book, a, b, paid, RULE, "usual_residence")


@archetype(weight=45)
def living_place_decides(book: Book, who) -> None:
    """No valid permit (none, or one that ended by the as-of date): the stated living area decides."""
    (a, b), (paid, _) = this_year(book, who, in_other_pools(book.rng, len(who), 2), starts=(-1, -3))
    ended = book.chance(who, 0.5)
    end = np.where(ended, book.calendar.today - book.draw(who, 0, 300), NONE)
    begin = np.where(ended, end - 365, NONE)
    book.home(who, a.area, living=b.area, permit=np.where(ended, a.area, 0), permit_begin=begin, permit_end=end)
    a_leaves(book, a, b, paid, RULE, "usual_residence")


@archetype(weight=45)
def household_decides(book: Book, who) -> None:
    """Neither permit nor living area: the household registration decides, in any county of the pool."""
    (a, b), (paid, _) = this_year(book, who, in_other_pools(book.rng, len(who), 2))
    book.home(who, np.where(book.chance(who, 0.5), neighbour(b.area), b.area))
    a_leaves(book, a, b, paid, RULE, "usual_residence")


@archetype(weight=15)
def county_decides(book: Book, who) -> None:
    """Two counties of one pool: the county of residence decides, even against the newer enrollment."""
    (a, b), (paid, _) = this_year(book, who, in_one_pool(book.rng, len(who), 2), starts=(-1, -3))
    book.home(who, a.area, living=b.area)
    a_leaves(book, a, b, paid, RULE, "usual_county")


@archetype(weight=12)
def newest_in_pool_decides(book: Book, who) -> None:
    """Two counties of one pool, the home in a third or unknown: the newest enrollment stays."""
    a_area, b_area, third = in_one_pool(book.rng, len(who), 3)
    (a, b), (paid, _) = this_year(book, who, [a_area, b_area])
    known = book.chance(who, 0.7)
    book.home(who[known], third[known])
    a_leaves(book, a, b, paid, RULE, "newest_in_pool")


@archetype(weight=4)
def same_pool_same_day(book: Book, who) -> None:
    """Two counties of one pool, enrolled on the same day, the home in a third: nobody can say; review."""
    a_area, b_area, third = in_one_pool(book.rng, len(who), 3)
    (a, b), _ = this_year(book, who, [a_area, b_area], starts=(-2, -2))
    book.home(who, third)
    _tied(book, [a, b], RULE)


def _tied(book: Book, members, rule) -> None:
    o = all_year(book, members)
    for e in members:
        book.review(e, o, rule)


@archetype(weight=30)
def no_evidence(book: Book, who) -> None:
    """Two cities and no word of where the person lives, or the home in a third city: review."""
    a_area, b_area, third = in_other_pools(book.rng, len(who), 3)
    (a, b), _ = this_year(book, who, [a_area, b_area])
    known = book.chance(who, 0.5)
    book.home(who[known], third[known])
    _tied(book, [a, b], RULE)


@archetype(weight=3)
def two_homes(book: Book, who) -> None:
    """Two police rows place the person in two cities: the home is unknown; review."""
    (a, b), _ = this_year(book, who, in_other_pools(book.rng, len(who), 2))
    book.home(who, a.area)
    book.home(who, b.area)
    _tied(book, [a, b], RULE)


@archetype(weight=8)
def three_residents(book: Book, who) -> None:
    """Three cities at once cost two deductions."""
    (a, b, c), paid = this_year(book, who, in_other_pools(book.rng, len(who), 3), starts=(-2, -1, -1))
    book.home(who, c.area, living=a.area)
    _only_the_first_stays(book, [a, b, c], paid)


def _only_the_first_stays(book: Book, members, paid) -> None:
    o = all_year(book, members)
    book.keep(members[0], o, RULE)
    for e, premium in zip(members[1:], paid[1:], strict=True):
        book.end(e, o, RULE, "usual_residence", kept=members[0])
        book.deduct(e, 0, premium)
        book.refund_ended(e, premium)


@archetype(weight=0.4)
def twenty_residents(book: Book, who) -> None:
    """Twenty cities at once: one stays, nineteen are terminated and deducted."""
    members, paid = this_year(book, who, in_other_pools(book.rng, len(who), 20), starts=(-2,) * 20)
    book.home(who, members[0].area)
    _only_the_first_stays(book, members, paid)


@archetype(weight=12)
def two_years(book: Book, who) -> None:
    """Paid twice last year and this year: one deduction for each year."""
    a_area, b_area = in_other_pools(book.rng, len(who), 2)
    a = book.enroll("resident", who, a_area, book.calendar.new_year(-2))
    b = book.enroll("resident", who, b_area, book.calendar.new_year(-1))
    last, this = book.premium(a, -1), book.premium(a, 0)
    for year in (-1, 0):
        book.premium(b, year)
    book.home(who, b_area)
    o = book.overlap([a, b], book.calendar.new_year(-1), book.calendar.new_year(1))
    book.end(a, o, RULE, "usual_residence", kept=b)
    book.keep(b, o, RULE)
    book.deduct(a, -1, last)
    book.deduct(a, 0, this)
    book.refund_ended(a, this)


@archetype(weight=12)
def subsidy_on_record(book: Book, who) -> None:
    """The payment rows name the subsidy: their sum is deducted, not the standard; two rows of one period are one refund."""
    a_area, b_area = in_other_pools(book.rng, len(who), 2)
    a = book.enroll("resident", who, a_area, book.calendar.new_year(-1))
    b = book.enroll("resident", who, b_area, book.calendar.new_year(-1))
    first = book.premium(a, 0, personal=30000, subsidy=40000 + book.draw(who, 0, 9999))
    second = book.premium(a, 0, personal=10000, subsidy=25050, flag=4)
    book.premium(b, 0)
    book.home(who, b_area)
    first.personal, first.subsidy = first.personal + second.personal, first.subsidy + second.subsidy
    a_leaves(book, a, b, first, RULE, "usual_residence")


@archetype(weight=8)
def assisted_premium(book: Book, who) -> None:
    """An assistance fund paid part of the premium: refundable through the paying channel, the fund's part apart."""
    a_area, b_area = in_other_pools(book.rng, len(who), 2)
    a = book.enroll("resident", who, a_area, book.calendar.new_year(-1))
    b = book.enroll("resident", who, b_area, book.calendar.new_year(-1))
    paid = book.premium(a, 0, personal=20000, assisted=18000)
    book.premium(b, 0)
    book.home(who, b_area)
    a_leaves(book, a, b, paid, RULE, "usual_residence")


@archetype(weight=8)
def assisted_on_record(book: Book, who) -> None:
    """An assistance record holds the first day of the period: the premium is refundable though the row names no fund."""
    a_area, b_area = in_other_pools(book.rng, len(who), 2)
    (a, b), (paid, _) = this_year(book, who, [a_area, b_area])
    book.home(who, b_area)
    begin = book.calendar.new_year() - book.draw(who, 0, 300)
    end = np.where(book.chance(who, 0.5), NONE, book.calendar.new_year() + 1)
    book.assistance.add(len(who), who=who, area=a_area, begin=begin, end=end)
    o = all_year(book, [a, b])
    book.end(a, o, RULE, "usual_residence", kept=b)
    book.keep(b, o, RULE)
    book.deduct(a, 0, paid)
    book.refund_ended(a, paid, assisted=True)


@archetype(weight=3, possible=lambda c: c.today + 7 < c.new_year(1))
def kept_one_waits(book: Book, who) -> None:
    """The benefits of the place that stays begin in a week: the other one ends then, not tonight."""
    a_area, b_area = in_other_pools(book.rng, len(who), 2)
    a = book.enroll("resident", who, a_area, book.calendar.new_year(-1))
    b = book.enroll("resident", who, b_area, book.calendar.new_year(), benefits=book.calendar.today + 7)
    paid = book.premium(a, 0)
    book.premium(b, 0)
    book.home(who, b_area)
    o = all_year(book, [a, b])
    begins = book.calendar.today + 7
    book.end(a, o, RULE, "usual_residence", kept=b, effective=begins)
    book.keep(b, o, RULE)
    book.deduct(a, 0, paid)
    book.refund_ended(a, paid, effective=begins)


@archetype(weight=10)
def village_move_and_city(book: Book, who) -> None:
    """Moved once or twice between villages of a pool and insured in a city besides: one spell against one."""
    village, other_village = in_one_pool(book.rng, len(who), 2)
    b_area = _outside(in_other_pools(book.rng, len(who), 2), village)
    turn = book.calendar.today - book.draw(who, 40, 200)
    a1 = book.enroll("resident", who, village, book.calendar.new_year(-2), end=turn, status=2, merged=1, insutype=390)
    book.enroll("resident", who, other_village, turn, end=turn + 20, status=2, merged=1)
    a3 = book.enroll("resident", who, village, turn + 20)
    book.premium(a1, 0)
    b = book.enroll("resident", who, b_area, book.calendar.new_year(-2))
    paid = book.premium(b, 0)
    book.home(who, village)
    o = all_year(book, [a3, b])
    book.keep(a3, o, RULE)
    book.end(b, o, RULE, "usual_residence", kept=a3)
    book.deduct(b, 0, paid)
    book.refund_ended(b, paid)


def _outside(candidates, area):
    """The first of two candidates that is in another pool than ``area``."""
    return np.where(pool(candidates[0]) == pool(area), candidates[1], candidates[0])


@archetype(weight=10)
def payment_names_nothing(book: Book, who) -> None:
    """The payment rows name no enrollment: they belong to the one of the same scheme and pool."""
    a_area, b_area = in_other_pools(book.rng, len(who), 2)
    a = book.enroll("resident", who, a_area, book.calendar.new_year(-2))
    b = book.enroll("resident", who, b_area, book.calendar.new_year(-2))
    paid = book.premium(a, 0, named=0, area=neighbour(a_area))
    book.premium(b, 0, named=0)
    book.home(who, b_area)
    a_leaves(book, a, b, paid, RULE, "usual_residence")


@archetype(weight=30, ages=(7, 22))
def student_at_school(book: Book, who) -> None:
    """A pupil or student insured at home and at the school place: the school place stays."""
    (a, b), (paid, _) = this_year(book, who, in_other_pools(book.rng, len(who), 2))
    book.student(
        who, np.where(book.chance(who, 0.3), neighbour(b.area), b.area), book.draw(who, 0, 3), first_day(book.calendar.january(-1) + 8)
    )
    book.home(who, a.area)
    a_leaves(book, a, b, paid, SCHOOL, "school_place")


@archetype(weight=8, ages=(7, 22))
def student_elsewhere(book: Book, who) -> None:
    """The school is in neither place: the usual residence decides, under the students' rule."""
    a_area, b_area, school = in_other_pools(book.rng, len(who), 3)
    (a, b), (paid, _) = this_year(book, who, [a_area, b_area])
    book.student(who, school, book.draw(who, 0, 3), first_day(book.calendar.january(-1) + 8))
    book.home(who, b_area)
    a_leaves(book, a, b, paid, SCHOOL, "usual_residence")


@archetype(weight=6, ages=(16, 24))
def no_longer_student(book: Book, who) -> None:
    """On leave, withdrawn, graduated or past the last day of school: no student any more; the residence decides."""
    (a, b), (paid, _) = this_year(book, who, in_other_pools(book.rng, len(who), 2))
    way = book.draw(who, 0, 3)
    graduation = np.where(way == 0, book.calendar.today - book.draw(who, 0, 100), book.calendar.new_year(2))
    status = np.choose(way, [ENROLLED, ON_LEAVE, WITHDRAWN, GRADUATED])
    book.student(who, a.area, TERTIARY, first_day(book.calendar.january(-3) + 8), graduation=graduation, status=status)
    book.home(who, b.area)
    a_leaves(book, a, b, paid, RULE, "usual_residence")


@archetype(weight=12, ages=(18, 20), possible=lambda c: c.month % 12 >= 8)
def freshman(book: Book, who) -> None:
    """A university student in the year of entry: the home enrollment is tolerated, nothing ended, nothing deducted."""
    home, school = in_other_pools(book.rng, len(who), 2)
    september = book.calendar.january() + 8
    a = book.enroll("resident", who, home, book.calendar.new_year(-3))
    b = book.enroll("resident", who, school, first_day(september), psn_type=1404)
    book.premium(a, 0)
    book.premium(b, 0, first_month=september)
    book.student(who, school, TERTIARY, first_day(september))
    book.home(who, home)
    o = book.overlap([a, b], first_day(september), book.calendar.new_year(1))
    book.decide(a, o, "tolerate", "freshman_year", fact="school_place", kept=b)
    book.keep(b, o, "freshman_year")


@archetype(weight=4, ages=(18, 20), possible=lambda c: c.month % 12 >= 8)
def freshman_elsewhere(book: Book, who) -> None:
    """In the year of entry, but none of the enrollments is at the school: one ends, the year of entry costs nothing."""
    a_area, b_area, school = in_other_pools(book.rng, len(who), 3)
    (a, b), (paid, _) = this_year(book, who, [a_area, b_area])
    book.student(who, school, TERTIARY, first_day(book.calendar.january() + 8))
    book.home(who, b_area)
    o = all_year(book, [a, b])
    book.end(a, o, SCHOOL, "usual_residence", kept=b)
    book.keep(b, o, SCHOOL)
    book.deduct(a, 0, exempt=True)
    book.refund_ended(a, paid)


@archetype(weight=8, ages=(18, 21))
def second_year_student(book: Book, who) -> None:
    """Insured twice since entering university last year: last year is exempt, this year is deducted."""
    home, school = in_other_pools(book.rng, len(who), 2)
    september = book.calendar.january(-1) + 8
    a = book.enroll("resident", who, home, book.calendar.new_year(-3))
    b = book.enroll("resident", who, school, first_day(september), psn_type=1404)
    book.premium(a, -1)
    paid = book.premium(a, 0)
    book.premium(b, -1, first_month=september)
    book.premium(b, 0)
    book.student(who, school, TERTIARY, first_day(september))
    book.home(who, home)
    o = book.overlap([a, b], first_day(september), book.calendar.new_year(1))
    book.end(a, o, SCHOOL, "school_place", kept=b)
    book.keep(b, o, SCHOOL)
    book.deduct(a, -1, exempt=True)
    book.deduct(a, 0, paid)
    book.refund_ended(a, paid)
