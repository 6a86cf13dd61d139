"""Narrow first: of the large extracts only the rows of persons in question, those whom tonight may decide about, are kept as typed rows.

Every row is read, checked and counted all the same; a row of anybody else just leaves no typed copy.
"""

from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

import numpy as np

from transforms import native

#: Numbers that are sorted at a time: a quarter of a gigabyte of them.
MOST_SORTED = 1 << 25
#: An odd factor scatters numbers over all 64 bits, and its inverse brings them back.
_FACTOR = 0x9E3779B97F4A7C15
_INVERSE = pow(_FACTOR, -1, 1 << 64)
_LEAST_BITS, _MOST_BITS = 10, 24
#: Numbers that are gathered on disk are sorted in sixteen parts.
_PART_BITS = 4


@dataclass(frozen=True)
class Members:
    """A set of 64-bit numbers, for fast membership tests. The members are multiplied by an odd factor (scrambled) and sorted, so that the
    first bits of a number say where to look for it; a binary search would miss the cache twenty times. A bitmap of those first bits
    rejects nearly every number that is not in the set without looking at the members."""

    scrambled: np.ndarray
    begins: np.ndarray
    bitmap: np.ndarray

    @classmethod
    def of(cls, numbers: np.ndarray) -> "Members":
        """``numbers``: in any order, repeated or not."""
        scrambled = distinct(_times(numbers.view(np.uint64), _FACTOR))
        bits = _bits_of(len(scrambled))
        held = np.bincount((scrambled >> np.uint64(64 - bits)).view(np.int64), minlength=1 << bits)
        return cls(scrambled, *_slots(held))

    @property
    def numbers(self) -> np.ndarray:
        """The members as int64, in the order of their slots."""
        return _times(self.scrambled, _INVERSE).view(np.int64)

    def hold(self, numbers: np.ndarray) -> np.ndarray:
        """Whether each number is in the set."""
        return native.hold(numbers, self.scrambled, self.begins, self.bitmap, _FACTOR)


def _bits_of(numbers: int) -> int:
    """How many first bits the look-up table of so many numbers uses."""
    return min(max((4 * numbers).bit_length(), _LEAST_BITS), _MOST_BITS)


def _slots(held: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where the numbers of each slot begin, and a bit for each slot that has any. ``held``: how many each has."""
    return np.concatenate([[0], np.cumsum(held)]).astype(np.int32), np.packbits(held > 0, bitorder="little")


def distinct(numbers: np.ndarray) -> np.ndarray:
    """Each number once, ascending."""
    ordered = np.sort(numbers)
    return ordered[np.concatenate([[True], ordered[1:] != ordered[:-1]])] if len(ordered) else ordered


def _times(numbers: np.ndarray, factor: int) -> np.ndarray:
    with np.errstate(over="ignore"):
        return numbers * np.uint64(factor)


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


def shares_of(numbers: int) -> int:
    """In how many shares so many numbers are sorted, so that the memory used does not grow with their count."""
    return 1 << (numbers // MOST_SORTED).bit_length()


def in_share(numbers: np.ndarray, share: int, shares: int) -> np.ndarray:
    """Which numbers (uint64) fall into one of the shares: the same number always falls into the same one."""
    return (_times(numbers, _FACTOR) >> np.uint64(40)) & np.uint64(shares - 1) == share


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


def save(folder: Path, of: str, members: Members) -> None:
    """Write one set of Wanted for the worker processes, who all look into the same pages of memory."""
    folder.mkdir(exist_ok=True)
    for name, array in vars(members).items():
        np.save(_file(folder, of, name), array)


def gather(folder: Path, of: str, numbers: Iterable[np.ndarray]) -> None:
    """`save` for more ``numbers`` (uint64) than memory should hold: they are written to sixteen files by their first bits, and each file
    is sorted by itself. A number that comes twice is kept twice."""
    folder.mkdir(exist_ok=True)
    parts = [_file(folder, of, f"part-{share}") for share in range(1 << _PART_BITS)]
    with ExitStack() as stack:
        files = [stack.enter_context(part.open("wb")) for part in parts]
        for batch in numbers:
            scrambled = _times(batch, _FACTOR)
            of_part = (scrambled >> np.uint64(64 - _PART_BITS)).astype(np.uint8)
            order = np.argsort(of_part, kind="stable")
            ends = np.cumsum(np.bincount(of_part, minlength=len(parts)))
            for file, share in zip(files, np.split(scrambled[order], ends[:-1]), strict=True):
                file.write(share.tobytes())
    total = sum(part.stat().st_size for part in parts) // 8
    bits, held = _bits_of(total), []
    with _file(folder, of, "scrambled").open("wb") as out:
        np.lib.format.write_array_header_1_0(out, {"descr": "<u8", "fortran_order": False, "shape": (total,)})
        for share, part in enumerate(parts):
            ordered = np.sort(np.fromfile(part, np.uint64))
            first = share << bits - _PART_BITS
            slots = (ordered >> np.uint64(64 - bits)).view(np.int64) - first
            held.append(np.bincount(slots, minlength=1 << bits - _PART_BITS).astype(np.int32))
            out.write(ordered.tobytes())
            part.unlink()
    begins, bitmap = _slots(np.concatenate(held))
    np.save(_file(folder, of, "begins"), begins)
    np.save(_file(folder, of, "bitmap"), bitmap)


def size_of(folder: Path) -> int:
    """Bytes of all sets in ``folder``: what every worker process maps into its memory."""
    return sum(file.stat().st_size for file in folder.iterdir())


def _file(folder: Path, of: str, name: str) -> Path:
    return folder / f"{of}-{name}.npy"


@cache
def load(folder: Path) -> Wanted:
    def members(of: str) -> Members:
        return Members(*(np.asarray(np.load(_file(folder, of, name.name), mmap_mode="r")) for name in fields(Members)))

    return Wanted(*(members(of.name) for of in fields(Wanted)))
