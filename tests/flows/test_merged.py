"""Streams in order become one stream in that order, whatever their batches are."""

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.merged import merged

SCHEMA = pa.schema([("id", pa.string()), ("part", pa.string()), ("n", pa.int64())])
ROW = st.tuples(st.sampled_from(["a", "b", "ba", "中", "Z"]), st.sampled_from([None, "1", "2"]))


def order(row: tuple) -> tuple:
    """Nulls first; texts by their bytes."""
    return tuple((value is not None, (value or "").encode()) for value in row[:2])


def batches(rows: list[tuple], size: int) -> list[pa.RecordBatch]:
    return [
        pa.RecordBatch.from_pylist([dict(zip(SCHEMA.names, row, strict=True)) for row in rows[at : at + size]], SCHEMA)
        for at in range(0, len(rows), size)
    ]


@given(st.lists(st.lists(ROW, max_size=40), min_size=1, max_size=5), st.integers(1, 9), st.integers(1, 20))
@settings(max_examples=150, deadline=None)
def test_streams_in_order_become_one(shares, arriving, leaving):
    numbered = [[(*row, n * 1000 + at) for at, row in enumerate(rows)] for n, rows in enumerate(shares)]
    streams = [batches(sorted(rows, key=order), arriving) for rows in numbered]
    found = list(merged(streams, ("id", "part"), leaving))
    rows = [tuple(row.values()) for batch in found for row in batch.to_pylist()]
    assert sorted(rows, key=lambda row: row[2]) == [row for rows in numbered for row in rows]
    assert list(map(order, rows)) == sorted(map(order, rows))
    if len(shares) > 1:
        assert [len(batch) for batch in found[:-1]] == [leaving] * (len(found) - 1) and all(map(len, found))


@pytest.mark.parametrize("streams", [1, 3])
def test_of_nothing_comes_nothing(streams):
    assert not sum(map(len, merged([[pa.RecordBatch.from_pylist([], SCHEMA)] * n for n in range(streams)], ("id",), 10)))
