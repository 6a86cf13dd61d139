"""The three tables of the check character against the seventeen multiplications of the standard."""

from datetime import date

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from transforms.identifiers.mod11 import FIRST_YEAR, LAST_YEAR, check_value, plain_check_value, split


def check_by_hand(key: int) -> int:
    """ISO 7064, MOD 11-2: the weight of place i from the right is 2 to the i; X is 10."""
    total = sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(f"{key:017d}"))
    return (12 - total) % 11


def day_exists(key: int) -> bool:
    _, birth, _ = (int(x[0]) for x in split(np.array([key])))
    try:
        return FIRST_YEAR <= date(birth // 10000, birth // 100 % 100, birth % 100).year < LAST_YEAR
    except ValueError:
        return False


KEYS = st.one_of(
    st.integers(0, 10**17 - 1),
    st.builds(lambda area, day, n: int(f"{area:06d}{day:%Y%m%d}{n:03d}"), st.integers(0, 999999), st.dates(date(1790, 1, 1), date(2110, 1, 1)), st.integers(0, 999)),
    st.builds(lambda area, y, m, d, n: int(f"{area:06d}{y:04d}{m:02d}{d:02d}{n:03d}"), st.integers(0, 999999), st.integers(1799, 2100), st.integers(0, 13), st.integers(0, 32), st.integers(0, 999)),
)  # fmt: skip


@given(st.lists(KEYS, min_size=1, max_size=50))
@settings(max_examples=200, deadline=None)
@example([11010519491231002, 44052418800101001, 22010219900307002, 22010219900307011])
@example([22010219000229001, 22010220000229001, 10**17 - 1, 0])
def test_the_tables_agree_with_the_multiplications(keys):
    array = np.array(keys, dtype=np.int64)
    by_hand = [check_by_hand(k) for k in keys]
    assert plain_check_value(array).tolist() == by_hand
    assert check_value(array).tolist() == [c if day_exists(k) else -1 for k, c in zip(keys, by_hand, strict=True)]


def test_the_printed_examples_of_the_standard():
    keys = np.array([11010519491231002, 44052418800101001])
    assert check_value(keys).tolist() == [10, 4]


def test_a_key_that_is_no_number_has_no_check():
    assert check_value(np.array([-1, -22010219900307002])).tolist() == [-1, -1]


def test_split_takes_a_key_apart():
    place, birth, sequence = split(np.array([22010219900307002]))
    assert (place[0], birth[0], sequence[0]) == (220102, 19900307, 2)
