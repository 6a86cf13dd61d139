"""Narrow first: of the great extracts only rows of the few persons in question are carried on.

Every row is read, checked and counted all the same; a row of nobody in question simply leaves no typed copy.
"""

from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl

#: Numbers that are looked up at a time: what is in between stays in the cache.
AT_A_TIME = 1 << 16
#: Numbers that are sorted at a time: a quarter of a gigabyte of them.
MOST_SORTED = 1 << 25


@dataclass(frozen=True)
class Members:
    """A set of 64-bit numbers. A bitmap passes nearly nothing that is not in it on; the numbers themselves stand in the order
    of their slots, so that one look says where those of a slot begin: a search through all would miss the cache twenty times."""

    numbers: np.ndarray
    begins: np.ndarray
    bitmap: np.ndarray

    @classmethod
    def of(cls, numbers: np.ndarray) -> "Members":
        """``numbers``: in any order, repeated or not."""
        numbers = distinct(numbers)
        bits = min(max((4 * len(numbers)).bit_length(), 10), 24)
        slots = _slot(numbers, bits)
        held = np.bincount(slots, minlength=1 << bits)
        begins = np.concatenate([[0], np.cumsum(held)]).astype(np.int32)
        return cls(numbers[np.argsort(slots, kind="stable")], begins, held > 0)

    def hold(self, numbers: np.ndarray) -> np.ndarray:
        """Whether each number is in the set."""
        found = np.empty(len(numbers), dtype=bool)
        for start in range(0, len(numbers), AT_A_TIME):
            found[start : start + AT_A_TIME] = self._hold(numbers[start : start + AT_A_TIME])
        return found

    def _hold(self, numbers: np.ndarray) -> np.ndarray:
        slots = _slot(numbers, len(self.bitmap).bit_length() - 1)
        found = self.bitmap[slots]
        at = np.flatnonzero(found)
        asked, begin = numbers[at], self.begins[slots[at]]
        in_slot = self.begins[slots[at] + 1] - begin
        equal = np.zeros(len(at), dtype=bool)
        for place in range(int(in_slot.max(initial=0))):
            equal |= (self.numbers[np.minimum(begin + place, len(self.numbers) - 1)] == asked) & (place < in_slot)
        found[at] = equal
        return found


def distinct(numbers: np.ndarray) -> np.ndarray:
    """Each number once, ascending."""
    ordered = in_order(numbers)
    return ordered[np.concatenate([[True], ordered[1:] != ordered[:-1]])] if len(ordered) else ordered


def in_order(numbers: np.ndarray) -> np.ndarray:
    """Ascending, by a sort four times as fast as numpy's."""
    return pl.Series(numbers).sort(multithreaded=False).to_numpy()


def _slot(numbers: np.ndarray, bits: int) -> np.ndarray:
    with np.errstate(over="ignore"):
        return ((numbers.view(np.uint64) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(64 - bits)).view(np.int64)


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
    one and no person)."""

    persons: Members
    enrollments: Members


#: What puts a person in question: whose enrollment (with the hash of its id, and whether it reaches into the look-back, is of
#: the employee scheme, reaches beyond the as-of date) or death a row speaks of.
MARK = np.dtype([("person_key", np.int64), ("id_hash", np.uint64), ("is_recent", bool), ("is_employee", bool), ("goes_on", bool)])


def enrolled_twice(enrollments: list[Path], linked: Linked = NO_LINKS) -> tuple[np.ndarray, int]:
    """Persons with two or more enrollment rows that can be active inside the look-back, under whichever of their documents, or
    with one, and an earlier one of the other scheme, from which they may have switched; and how many are enrolled at all."""
    shares = shares_of(sum(len(np.load(f, mmap_mode="r")) for f in enrollments))
    found = [_enrolled_twice(*_of_share(enrollments, linked, share, shares)) for share in range(shares)]
    return np.concatenate([persons for persons, _ in found]), sum(enrolled for _, enrolled in found)


def in_question(enrollments: list[Path], deaths: list[Path], twice: np.ndarray, linked: Linked = NO_LINKS) -> Wanted:
    """The persons that a night must look at: those who are enrolled ``twice``, and those with an enrollment that goes on though
    they are said to be dead, or gone where the policy suspends for it. Of nobody else is there anything to decide."""
    dead = Members.of(linked.person_of(np.concatenate([np.load(f)["person_key"] for f in deaths] or [np.empty(0, np.int64)])))
    persons = [twice]
    for marks in map(np.load, enrollments):
        whose = linked.person_of(marks["person_key"][marks["goes_on"]])
        persons.append(whose[dead.hold(whose)])
    documents = Members.of(linked.documents_of(distinct(np.concatenate(persons))))
    ids = [marks["id_hash"][documents.hold(marks["person_key"])] for marks in map(np.load, enrollments)]
    return Wanted(documents, Members.of(np.concatenate([np.empty(0, np.uint64), *ids])))


def shares_of(numbers: int) -> int:
    """In how many shares so many numbers are sorted: what is held does not grow with their number."""
    return 1 << (numbers // MOST_SORTED).bit_length()


def _of_share(files: list[Path], linked: Linked, share: int, shares: int) -> list[np.ndarray]:
    """Persons, and whether each mark is recent and of the employee scheme, of one share: all marks of a person are in one."""
    columns = [(np.empty(0, np.int64), np.empty(0, bool), np.empty(0, bool))]
    for marks in map(np.load, files):
        whose = linked.person_of(marks["person_key"])
        at = np.flatnonzero(_slot(whose, 20) & (shares - 1) == share) if shares > 1 else slice(None)
        columns.append((whose[at], marks["is_recent"][at], marks["is_employee"][at]))
    return [np.concatenate(column) for column in zip(*columns, strict=True)]


def _enrolled_twice(whose: np.ndarray, recent: np.ndarray, employee: np.ndarray) -> tuple[np.ndarray, int]:
    keys = in_order(whose[recent])
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


def save(folder: Path, wanted: Wanted) -> Path:
    """Write the set for the worker processes, who all look into the same pages of memory."""
    folder.mkdir(exist_ok=True)
    for of in ("persons", "enrollments"):
        for name, array in vars(getattr(wanted, of)).items():
            np.save(folder / f"{of}-{name}.npy", array)
    return folder


@cache
def load(folder: Path) -> Wanted:
    def members(of: str) -> Members:
        return Members(*(np.asarray(np.load(folder / f"{of}-{name.name}.npy", mmap_mode="r")) for name in fields(Members)))

    return Wanted(members("persons"), members("enrollments"))


def id_hash(ids: pl.Series) -> np.ndarray:
    """The hash by which an enrollment id is looked up; equal ids have equal hashes in every process of a night."""
    return ids.hash(seed=1).to_numpy()
