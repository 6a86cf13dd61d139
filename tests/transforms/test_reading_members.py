"""Sets of numbers, in memory and on disk, against Python's own; a hash of a text is the same however its column is kept."""

import numpy as np
import pyarrow as pa
from hypothesis import example, given, settings
from hypothesis import strategies as st

from transforms.reading.columns import Column
from transforms.reading.members import Members, gather, load
from transforms.reading.wanted import MARK

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


@quickly
@given(st.lists(st.lists(st.integers(0, 2**64 - 1), max_size=30), max_size=4), st.lists(st.integers(0, 2**64 - 1), max_size=10))
def test_numbers_gathered_on_disk_are_those_of_a_set_in_memory(tmp_path_factory, batches, others):
    """Also where none is, and where one comes twice."""
    folder = tmp_path_factory.mktemp("gathered")
    batches = [np.array(batch, np.uint64) for batch in batches]
    gather(folder, "in_force", [*batches, *batches[:1]])
    every = np.concatenate([np.empty(0, np.uint64), *batches])
    found, asked = load(folder, "in_force"), np.concatenate([every, np.array(others, np.uint64)])
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
