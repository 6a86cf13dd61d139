"""Narrow first: of the great extracts only rows of the few persons in question are carried on.

Every row is read, checked and counted all the same; a row of nobody in question simply leaves no typed copy.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl

BITS = 22


@dataclass(frozen=True)
class Members:
    """A set of 64-bit numbers: a bitmap passes nearly nothing that is not in it on to the search."""

    ordered: np.ndarray
    bitmap: np.ndarray

    @classmethod
    def of(cls, numbers: np.ndarray) -> "Members":
        bitmap = np.zeros(1 << BITS, dtype=bool)
        bitmap[_slot(numbers)] = True
        return cls(np.sort(numbers), bitmap)

    def hold(self, numbers: np.ndarray) -> np.ndarray:
        """Whether each number is in the set."""
        found = self.bitmap[_slot(numbers)]
        at = np.flatnonzero(found)
        place = np.searchsorted(self.ordered, numbers[at])
        found[at] = self.ordered[np.minimum(place, len(self.ordered) - 1)] == numbers[at] if len(self.ordered) else False
        return found


def _slot(numbers: np.ndarray) -> np.ndarray:
    with np.errstate(over="ignore"):
        return (numbers.view(np.uint64) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(64 - BITS)


@dataclass(frozen=True)
class Wanted:
    """Persons in question, by key, and their enrollments, by the hash of the id (a row may name one and no person)."""

    persons: Members
    enrollments: Members


#: What puts a person in question: whose enrollment (with the hash of its id, and whether it
#: reaches beyond the as-of date) or death a row speaks of.
MARK = np.dtype([("person_key", np.int64), ("id_hash", np.uint64), ("goes_on", bool)])


def in_question(enrollments: list[Path], deaths: list[Path]) -> tuple[Wanted, int]:
    """The persons that a night must look at, and how many persons are enrolled at all.

    They have two or more enrollment rows that can be active inside the look-back, or one that goes on though they are
    said to be dead. Of
    nobody else is there anything to decide.
    """
    marks = _load(enrollments)
    whose = np.ascontiguousarray(marks["person_key"])
    keys = np.sort(whose)
    again = keys[1:][keys[1:] == keys[:-1]]
    dead = Members.of(np.unique(_load(deaths)["person_key"]))
    persons = Members.of(np.union1d(again, whose[marks["goes_on"] & dead.hold(whose)]))
    return Wanted(persons, Members.of(marks["id_hash"][persons.hold(whose)])), len(keys) - len(again)


def _load(files: list[Path]) -> np.ndarray:
    return np.concatenate([np.load(f) for f in files] or [np.empty(0, MARK)])


def save(path: Path, wanted: Wanted) -> Path:
    """Write the set for the worker processes to load."""
    np.savez(path, persons=wanted.persons.ordered, enrollments=wanted.enrollments.ordered)
    return path


@cache
def load(path: Path) -> Wanted:
    with np.load(path) as stored:
        return Wanted(Members.of(stored["persons"]), Members.of(stored["enrollments"]))


def id_hash(ids: pl.Series) -> np.ndarray:
    """The hash by which an enrollment id is looked up; equal ids have equal hashes in every process of a night."""
    return ids.hash(seed=1).to_numpy()
