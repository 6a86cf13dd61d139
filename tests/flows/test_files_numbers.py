"""Floating-point numbers as text: a column of a data frame as a cell of a spreadsheet."""

import re

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from flows.files.numbers import EXACT, text_of, texts_of
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
