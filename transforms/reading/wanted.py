"""Narrow first: of the large extracts only the rows of persons in question, those whom tonight may decide about, are kept as typed rows.

Every row is read, checked and counted all the same; a row of anybody else just leaves no typed copy.
"""

from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

import numpy as np

from transforms.reading import members
from transforms.reading.members import Members, distinct, in_share, shares_of


@dataclass(frozen=True)
class Linked:
    """Documents that are one person's with others: ``persons`` holds the person's key of each of ``documents``, which ascend."""

    documents: np.ndarray
    persons: np.ndarray
    members: Members

    @classmethod
    def of(cls, documents: np.ndarray, persons: np.ndarray) -> "Linked":
        """``documents``: keys of documents, each once; ``persons``: the key of the person of each."""
        order = np.argsort(documents)
        return cls(documents[order], persons[order], Members.of(documents))

    def person_of(self, documents: np.ndarray) -> np.ndarray:
        """The key of the person of each document: its own where nothing is linked to it."""
        at = np.flatnonzero(self.members.hold(documents)) if len(self.persons) else ()
        if not len(at):
            return documents
        persons = documents.copy()
        persons[at] = self.persons[np.searchsorted(self.documents, documents[at])]
        return persons

    def documents_of(self, persons: np.ndarray) -> np.ndarray:
        """The persons' own keys and those of all documents linked to them, ascending."""
        return np.union1d(persons, self.documents[np.isin(self.persons, persons)])


NO_LINKS = Linked.of(np.empty(0, np.int64), np.empty(0, np.int64))


@dataclass(frozen=True)
class Wanted:
    """Persons in question, by the keys of all their documents, and their enrollments, by the hash of the id (a row may name
    one and no person); and of everybody the enrollments that a payment covers (transforms/reading/covered.py)."""

    persons: Members
    enrollments: Members
    in_force: Members


#: What puts a person in question: whose enrollment (with the hash of its id, and whether it reaches into the look-back, is of
#: the employee scheme, is retired, holds the as-of date, reaches beyond it) or death a row speaks of.
MARK = np.dtype(
    [("person_key", np.int64), ("id_hash", np.uint64)]
    + [(name, bool) for name in ("is_recent", "is_employee", "is_retired", "holds", "goes_on")]
)


def enrolled_twice(enrollments: list[Path], linked: Linked = NO_LINKS) -> tuple[np.ndarray, int]:
    """Persons with two or more enrollment rows that can be active inside the look-back, under whichever of their documents, or
    with one, and an earlier one of the other scheme, from which they may have switched; and how many are enrolled at all."""
    shares = shares_of(sum(len(np.load(f, mmap_mode="r")) for f in enrollments))
    found = [_enrolled_twice(*_of_share(enrollments, linked, share, shares)) for share in range(shares)]
    return np.concatenate([persons for persons, _ in found]), sum(enrolled for _, enrolled in found)


def in_question(enrollments: list[Path], deaths: list[Path], known: np.ndarray, linked: Linked = NO_LINKS) -> tuple[Members, Members]:
    """The documents and enrollments of the persons that a night must look at: those who are ``known`` to be in question (enrolled twice, or
    spoken of by the ledgers), and those with an enrollment that goes on though they are said to be dead, or gone where the policy
    suspends for it. Of nobody else is there anything to decide."""
    dead = Members.of(linked.person_of(np.concatenate([np.load(f)["person_key"] for f in deaths] or [np.empty(0, np.int64)])))
    persons = [known]
    for marks in map(np.load, enrollments):
        whose = linked.person_of(marks["person_key"][marks["goes_on"]])
        persons.append(whose[dead.hold(whose)])
    documents = Members.of(linked.documents_of(distinct(np.concatenate(persons))))
    ids = [marks["id_hash"][documents.hold(marks["person_key"])] for marks in map(np.load, enrollments)]
    return documents, Members.of(np.concatenate([np.empty(0, np.uint64), *ids]))


def _of_share(files: list[Path], linked: Linked, share: int, shares: int) -> list[np.ndarray]:
    """Persons, and whether each mark is recent and of the employee scheme, of one share: all marks of a person are in one."""
    columns = [(np.empty(0, np.int64), np.empty(0, bool), np.empty(0, bool))]
    for marks in map(np.load, files):
        whose = linked.person_of(marks["person_key"])
        at = np.flatnonzero(in_share(whose.view(np.uint64), share, shares)) if shares > 1 else slice(None)
        columns.append((whose[at], marks["is_recent"][at], marks["is_employee"][at]))
    return [np.concatenate(column) for column in zip(*columns, strict=True)]


def _enrolled_twice(whose: np.ndarray, recent: np.ndarray, employee: np.ndarray) -> tuple[np.ndarray, int]:
    keys = np.sort(whose[recent])
    again = keys[1:][keys[1:] == keys[:-1]]
    return np.concatenate([again, _switched(whose, recent, employee)]), len(keys) - len(again)


def _switched(whose: np.ndarray, recent: np.ndarray, employee: np.ndarray) -> np.ndarray:
    """Persons with an enrollment of before the look-back and one inside it, of different schemes: looked for among the few
    who have an early one."""
    found = []
    for scheme in (employee, ~employee):
        early = Members.of(whose[~recent & scheme])
        later = whose[recent & ~scheme]
        found.append(later[early.hold(later)])
    return np.concatenate(found)


@cache
def load(folder: Path) -> Wanted:
    """What the first process wrote; each process maps it once."""
    return Wanted(*(members.load(folder, of.name) for of in fields(Wanted)))
