"""The 18-character numbers of GB 11643-1999 with their MOD 11-2 check character (ISO 7064), over whole columns.

The first 17 digits determine the 18th character, so they are the person key: exact, an int64, no hash.

The check sum is read from three small tables instead of seventeen multiplications: the six digits of the place, the
eight of the birth date (whose table also knows which dates exist) and the three of the sequence.
"""

from functools import cache

import numpy as np

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = "10X98765432"
#: The check character as a number: 0-9, and 10 for X.
CHECK_VALUES = np.array([10 if c == "X" else int(c) for c in CHECK_CHARACTERS], dtype=np.int8)

FIRST_YEAR, LAST_YEAR = 1800, 2100
NO_DATE = 255


def weighted(digits: int, weights: tuple[int, ...]) -> np.ndarray:
    """Weighted sum mod 11 of every number of so many digits."""
    numbers = np.arange(10**digits)
    total = np.zeros(len(numbers), dtype=np.int64)
    for place, weight in enumerate(reversed(weights)):
        total += numbers // 10**place % 10 * weight
    return (total % 11).astype(np.uint8)


@cache
def _tables() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Partial sums mod 11 of place, birth date (NO_DATE where the day does not exist) and sequence."""
    days = np.arange(np.datetime64(f"{FIRST_YEAR}-01-01"), np.datetime64(f"{LAST_YEAR}-01-01"))
    years = days.astype("datetime64[Y]").astype(int) + 1970
    months = days.astype("datetime64[M]").astype(int) % 12 + 1
    in_month = (days - days.astype("datetime64[M]")).astype(int) + 1
    numbers = years * 10000 + months * 100 + in_month
    year_sums, rest_sums = weighted(4, WEIGHTS[6:10]), weighted(4, WEIGHTS[10:14])
    births = np.full((LAST_YEAR - FIRST_YEAR) * 10000, NO_DATE, dtype=np.uint8)
    births[numbers - FIRST_YEAR * 10000] = (year_sums[years] + rest_sums[numbers % 10000]) % 11
    return weighted(6, WEIGHTS[:6]), births, weighted(3, WEIGHTS[14:17])


def split(key: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Place (6 digits), birth date as YYYYMMDD and sequence (3 digits) of 17-digit keys."""
    return key // 10**11, key // 1000 % 10**8, key % 1000


def check_value(key: np.ndarray) -> np.ndarray:
    """Check character of each 17-digit key as 0-10; -1 where the birth date in it does not exist."""
    place, birth, sequence = split(key)
    places, births, sequences = _tables()
    index = birth - FIRST_YEAR * 10000
    known = (index >= 0) & (index < len(births)) & (key >= 0) & (place < 10**6)
    part = births[np.where(known, index, 0)]
    real = known & (part != NO_DATE)
    total = (places[np.where(known, place, 0)].astype(np.int16) + part + sequences[np.where(known, sequence, 0)]) % 11
    return np.where(real, CHECK_VALUES[total], -1).astype(np.int8)


def plain_check_value(key: np.ndarray) -> np.ndarray:
    """Check character of each 17-digit key as 0-10, whether or not its birth date exists."""
    total = np.zeros(len(key), dtype=np.int64)
    for place, weight in enumerate(reversed(WEIGHTS)):
        total += key // 10**place % 10 * weight
    return CHECK_VALUES[total % 11]
