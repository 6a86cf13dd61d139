"""Who is plainly covered, against rules spelled out row by row."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.reading.covered import PAID, covered_persons, in_force, numbers_of
from transforms.reading.members import Members
from transforms.reading.wanted import MARK, Linked

quickly = settings(max_examples=80, deadline=None)
#: person, hash of the id, employee, retired, holds the day
ENROLLMENTS = st.lists(st.tuples(st.integers(1, 6), st.integers(1, 9), st.booleans(), st.booleans(), st.booleans()), max_size=12)
#: row, person
PAYMENTS = st.lists(st.tuples(st.integers(1, 20), st.integers(1, 6)), max_size=12)
LINKED = Linked.of(np.array([2, 3]), np.array([2, 2]))


def written(folder: Path, name: str, rows: list, dtype: np.dtype, names: tuple[str, ...]) -> list[Path]:
    paths = []
    for half in (rows[::2], rows[1::2]):
        marks = np.zeros(len(half), dtype)
        for place, field in enumerate(names):
            marks[field] = [row[place] for row in half]
        paths.append(folder / f"{name}-{len(paths)}.npy")
        np.save(paths[-1], marks)
    return paths


def marks_of(folder: Path, enrollments: list) -> list[Path]:
    return written(folder, "enrollment", enrollments, MARK, ("person_key", "id_hash", "is_employee", "is_retired", "holds"))


@quickly
@given(enrollments=ENROLLMENTS, contradicted=st.sets(st.integers(1, 9), max_size=2))
def test_in_force_is_what_holds_the_day_is_not_retired_and_not_contradicted(tmp_path_factory, enrollments, contradicted):
    numbers = in_force(marks_of(tmp_path_factory.mktemp("marks"), enrollments), Members.of(np.array(sorted(contradicted), np.uint64)))
    found = Members.of(np.concatenate([np.empty(0, np.uint64), *numbers]))
    expected = {(i, p, e) for p, i, e, retired, holds in enrollments if holds and not retired and i not in contradicted}
    asked = [(i, p, e) for i in range(1, 10) for p in range(1, 7) for e in (False, True)]
    ids, persons, employee = (np.array(column) for column in zip(*asked, strict=True))
    assert found.hold(numbers_of(ids.astype(np.uint64), persons, employee)).tolist() == [one in expected for one in asked]


@quickly
@given(enrollments=ENROLLMENTS, payments=PAYMENTS, dropped=st.sets(st.integers(1, 20), max_size=4), at_a_time=st.sampled_from([2, 1 << 25]))
def test_covered_are_the_retired_and_whoever_is_paid_for_by_a_row_that_counts(tmp_path_factory, enrollments, payments, dropped, at_a_time):
    folder = tmp_path_factory.mktemp("marks")
    paid = written(folder, "paid", payments, PAID, ("row_id", "person_key"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("transforms.reading.members.MOST_SORTED", at_a_time)
        contradicted = Members.of(np.array([9], np.uint64))
        shares = list(covered_persons(marks_of(folder, enrollments), contradicted, paid, np.array(sorted(dropped), np.int64), LINKED))
    documents = {p for p, i, _, retired, holds in enrollments if holds and retired and i != 9}
    documents |= {person for row, person in payments if row not in dropped}
    found = np.concatenate(shares).tolist()
    assert sorted(found) == sorted({2 if document == 3 else document for document in documents})
