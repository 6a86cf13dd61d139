"""People who must not become one: twins, numbers used twice, links undone; and documents linked into something suspicious."""

import numpy as np

from sample_data.archetypes.documents import child_of, in_turn, passports, two_places
from sample_data.archetypes.registry import archetype
from sample_data.archetypes.residents import all_year
from sample_data.book import CHARACTER_LOST, RENEWED, SETTLED, UNDOES, UNDONE, WAS_UNDONE, Book
from sample_data.documents import OWN
from sample_data.names import NAMES
from sample_data.people import (
    BIRTH,
    CHINESE_PASSPORT,
    HK,
    JAPAN,
    KOREA,
    MILITARY,
    PASSPORT,
    RESIDENCE_PERMIT,
    RESIDENT_ID,
    TAIWAN,
    paper_number,
    second_number,
)  # fmt: skip
from sample_data.places import in_other_pools
from sample_data.writing import CLEAN

CONFLICT = "identity_conflict"


def _pairs(who) -> tuple[np.ndarray, np.ndarray]:
    """Every two persons; one that is left over stays without a row."""
    return who[0 : len(who) // 2 * 2 : 2], who[1::2]


def _one_each(book: Book, one, other, of_one: dict, of_other: dict, register: bool = True):
    """A resident enrollment of this year for each of two persons, in two cities: were they one, it would be an overlap."""
    areas = in_other_pools(book.rng, len(one), 2)
    enrollments = []
    for who, area, details in ((one, areas[0], of_one), (other, areas[1], of_other)):
        e = book.enroll("resident", who, area, book.calendar.new_year(-1), **details)
        book.premium(e, 0)
        if register:
            same = {k: v for k, v in details.items() if k in ("paper", "sex", "born")}
            book.home(who, area, **same)
        enrollments.append(e)
    return enrollments


def _review_both(book: Book, a, b, doubt: str) -> None:
    o = all_year(book, [a, b])
    book.doubt([a, b], doubt)
    for e in (a, b):
        book.review(e, o, CONFLICT)


# --- two people


@archetype(weight=10, at_least=4, kinds=(RESIDENT_ID,))
def twins(book: Book, who) -> None:
    """Twins: one birth date, one sex, one surname, numbers that differ in one place and the check: two persons."""
    one, other = _pairs(who)
    people = book.people
    people.name[other] = (people.name[one] + 1) % len(NAMES)
    paper = book.documents.add(second_number(people.certno.gather(one)), RESIDENT_ID)
    _one_each(book, one, other, {}, {"paper": paper, "sex": people.sex[one], "born": people.born[one]})


@archetype(weight=6, ages=(0, 1), at_least=4)
def newborn_twins(book: Book, who) -> None:
    """Twins before they have names: one placeholder, one mother who pays, two birth certificates: two persons."""
    one, other = _pairs(who)
    people = book.people
    people.name[other] = people.name[one]
    first = paper_number(BIRTH, people.index[one])
    papers = [book.documents.add(texts, BIRTH) for texts in (first, "S2" + first.str.slice(2))]
    placeholder = {"spelling": child_of(book, one)}
    shared = {"sex": people.sex[one], "born": people.born[one]}
    grown_up = np.flatnonzero(people.has_number & (people.born < book.calendar.today - 20 * 366))
    mothers = grown_up[one % len(grown_up)] if len(grown_up) else -1
    for who_here, paper, area in zip((one, other), papers, in_other_pools(book.rng, len(one), 2), strict=True):
        e = book.enroll("resident", who_here, area, book.calendar.new_year(), paper=paper, psn_type=1401, **placeholder, **shared)
        book.premium(e, 0, payer=mothers)
        book.home(who_here, area, paper=paper, **shared)


@archetype(weight=8, at_least=4, kinds=(RESIDENT_ID,))
def number_of_two_people(book: Book, who) -> None:
    """One number given to two people (重号), each with a name and a birth date of their own: nothing is ended; review."""
    one, other = _pairs(who)
    people = book.people
    paper = book.documents.add(people.certno.gather(one), RESIDENT_ID)
    a_area, b_area = in_other_pools(book.rng, len(one), 2)
    a = book.enroll("resident", one, a_area, book.calendar.new_year(-1))
    b = book.enroll("resident", other, b_area, book.calendar.new_year(-2), paper=paper)
    for e in (a, b):
        book.premium(e, 0)
    book.home(one, a_area)
    _review_both(book, a, b, "psn_name")
    for doubt, differs in (("gend", people.sex[one] != people.sex[other]), ("brdy", people.born[one] != people.born[other])):
        book.doubt([a, b], doubt, only=differs)


@archetype(weight=4)
def passports_of_two_countries(book: Book, who) -> None:
    """Two countries have given one passport number: nationality and number are the identifier, two persons."""
    one, other = _pairs(who)
    number = "TR" + paper_number(PASSPORT, book.people.index[one]).str.slice(2)
    papers = [book.documents.add(number, PASSPORT, nation) for nation in (KOREA, JAPAN)]
    _one_each(book, one, other, {"paper": papers[0]}, {"paper": papers[1]}, register=False)


@archetype(weight=4)
def number_of_another_kind(book: Book, who) -> None:
    """Eight digits are a travel permit of one person and an officer card of another: another kind is another identifier."""
    one, other = _pairs(who)
    digits = paper_number(TAIWAN, book.people.index[one])
    papers = [book.documents.add(digits, kind) for kind in (TAIWAN, MILITARY)]
    _one_each(book, one, other, {"paper": papers[0]}, {"paper": papers[1]})


@archetype(weight=6, kinds=(HK, RESIDENCE_PERMIT), at_least=4)
def link_undone(book: Book, who) -> None:
    """Two persons were linked by mistake, and the link was undone, in either order of the documents: two persons."""
    one, other = _pairs(who)
    linked = book.calendar.today - book.draw(one, 300, 2000)
    undone = book.calendar.today - book.draw(one, 0, 200)
    own = np.full(len(one), OWN)
    book.link((one, own), (other, own), RENEWED, linked, WAS_UNDONE)
    straight = in_turn(one, 2) == 0
    old, new = np.where(straight, one, other), np.where(straight, other, one)
    book.link((old, own), (new, own), UNDONE, undone, UNDOES)
    _one_each(book, one, other, {}, {})


# --- one person or not: a person must look


@archetype(weight=3)
def six_documents(book: Book, who) -> None:
    """Six documents in a chain of links are no longer believed: review."""
    first, *_ = passports(book, who, 5)
    a, b, _ = two_places(book, who, {"paper": first}, {})
    _review_both(book, a, b, "many_identifiers")


@archetype(weight=4, kinds=(RESIDENT_ID,))
def two_living_ids(book: Book, who) -> None:
    """One passport linked to two resident IDs, both on the police register: review."""
    people = book.people
    passport = book.documents.add(paper_number(CHINESE_PASSPORT, people.index[who]), CHINESE_PASSPORT)
    second = book.documents.add(second_number(people.certno.gather(who)), RESIDENT_ID)
    linked = book.calendar.today - book.draw(who, 1, 2000)
    for paper in (OWN, second):
        book.link((who, passport), (who, paper), SETTLED, linked)
    a, b, _ = two_places(book, who, {"paper": second}, {})
    book.home(who, a.area, paper=second)
    _review_both(book, a, b, "two_living_ids")


@archetype(weight=3)
def kept_apart_and_linked(book: Book, who) -> None:
    """A passport and the resident ID are to be kept apart, yet hang together through the passport's renewal: review."""
    first, _ = passports(book, who, 2)
    book.link((who, first), (who, np.full(len(who), OWN)), UNDONE, book.calendar.today - book.draw(who, 0, 100), UNDOES)
    a, b, _ = two_places(book, who, {"paper": first}, {})
    _review_both(book, a, b, "kept_apart")


@archetype(weight=15, at_least=6, kinds=(RESIDENT_ID,))
def damaged_beyond_repair(book: Book, who) -> None:
    """The second enrollment's number is a digit, a swap or a lost character away from the first's: out of use, perhaps the same person."""
    a_area, b_area = in_other_pools(book.rng, len(who), 2)
    a = book.enroll("resident", who, a_area, book.calendar.new_year(-1), writing=CLEAN)
    b = book.enroll("resident", who, b_area, book.calendar.new_year(-2), writing=CLEAN, damage=1 + in_turn(who, CHARACTER_LOST))
    for e in (a, b):
        book.premium(e, 0)
    book.home(who, a_area)
    book.candidate("repaired_number", b, a)
