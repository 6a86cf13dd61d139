"""A column says the same of its rows whether it came as texts, as values or as a dictionary with an index."""

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.reading.columns import Column

ROWS = st.lists(st.sampled_from([None, "", "01", "310", "张建国", "x" * 40]), min_size=1, max_size=30)
quickly = settings(max_examples=80, deadline=None)


def forms(rows: list) -> dict[str, Column]:
    """One column, as the readers may deliver it."""
    texts = pa.array(rows, pa.string())
    return {
        "texts": Column.of(texts),
        "large": Column.of(texts.cast(pa.large_string())),
        "dictionary": Column.of(texts.dictionary_encode()),
        "null in the dictionary": Column.of(texts.dictionary_encode(null_encoding="encode")),
        "values": Column(pl.Series(rows, dtype=pl.String), None),
    }


@quickly
@given(ROWS)
def test_rows_nulls_and_what_is_written_do_not_depend_on_the_form(rows):
    for name, column in forms(rows).items():
        assert column.rows().to_list() == rows, name
        assert column.are_null().tolist() == [row is None for row in rows], name
        assert column.nulls() == rows.count(None), name
        assert column.arrow().cast(pa.string()).to_pylist() == rows, name


@quickly
@given(ROWS)
def test_hashes_do_not_depend_on_the_form_and_nothing_has_none(rows):
    expected = forms(rows)["texts"].hashes()
    assert [bool(hash_) for hash_ in expected] == [row is not None for row in rows]
    assert len(dict(zip(rows, expected, strict=True))) == len(set(expected.tolist()))
    for name, column in forms(rows).items():
        assert (column.hashes() == expected).all(), name
        total = np.arange(len(rows), dtype=np.uint64)
        column.add_to(total, 7)
        other = np.arange(len(rows), dtype=np.uint64)
        forms(rows)["texts"].add_to(other, 7)
        assert (total == other).all(), name


@quickly
@given(ROWS, st.data())
def test_some_of_the_rows_are_those_rows(rows, data):
    places = np.array(data.draw(st.lists(st.integers(0, len(rows) - 1), max_size=10)), dtype=np.int64)
    for name, column in forms(rows).items():
        assert column.at(places).rows().to_list() == [rows[place] for place in places], name


@quickly
@given(ROWS)
def test_what_is_asked_of_the_values_is_told_of_the_rows(rows):
    for name, column in forms(rows).items():
        assert column.like(column.values == "310").flags().tolist() == [row == "310" for row in rows], name


def test_a_column_that_is_not_there_has_no_value():
    column = Column.missing(pl.Date(), 3)
    assert column.rows().to_list() == [None] * 3 and column.nulls() == 3 and column.hashes().tolist() == [0] * 3


@pytest.mark.parametrize("slice_", [slice(0, 2), slice(1, 3)])
def test_a_slice_of_a_buffer_is_read_from_where_it_begins(slice_):
    rows = ["a", "bb", "ccc", None]
    part = pa.array(rows, pa.string())[slice_]
    assert Column.of(part).rows().to_list() == rows[slice_]
    assert Column.of(part).hashes().tolist() == Column.of(pa.array(rows[slice_])).hashes().tolist()
