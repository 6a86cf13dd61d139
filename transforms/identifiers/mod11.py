"""The 18-character numbers of GB 11643-1999 with their MOD 11-2 check character (ISO 7064), over whole columns.

The first 17 digits determine the 18th character, so they are the person key: exact, an int64, no hash.
"""

import numpy as np

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = "10X98765432"
#: The first year of birth that a number can have.
FIRST_YEAR = 1800
#: The check character as a number: 0-9, and 10 for X.
_CHECK_VALUES = np.array([10 if c == "X" else int(c) for c in CHECK_CHARACTERS], dtype=np.int8)


def split(key: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Place (6 digits), birth date as YYYYMMDD and sequence (3 digits) of 17-digit keys."""
    return key // 10**11, key // 1000 % 10**8, key % 1000


def check_value(key: np.ndarray) -> np.ndarray:
    """Check character of each 17-digit key as 0-10, whether or not its birth date exists."""
    total = np.zeros(len(key), dtype=np.int64)
    for place, weight in enumerate(reversed(WEIGHTS)):
        total += key // 10**place % 10 * weight
    return _CHECK_VALUES[total % 11]
