"""Floating-point numbers as text: a column of a data frame as a cell of a spreadsheet."""

import re
from decimal import Decimal

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from flows.files.numbers import EXACT, decimal_texts, text_of, texts_of
from transforms.reading.values import DAMAGED

NUMBERS = st.one_of(
    st.integers(-EXACT + 1, EXACT - 1).map(float), st.decimals(-(10**10), 10**10, places=2).map(float), st.sampled_from([0.1 + 0.2, 44927.5, -0.0])
)  # fmt: skip


@given(st.lists(NUMBERS, min_size=1, max_size=30))
@settings(max_examples=200, deadline=None)
@example([202403.0, 20240307.0, 1.0, 400.0, 0.1 + 0.2])
def test_a_column_is_written_as_its_cells(numbers):
    written = texts_of(pl.Series(numbers)).to_list()
    assert [float(text) for text in written] == [float(text_of(number)) for number in numbers]
    whole = [(text, text_of(number)) for text, number in zip(written, numbers, strict=True) if number.is_integer()]
    assert all(text == expected for text, expected in whole)


@pytest.mark.parametrize("number", [1e15, 2e17, 220102199003070022.0, 5000000000001061.0, -2.5e18])
def test_what_is_too_long_to_be_exact_is_damaged_in_both(number):
    [written] = texts_of(pl.Series([number])).to_list()
    assert all(re.search(DAMAGED, text.removeprefix("-")) for text in (written, text_of(number)))


def test_nothing_stays_nothing():
    assert texts_of(pl.Series([None, float("nan"), 2.0])).to_list() == [None, None, "2"]


def test_numbers_of_32_bits_are_written_as_they_were():
    numbers = pl.Series([380.1, 0.01, 123456.78, 202403.0, -12.5, 16777215.0, None], dtype=pl.Float32)
    assert texts_of(numbers).to_list() == ["380.1", "0.01", "123456.78", "202403", "-12.5", "16777215", None]


@pytest.mark.parametrize("number", [20240307.0, 1.1e16, 2.0e15, 2.5e37])
def test_a_number_of_32_bits_is_damaged_where_it_cannot_be_whole(number):
    """20240307 is 20240308 in 32 bits: another day."""
    [written] = texts_of(pl.Series([number], dtype=pl.Float32)).to_list()
    assert re.search(DAMAGED, written) and float(written) == pytest.approx(number)


@pytest.mark.parametrize("kind", [pa.decimal128(38, 10), pa.decimal256(60, 10), pa.decimal128(20, 2)], ids=str)
def test_decimals_have_no_zeros_behind_their_last_digit(kind):
    numbers = ["101", "0", "-5", "0.5", "100", "20240307", "380.1", "10.05", "123456789012345678"]
    column = pa.chunked_array([pa.array([*map(Decimal, numbers), None], kind)])
    assert decimal_texts(column).to_pylist() == [*numbers, None]
