"""Narrow first: who is in question, against sets; a row left out while reading is one that filtering later would drop."""

from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from transforms.reading.columns import Column
from transforms.reading.wanted import MARK, Members, Wanted, enrolled_twice, gather, in_question, load, save

NUMBERS = st.one_of(st.integers(-3, 3), st.integers(-(2**62), 2**62), st.sampled_from([10**16, 10**17 - 1, -(2**62)]))
quickly = settings(max_examples=80, deadline=None)


@quickly
@given(st.lists(NUMBERS, max_size=20), st.lists(NUMBERS, max_size=40))
@example([], [1, 2])
@example([5], [])
def test_a_set_holds_what_was_put_into_it_and_nothing_else(put, asked):
    members = Members.of(np.unique(np.array(put, dtype=np.int64)))
    assert members.hold(np.array(asked, dtype=np.int64)).tolist() == [number in put for number in asked]


@quickly
@given(st.lists(st.integers(0, 2**64 - 1), max_size=20), st.lists(st.integers(0, 2**64 - 1), max_size=20))
def test_a_set_may_be_of_hashes(put, others):
    members = Members.of(np.array(put, dtype=np.uint64))
    assert members.hold(np.array(put + others, dtype=np.uint64)).tolist() == [True] * len(put) + [number in put for number in others]


@quickly
@given(st.lists(NUMBERS, min_size=1, max_size=20), st.integers(200, 2000))
def test_a_set_is_asked_about_a_field_of_records(put, others):
    """Fields of marks lie apart and not aligned; what is looked at is a copy, which must live as long."""
    marks = np.zeros(len(put) + others, MARK)
    marks["person_key"] = put + list(range(100, 100 + others))
    held = [Members.of(np.array(put, dtype=np.int64)).hold(marks["person_key"]).tolist() for _ in range(20)]
    assert all(one == [number in put for number in marks["person_key"].tolist()] for one in held)


def test_a_set_holds_among_millions_what_filtering_later_would_keep():
    """The bitmap has fewer places than there are numbers: collisions are looked up, not believed."""
    random = np.random.default_rng(7)
    asked = random.integers(10**16, 8 * 10**16, 2_000_000)
    put = np.unique(np.concatenate([asked[::40], random.integers(10**16, 8 * 10**16, 50_000)]))
    assert np.array_equal(Members.of(put).hold(asked), np.isin(asked, put))


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
        patch.setattr("transforms.reading.wanted.MOST_SORTED", 2)
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


@quickly
@given(st.lists(st.lists(st.integers(0, 2**64 - 1), max_size=30), max_size=4), st.lists(st.integers(0, 2**64 - 1), max_size=10))
def test_numbers_gathered_on_disk_are_those_of_a_set_in_memory(tmp_path_factory, batches, others):
    """Also where none is, and where one comes twice."""
    folder = tmp_path_factory.mktemp("gathered")
    for of in ("persons", "enrollments"):
        save(folder, of, Members.of(np.empty(0, np.uint64)))
    batches = [np.array(batch, np.uint64) for batch in batches]
    gather(folder, "in_force", [*batches, *batches[:1]])
    every = np.concatenate([np.empty(0, np.uint64), *batches])
    found, asked = load(folder).in_force, np.concatenate([every, np.array(others, np.uint64)])
    assert found.hold(asked).tolist() == np.isin(asked, every).tolist()
    assert not [*folder.glob("*part*")], "what was put aside is gone"


IDS = st.lists(st.sampled_from(["1", "5000000000000018", "50000000", "500000000", "甲", "", None]), min_size=1, max_size=10)


def hashes(ids: list[str | None], kind: pa.DataType) -> list[int]:
    return Column.of(pa.array(ids, pa.string()).cast(kind)).hashes().tolist()


@quickly
@given(IDS)
def test_equal_ids_have_equal_hashes_whatever_stands_beside_them(ids):
    together = hashes(ids, pa.string())
    assert together == [hashes([i], pa.string())[0] for i in ids]
    assert len(set(together)) == len(set(ids))


@quickly
@given(IDS)
def test_a_hash_does_not_tell_how_a_column_is_kept(ids):
    assert hashes(ids, pa.string()) == hashes(ids, pa.large_string()) == hashes(ids, pa.dictionary(pa.int32(), pa.string()))
