"""The check character, and the reading of whole columns, against the standard, one number after the other."""

from datetime import date

import numpy as np
import polars as pl
from hypothesis import example, given, settings
from hypothesis import strategies as st

from transforms.identifiers import eighteen
from transforms.identifiers.clean import repaired
from transforms.identifiers.flags import FLAG_BIT
from transforms.identifiers.mod11 import FIRST_YEAR, check_value, split

#: From here on native.c reads no year of birth; no as-of date comes near it.
LAST_YEAR = 2100


def check_by_hand(key: int) -> int:
    """ISO 7064, MOD 11-2: the weight of place i from the right is 2 to the i; X is 10."""
    total = sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(f"{key:017d}"))
    return (12 - total) % 11


def day_exists(born: int) -> bool:
    """``born``: YYYYMMDD."""
    try:
        return FIRST_YEAR <= date(born // 10000, born // 100 % 100, born % 100).year < LAST_YEAR
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
def test_the_check_is_that_of_the_standard(keys):
    assert check_value(np.array(keys, dtype=np.int64)).tolist() == [check_by_hand(k) for k in keys]


def test_the_printed_examples_of_the_standard():
    keys = np.array([11010519491231002, 44052418800101001])
    assert check_value(keys).tolist() == [10, 4]


def test_split_takes_a_key_apart():
    place, birth, sequence = split(np.array([22010219900307002]))
    assert (place[0], birth[0], sequence[0]) == (220102, 19900307, 2)


def test_columns_are_read_as_one_number_after_the_other():
    """Every place before 100000 and after 799999 too, days that exist and days that do not, right and wrong check characters."""
    rng = np.random.default_rng(7)
    rows, today = 200_000, 20261122
    area = np.where(rng.random(rows) < 0.3, rng.choice([810000, 820000, 830000, 810001, 84, 911840], rows), rng.integers(0, 10**6, rows))
    born = rng.integers(1795, 2105, rows) * 10_000 + rng.integers(0, 14, rows) * 100 + rng.integers(0, 33, rows)
    keys = area * 10**11 + born * 1000 + rng.integers(0, 1000, rows)
    last = np.where(rng.random(rows) < 0.8, check_value(keys), rng.integers(0, 11, rows))
    texts = pl.select(pl.Series(keys).cast(pl.String).str.zfill(17) + pl.Series(last).cast(pl.String).replace("10", "X")).to_series()
    found = eighteen.read(texts, today)
    first = area // 100_000
    kind = np.select([(first >= 1) & (first <= 7), np.isin(area, [810000, 820000, 830000]), first == 9], [0, 1, 2], -1)
    exists = np.array([day_exists(int(day)) for day in born])
    expected = (check_value(keys) == last) & exists & (born <= today) & (kind >= 0)
    assert (found.valid == expected).all()
    assert 0.2 < expected.mean() < 0.8
    assert (found.key == keys)[expected].all()
    assert (found.kind == kind)[expected].all()
    assert not found.flags.any()


def test_a_lower_case_x_is_read_and_told():
    texts = pl.Series(["22010219900307011x", "22010219900307011X", "22010219900307002x", "220102199003070021"])
    found = eighteen.read(texts, 20261122)
    assert found.valid.tolist() == [True, True, False, True]
    assert (found.flags == FLAG_BIT["case"]).tolist()[:2] == [True, False]


def test_a_byte_that_is_no_digit_is_noticed_in_every_place():
    number = "220102199003070021"
    for byte in "/:;@AXx\x00\x7f -+":
        wrong = [number[:i] + byte + number[i + 1 :] for i in range(18)]
        assert not eighteen.read(pl.Series(wrong), 20261122).valid.any()


@given(st.lists(st.text(min_size=0, max_size=20), max_size=50))
@settings(max_examples=100, deadline=None)
def test_any_text_can_be_read(texts):
    found = eighteen.read(pl.Series(texts, dtype=pl.String), 20261122)
    assert len(found.valid) == len(texts)
    assert not found.valid[[len(t.encode()) != 18 for t in texts]].any()


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["22010219900307011X", "22010219900307011x", "220102199003070021", "220102199003070022", "99", ""]),
            st.sampled_from([" ", "\t", "\u3000", "\u00a0", "\u200b", "\ufeff", "1", "Ｘ", "é", "𠮷", "'", ""]),
            st.integers(0, 18),
            st.booleans(),
        ),
        min_size=1,
        max_size=20,
    )
)
@settings(max_examples=200, deadline=None)
def test_repaired_while_reading_is_what_the_repairs_would_have_made_of_it(damaged):
    """Spaces and full width are taken out in passing; whoever is read so is read alike by the rules for all of Unicode (clean.py)."""
    numbers = []
    for number, stray, place, wide in damaged:
        number = "".join(chr(ord(c) + 0xFEE0) for c in number) if wide else number
        numbers.append(number[:place] + stray + number[place:])
    texts = pl.Series(numbers, dtype=pl.String)
    found = eighteen.read_repaired(texts, 20261122)
    clean, flags = repaired(texts)
    slowly = eighteen.read(clean, 20261122)
    for n in np.flatnonzero(found.valid):
        assert slowly.valid[n]
        assert (found.key[n], found.kind[n], found.flags[n]) == (slowly.key[n], slowly.kind[n], flags[n]), numbers[n]
    # and what needs no more than that is read
    of_x = np.array([number.strip()[-1:] in "Xx" for number in numbers])
    assert found.valid[slowly.valid & (flags == FLAG_BIT["spaces"]) & ~of_x].all()
