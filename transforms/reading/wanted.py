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


def save(path: Path, person_keys: np.ndarray, enrollment_ids: pl.Series) -> Path:
    """Write the set for the worker processes to load."""
    np.savez(path, persons=person_keys.astype(np.int64), enrollments=id_hash(enrollment_ids))
    return path


@cache
def load(path: Path) -> Wanted:
    with np.load(path) as stored:
        return Wanted(Members.of(stored["persons"]), Members.of(stored["enrollments"]))


def id_hash(ids: pl.Series) -> np.ndarray:
    """The hash by which an enrollment id is looked up; equal ids have equal hashes in every process of a night."""
    return ids.hash(seed=1).to_numpy()
