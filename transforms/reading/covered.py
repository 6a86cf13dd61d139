"""Who is plainly covered on the as-of date: found while the extracts are read, so that nothing later looks at most people (rules 1.1).

Plain is: an enrollment's span holds the day, and it is retired; or an effective contribution of its scheme, which names it and the
same certificate number, pays for the day. Whoever is covered in another way, or by rows that contradict each other, is looked at in
full with those who are not (transforms/coverage).
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from transforms.reading.members import Members, distinct, in_share, shares_of
from transforms.reading.wanted import NO_LINKS, Linked

#: A contribution that pays for the as-of date of an enrollment in force: the row and whom it covers.
PAID = np.dtype([("row_id", np.int64), ("person_key", np.int64)])
#: Makes the number of an enrollment differ between two certificate numbers.
_FACTOR = np.uint64(0xD6E8FEB86659FD93)


def numbers_of(id_hashes: np.ndarray, persons: np.ndarray, employee: np.ndarray) -> np.ndarray:
    """One number for an enrollment (the hash of its id), the certificate number (its key) and the scheme."""
    with np.errstate(over="ignore"):
        return np.where(employee, ~id_hashes, id_hashes) ^ (persons.view(np.uint64) * _FACTOR)


def in_force(enrollments: list[Path], contradicted: Members) -> Iterator[np.ndarray]:
    """Enrollments in force on the as-of date which a payment covers, by their numbers, file by file. ``enrollments``: marks
    (wanted.MARK); ``contradicted``: hashes of ids that several rows give differently."""
    for marks in map(np.load, enrollments):
        of = _plain(marks, contradicted, is_retired=False)
        yield numbers_of(of["id_hash"], np.ascontiguousarray(of["person_key"]), of["is_employee"])


def _plain(marks: np.ndarray, contradicted: Members, is_retired: bool) -> np.ndarray:
    marks = marks[marks["holds"] & (marks["is_retired"] == is_retired)]
    return marks[~contradicted.hold(marks["id_hash"])]


def covered_persons(
    enrollments: list[Path], contradicted: Members, payments: list[Path], dropped: np.ndarray, linked: Linked = NO_LINKS
) -> Iterator[np.ndarray]:
    """The persons who are plainly covered, each once, a share of all at a time. ``payments``: files of PAID; ``dropped``: rows of them that
    do not count."""
    dropped_rows = Members.of(dropped)
    shares = shares_of(sum(len(np.load(f, mmap_mode="r")) for f in [*enrollments, *payments]))
    for share in range(shares):
        found = [np.empty(0, np.int64)]
        for marks in map(np.load, enrollments):
            found.append(_persons(_plain(marks, contradicted, is_retired=True), linked, share, shares))
        for paid in map(np.load, payments):
            found.append(_persons(paid[~dropped_rows.hold(paid["row_id"])], linked, share, shares))
        yield distinct(np.concatenate(found))


def _persons(rows: np.ndarray, linked: Linked, share: int, shares: int) -> np.ndarray:
    persons = linked.person_of(np.ascontiguousarray(rows["person_key"]))
    return persons[in_share(persons.view(np.uint64), share, shares)] if shares > 1 else persons
