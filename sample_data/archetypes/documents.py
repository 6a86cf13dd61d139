"""One person under several writings of a number, or under several documents that the police have linked (33号 二(一))."""

import numpy as np

from sample_data.archetypes.registry import archetype
from sample_data.archetypes.residents import a_leaves
from sample_data.book import CORRECTED, HOLDS, RENEWED, SETTLED, TO_COME, UNDOES, UNDONE, WAS_UNDONE, Book, first_day
from sample_data.documents import OWN
from sample_data.names import PLACEHOLDERS, SPELLING, SPELLINGS, WAYS, positions_of
from sample_data.people import (
    BIRTH,
    CARD,
    CHINESE_PASSPORT,
    FOREIGN_PR,
    HK,
    KOREA,
    MACAU,
    MILITARY,
    OLD_FOREIGN_PR,
    PASSPORT,
    RESIDENCE_PERMIT,
    RESIDENT_ID,
    TAIWAN,
    VIRTUAL,
    number_with_x,
    paper_number,
    second_number,
)  # fmt: skip
from sample_data.places import in_one_pool, in_other_pools
from sample_data.writing import CLEAN, DAY_2000, FORMS, ID_WAYS, PERMIT_WAYS

RESIDENCE, YEAR, MONTHS, DECEASED = "resident_usual_residence", "cross_scheme_one_year", "continuous_employee_months", "deceased"
#: Values of the column ``writing``.
FIFTEEN_DIGITS, SMALL_LETTER, WRONG_TYPE = (list(FORMS).index(way) + 1 for way in ("fifteen_digits", "small_letter", "wrong_type"))
WAYS_OF_X = [list(FORMS).index(way) + 1 for way in ("small_x", "times_sign", "greek_chi", "cyrillic_ha", "wide_x")]


def in_turn(who, count: int) -> np.ndarray:
    """0, 1, ... ``count`` - 1, 0, ... : every way gets its persons."""
    return np.arange(len(who)) % count


def two_places(book: Book, who, one: dict, other: dict, living: dict | None = None):
    """Two resident enrollments of this year, ``one`` and ``other`` their details, the home at the second; its premium comes first."""
    a_area, b_area = in_other_pools(book.rng, len(who), 2)
    a = book.enroll("resident", who, a_area, book.calendar.new_year(-2), **one)
    b = book.enroll("resident", who, b_area, book.calendar.new_year(-1), **other)
    paid = book.premium(a, 0)
    book.premium(b, 0)
    book.home(who, b_area, **(living or {}))
    return a, b, paid


def _second_stays(book: Book, a, b, paid) -> None:
    a_leaves(book, a, b, paid, RESIDENCE, "usual_residence")


# --- one document, written in two ways


@archetype(weight=25, ages=(28, 75), kinds=(RESIDENT_ID,), at_least=len(ID_WAYS))
def written_another_way(book: Book, who) -> None:
    """One number, typed cleanly in one city and in the other as typing, copying and spreadsheets leave it: one person."""
    way = np.array(ID_WAYS)[in_turn(who, len(ID_WAYS))] + 1
    too_young = (way == FIFTEEN_DIGITS) & (book.people.born[who] >= DAY_2000)
    way[too_young] = list(FORMS).index("spaces") + 1
    paper, needs_x = np.full(len(who), OWN), np.isin(way, WAYS_OF_X)
    paper[needs_x] = book.documents.add(number_with_x(book.people.certno.gather(who[needs_x])), RESIDENT_ID)
    same = {"paper": paper}
    _second_stays(book, *two_places(book, who, {"writing": way} | same, {"writing": CLEAN} | same, same))


@archetype(weight=10, kinds=(HK, MACAU, TAIWAN), at_least=3 * len(PERMIT_WAYS))
def permit_written_another_way(book: Book, who) -> None:
    """A travel permit with reissue digits, in small letters, behind HKG, MAC or TWN: one person with the plain one."""
    way = np.array(PERMIT_WAYS)[in_turn(who, 3 * len(PERMIT_WAYS)) // 3] + 1
    _second_stays(book, *two_places(book, who, {"writing": way}, {}))


@archetype(weight=5, kinds=(RESIDENCE_PERMIT, FOREIGN_PR), at_least=4)
def stated_otherwise(book: Book, who) -> None:
    """A residence permit or a foreigner's card under the code of another document: the number says what it is."""
    _second_stays(book, *two_places(book, who, {"writing": WRONG_TYPE}, {"writing": CLEAN}))


@archetype(weight=3, kinds=(PASSPORT,))
def foreign_passport_twice(book: Book, who) -> None:
    """A foreign passport in two counties of one pool: the newest enrollment stays."""
    a_area, b_area = in_one_pool(book.rng, len(who), 2)
    a = book.enroll("resident", who, a_area, book.calendar.new_year(-2))
    b = book.enroll("resident", who, b_area, book.calendar.new_year(-1), writing=SMALL_LETTER)
    paid = book.premium(a, 0)
    book.premium(b, 0)
    a_leaves(book, a, b, paid, RESIDENCE, "newest_in_pool")


# --- one name, written in two ways


@archetype(weight=14, ages=(2, 75), at_least=len(SPELLINGS))
def name_spelled_otherwise(book: Book, who) -> None:
    """One number and one name in two spellings, traditional, with other dots, with lost characters: no conflict."""
    ways = np.array([SPELLING[way] for way in WAYS if way not in PLACEHOLDERS])
    way = ways[in_turn(who, len(ways))]
    dotted, latin = (np.isin(way, [SPELLING[w] for w in WAYS if test(w)]) for test in (_has_dot, _is_latin))
    for rows, kind in ((dotted, "dotted"), (latin, "latin")):
        names = positions_of(kind)
        book.people.name[who[rows]] = names[book.people.index[who[rows]] % len(names)]
    _second_stays(book, *two_places(book, who, {"spelling": way}, {}))


def _has_dot(way: str) -> bool:
    return "dot" in way


def _is_latin(way: str) -> bool:
    return way in ("wide", "lower")


@archetype(weight=4)
def renamed(book: Book, who) -> None:
    """Enrolled under the former name, which the police register holds beside the present one: no conflict."""
    _second_stays(book, *two_places(book, who, {"name_shift": 5}, {}, {"former_shift": 5}))


# --- two documents, linked


#: Kind of the earlier document -> kind of the later one, which is the person's own, and why they were linked.
CHANGES = (
    (HK, RESIDENCE_PERMIT, RENEWED), (MACAU, RESIDENCE_PERMIT, RENEWED), (TAIWAN, RESIDENCE_PERMIT, RENEWED),
    (CHINESE_PASSPORT, RESIDENT_ID, SETTLED), (MILITARY, RESIDENT_ID, SETTLED), (OLD_FOREIGN_PR, FOREIGN_PR, RENEWED),
    (RESIDENT_ID, RESIDENT_ID, CORRECTED), (CARD, RESIDENT_ID, RENEWED),
)  # fmt: skip
KINDS_AFTER = tuple(after for _, after, _ in CHANGES)
#: The first so many change the kind of the document.
OTHER_KINDS = 5


def _earlier_document(book: Book, who) -> tuple[np.ndarray, np.ndarray]:
    """The document before the present one, by turns of CHANGES; and why it changed."""
    turn = in_turn(who, len(CHANGES))
    before, reason = (np.array([change[place] for change in CHANGES])[turn] for place in (0, 2))
    paper = np.full(len(who), OWN)
    for kind in np.unique(before):
        rows = np.flatnonzero(before == kind)
        people = who[rows]
        texts = second_number(book.people.certno.gather(people)) if kind == RESIDENT_ID else paper_number(kind, book.people.index[people])
        paper[rows] = book.documents.add(texts, int(kind), KOREA if kind == OLD_FOREIGN_PR else 0)
    return paper, reason


def _linked_before(book: Book, who) -> np.ndarray:
    """Days on which links were made: for one person in each archetype tonight, the last day that counts."""
    days = book.calendar.today - book.draw(who, 1, 2000)
    days[:1] = book.calendar.today
    return days


@archetype(weight=30, kinds=KINDS_AFTER, at_least=len(CHANGES))
def linked_documents(book: Book, who) -> None:
    """Enrolled under the earlier document and again under the later one: the police have linked them, one person."""
    paper, reason = _earlier_document(book, who)
    book.link((who, paper), (who, OWN), reason, _linked_before(book, who))
    _second_stays(book, *two_places(book, who, {"paper": paper}, {}))


@archetype(weight=8, kinds=KINDS_AFTER, at_least=len(CHANGES))
def home_under_the_earlier_document(book: Book, who) -> None:
    """Both enrollments under the later document, the police register still knows the earlier one: the home counts all the same."""
    paper, reason = _earlier_document(book, who)
    book.link((who, paper), (who, OWN), reason, _linked_before(book, who))
    _second_stays(book, *two_places(book, who, {}, {}, {"paper": paper}))


@archetype(weight=40, kinds=KINDS_AFTER, at_least=len(CHANGES))
def linked_and_settled(book: Book, who) -> None:
    """One enrollment, a link to an earlier document: nothing follows."""
    paper, reason = _earlier_document(book, who)
    book.link((who, paper), (who, OWN), reason, _linked_before(book, who))
    (area,) = in_other_pools(book.rng, len(who), 1)
    e = book.enroll("resident", who, area, book.calendar.new_year(-2))
    for year in (-1, 0):
        book.premium(e, year)
    book.home(who, area)


def child_of(book: Book, who) -> np.ndarray:
    """The spelling that calls a newborn its mother's son or daughter."""
    return np.where(book.people.sex[who] == 1, SPELLING["son"], SPELLING["daughter"])


@archetype(weight=6, ages=(2, 4))
def newborn_linked(book: Book, who) -> None:
    """Enrolled at birth under the certificate, by a placeholder for a name, and again under the resident ID: linked, one person."""
    paper = book.documents.add(paper_number(BIRTH, book.people.index[who]), BIRTH)
    book.link((who, paper), (who, OWN), SETTLED, _linked_before(book, who))
    way = np.where(in_turn(who, 2) == 0, child_of(book, who), SPELLING["newborn"])
    _second_stays(book, *two_places(book, who, {"paper": paper, "spelling": way}, {}))


@archetype(weight=6, ages=(45, 75), kinds=(RESIDENT_ID,), possible=lambda c: c.year < 2044)
def corrected_in_1999(book: Book, who) -> None:
    """The police corrected the number when 15 digits became 18: what the old one converts to is linked to the one that holds."""
    old = second_number(book.people.certno.gather(who))
    paper = book.documents.add(old, RESIDENT_ID)
    book.link((who, paper), (who, OWN), CORRECTED, _linked_before(book, who))
    _second_stays(book, *two_places(book, who, {"paper": paper, "writing": FIFTEEN_DIGITS}, {}))


@archetype(weight=8, ages=(25, 58))
def months_under_two_documents(book: Book, who) -> None:
    """Employed eight months under a passport and eight under the resident ID: sixteen months of one person, the resident one ends."""
    e_area, r_area = in_other_pools(book.rng, len(who), 2)
    now, turn = book.calendar.month, book.calendar.month - 7
    paper = book.documents.add(paper_number(CHINESE_PASSPORT, book.people.index[who]), CHINESE_PASSPORT)
    book.link((who, paper), (who, OWN), SETTLED, _linked_before(book, who))
    before = book.enroll("worker", who, r_area, first_day(turn - 8), end=first_day(turn), status=4, paper=paper)
    book.wages(before, turn - 8, turn - 1)
    e = book.enroll("worker", who, e_area, first_day(turn))
    book.wages(e, turn, now)
    start = max(first_day(turn), book.calendar.new_year())
    r = book.enroll("resident", who, r_area, start)
    paid = book.premium(r, 0, first_month=max(turn, book.calendar.january()))
    book.home(who, r_area)
    o = book.overlap([e, r], start, book.calendar.new_year(1))
    book.keep(e, o, YEAR)
    book.end(r, o, YEAR, MONTHS, kept=e)
    book.deduct(r, 0, paid)
    book.refund_ended(r, paid)


def passports(book: Book, who, count: int) -> list[np.ndarray]:
    """Chinese passports, each the renewal of the one before, the last one followed by the resident ID: a chain of links."""
    papers = []
    for letter in "EGDSP"[:count]:
        texts = letter + paper_number(CHINESE_PASSPORT, book.people.index[who]).str.slice(1)
        papers.append(book.documents.add(texts, CHINESE_PASSPORT))
    linked = _linked_before(book, who)
    for old, new in zip(papers, papers[1:], strict=False):
        book.link((who, old), (who, new), RENEWED, linked - 200)
    book.link((who, papers[-1]), (who, OWN), SETTLED, linked)
    return papers


@archetype(weight=4)
def three_documents(book: Book, who) -> None:
    """A passport, its renewal, the resident ID: the first and the last are linked through the one between."""
    first, _ = passports(book, who, 2)
    _second_stays(book, *two_places(book, who, {"paper": first}, {}))


@archetype(weight=3)
def linked_again(book: Book, who) -> None:
    """Linked, undone, and linked again: the newest entry of the police holds, one person."""
    paper = book.documents.add(paper_number(CHINESE_PASSPORT, book.people.index[who]), CHINESE_PASSPORT)
    last = _linked_before(book, who)
    for reason, days, state in ((SETTLED, 900, WAS_UNDONE), (UNDONE, 500, UNDOES), (SETTLED, 0, HOLDS)):
        book.link((who, paper), (who, np.full(len(who), OWN)), reason, last - days, state)
    _second_stays(book, *two_places(book, who, {"paper": paper}, {}))


@archetype(weight=3)
def five_documents(book: Book, who) -> None:
    """Five documents in a chain of links are still believed."""
    first, *_ = passports(book, who, 4)
    _second_stays(book, *two_places(book, who, {"paper": first}, {}))


@archetype(weight=4, ages=(60, 95))
def dead_under_the_earlier_document(book: Book, who) -> None:
    """The report of the death carries the passport, the enrollment the resident ID: it is ended."""
    paper = book.documents.add(paper_number(CHINESE_PASSPORT, book.people.index[who]), CHINESE_PASSPORT)
    book.link((who, paper), (who, OWN), SETTLED, _linked_before(book, who))
    died = book.calendar.today - book.draw(who, 5, 20)
    (area,) = in_other_pools(book.rng, len(who), 1)
    e = book.enroll("resident", who, area, book.calendar.new_year(-3))
    paid = book.premium(e, 0)
    book.refund_death(e, paid, died + 1)
    book.deaths.add(len(who), who=who, paper=paper, died=died)
    book.home(who, area)
    book.decide(e, None, "terminate", DECEASED, effective=died + 1)
    book.deduct(e, 0, paid, only=died < book.calendar.new_year())


# --- two documents, not linked


def _two_documents(book: Book, who, paper):
    """Enrolled under both documents; nothing overlaps as long as nobody says that they are one person's."""
    a, b, _ = two_places(book, who, {"paper": paper, "spelling": SPELLING["apart"]}, {})
    return a, b


@archetype(weight=10, kinds=KINDS_AFTER[:OTHER_KINDS], at_least=OTHER_KINDS)
def documents_not_linked(book: Book, who) -> None:
    """One name, one birth date, two documents, no link: perhaps one person, for somebody to confirm."""
    turn = in_turn(who, OTHER_KINDS)
    paper = np.full(len(who), OWN)
    for place in np.unique(turn):
        rows, kind = np.flatnonzero(turn == place), CHANGES[place][0]
        paper[rows] = book.documents.add(paper_number(kind, book.people.index[who[rows]]), kind)
    book.candidate("same_name_and_birth", *_two_documents(book, who, paper))


@archetype(weight=4, kinds=(RESIDENCE_PERMIT,))
def link_to_come(book: Book, who) -> None:
    """The link is dated after the as-of date: tonight the two documents are not linked yet."""
    paper = book.documents.add(paper_number(HK, book.people.index[who]), HK)
    book.link((who, paper), (who, OWN), RENEWED, book.calendar.today + 1 + in_turn(who, 30), TO_COME)
    book.candidate("same_name_and_birth", *_two_documents(book, who, paper))


@archetype(weight=5, ages=(0, 1))
def newborn_not_linked(book: Book, who) -> None:
    """A newborn under its mother's number with 01 behind it, and under the birth certificate: perhaps one child."""
    people = book.people
    women = np.flatnonzero((people.kind == RESIDENT_ID) & (people.sex == 2) & (people.born < book.calendar.today - 20 * 366))
    mother = women[who % len(women)] if len(women) else who
    virtual = book.documents.add(people.certno.gather(mother) + "01", VIRTUAL)
    certificate = book.documents.add(paper_number(BIRTH, people.index[who]), BIRTH)
    called = {"spelling": child_of(book, who), "psn_type": 1401}
    book.candidate("newborn_of_mother", *two_places(book, who, {"paper": virtual} | called, {"paper": certificate} | called)[:2])
