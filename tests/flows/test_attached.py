"""Columns that are attached while a dataset is written."""

import pyarrow as pa
import pytest

from flows.attached import attached


def batches(size: int, **columns: list) -> list[pa.RecordBatch]:
    return pa.table(columns).to_batches(max_chunksize=size)


@pytest.mark.parametrize("size", [1, 2, 3, 10])
@pytest.mark.parametrize("shared_size", [1, 2, 4, 10])
def test_every_row_gets_the_columns_of_its_place(size, shared_size):
    places = [1, 1, 1, 2, 3, 3, 5, 5, 6]
    rows = batches(size, place=places, day=list(range(9)))
    shared = batches(shared_size, place=list(range(1, 8)), name=["a", "b", None, "d", "e", "f", "g"])
    found = list(attached(rows, shared, "place"))
    assert [len(batch) for batch in found] == [len(batch) for batch in rows]
    told = pa.Table.from_batches(found)
    assert told["day"].to_pylist() == list(range(9)) and told["place"].to_pylist() == places
    assert told["name"].to_pylist() == ["a", "a", "a", "b", None, None, "e", "e", "f"]


def test_no_rows_need_nothing():
    assert list(attached([], [], "place")) == []
