"""Narrow first: who is in question, against sets; a row left out while reading is one that filtering later would drop."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from transforms.reading.members import Members, gather, save
from transforms.reading.wanted import MARK, Wanted, enrolled_twice, in_question, load

quickly = settings(max_examples=80, deadline=None)


FIELDS = ("person_key", "id_hash", "is_recent", "is_employee", "goes_on")
MARKS = st.lists(st.tuples(st.integers(1, 6), st.integers(0, 2**64 - 1), st.booleans(), st.booleans(), st.booleans()), max_size=12)


def written(folder: Path, name: str, marks: list) -> list[Path]:
    """Marks in two parts, as two files of an extract leave them."""
    paths = []
    for half in (marks[::2], marks[1::2]):
        paths.append(folder / f"{name}-{len(paths)}.npy")
        marks_of = np.zeros(len(half), MARK)
        for place, field in enumerate(FIELDS):
            marks_of[field] = [mark[place] for mark in half]
        np.save(paths[-1], marks_of)
    return paths


def looked_for(enrollments: list[Path], deaths: list[Path]) -> tuple[Wanted, int]:
    twice, enrolled = enrolled_twice(enrollments)
    return Wanted(*in_question(enrollments, deaths, twice), Members.of(np.array([5, 7], np.uint64))), enrolled


@quickly
@given(enrollments=MARKS, deaths=MARKS)
def test_marks_that_are_looked_at_a_share_at_a_time_tell_the_same(tmp_path_factory, enrollments, deaths):
    folder = tmp_path_factory.mktemp("shares")
    files = written(folder, "enrollment", enrollments), written(folder, "death", deaths)
    whole, enrolled = looked_for(*files)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("transforms.reading.members.MOST_SORTED", 2)
        shared, counted = looked_for(*files)
    assert counted == enrolled
    assert sorted(shared.persons.numbers.tolist()) == sorted(whole.persons.numbers.tolist())
    assert sorted(shared.enrollments.numbers.tolist()) == sorted(whole.enrollments.numbers.tolist())


@quickly
@given(enrollments=MARKS, deaths=MARKS)
@example(enrollments=[(1, 11, True, True, True)], deaths=[(1, 0, False, False, False)])
@example(enrollments=[(1, 11, True, True, False)], deaths=[(1, 0, False, False, False)])
@example(enrollments=[(1, 11, True, True, False), (1, 12, True, True, False)], deaths=[])
@example(enrollments=[(1, 11, True, True, False), (1, 12, False, True, False)], deaths=[])
@example(enrollments=[(1, 11, True, True, False), (1, 12, False, False, False)], deaths=[])
@example(enrollments=[], deaths=[(1, 0, False, False, False)])
def test_in_question_is_who_has_two_enrollments_or_switched_or_goes_on_though_said_to_be_dead(tmp_path_factory, enrollments, deaths):
    folder = tmp_path_factory.mktemp("marks")
    wanted, enrolled = looked_for(written(folder, "enrollment", enrollments), written(folder, "death", deaths))
    rows_of = Counter(key for key, _, recent, _, _ in enrollments if recent)
    dead = {key for key, *_ in deaths}
    persons = {key for key, n in rows_of.items() if n > 1} | {key for key, *_, goes_on in enrollments if goes_on and key in dead}
    now = {(key, employee) for key, _, recent, employee, _ in enrollments if recent}
    persons |= {key for key, _, recent, employee, _ in enrollments if not recent and (key, not employee) in now}
    assert enrolled == len(rows_of)
    assert sorted(wanted.persons.numbers.tolist()) == sorted(persons)
    ids = {number for key, number, *_ in enrollments if key in persons}
    assert set(wanted.enrollments.numbers.view(np.uint64).tolist()) == ids
    everybody = np.arange(0, 8)
    assert wanted.persons.hold(everybody).tolist() == [key in persons for key in everybody.tolist()]


@quickly
@given(marks=MARKS)
def test_what_workers_load_is_what_was_saved(tmp_path_factory, marks):
    folder = tmp_path_factory.mktemp("saved")
    wanted, _ = looked_for(written(folder, "enrollment", marks * 2), [])
    saved = folder / "wanted"
    save(saved, "persons", wanted.persons)
    save(saved, "enrollments", wanted.enrollments)
    gather(saved, "in_force", [np.array([7], np.uint64), np.array([5], np.uint64)])
    loaded = load(saved)
    asked = np.arange(0, 8)
    assert loaded.persons.hold(asked).tolist() == wanted.persons.hold(asked).tolist()
    assert np.array_equal(loaded.enrollments.numbers, wanted.enrollments.numbers)
    assert loaded.in_force.hold(np.arange(4, 9)).tolist() == [False, True, False, True, False]
