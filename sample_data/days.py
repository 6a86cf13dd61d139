"""The calendar of a run: days and months as integers, all seen from the as-of date, never from the clock.

A day is the number of days since 1970-01-01; a month is year * 12 + (month - 1), as in the contract.
"""

from datetime import date

import numpy as np

#: "No date": sorts before every real day.
NONE = -2_000_000
_MONTH_1970 = 1970 * 12


def first_day(month):
    """First day of each month."""
    return (np.asarray(month, dtype=np.int64) - _MONTH_1970).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)


def month_of(day):
    """Month that holds each day."""
    return np.asarray(day, dtype=np.int64).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) + _MONTH_1970


def year_of(day):
    """Calendar year that holds each day."""
    return month_of(day) // 12


class Calendar:
    """The as-of date and the years and months around it."""

    def __init__(self, as_of: date):
        self.as_of = as_of
        self.year = as_of.year
        self.today = int(np.datetime64(as_of, "D").astype(int))
        self.month = as_of.year * 12 + as_of.month - 1

    def new_year(self, offset: int = 0) -> int:
        """1 January of the as-of year plus ``offset`` years."""
        return int(first_day(self.january(offset)))

    def january(self, offset: int = 0) -> int:
        """Month number of that January."""
        return (self.year + offset) * 12
