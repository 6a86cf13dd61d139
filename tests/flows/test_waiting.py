"""The parameters of waits reach SQL with the days on which they are in force."""

from datetime import date

import pytest

import policy
from flows.waiting import BEGINNING, FOREVER, WAITING, waiting_tables, window_days

NATIONAL = policy.load("national", date(2026, 11, 22))


def test_the_waits_of_38_hold_from_2025_and_none_before():
    rows = waiting_tables(NATIONAL, [2025, 2026])["waiting_rule"].to_pylist()
    assert [(row["starts_on"], row["ends_on"]) for row in rows] == [(BEGINNING, date(2025, 1, 1)), (date(2025, 1, 1), FOREVER)]
    assert all(set(row) == {"starts_on", "ends_on", *WAITING} for row in rows)
    assert [(row["late_wait_months"], row["missed_year_wait_months"], row["long_break_wait_months"]) for row in rows] == [
        (0, 0, 0),
        (3, 1, 6),
    ]


def test_who_never_waits_has_dates():
    rows = waiting_tables(NATIONAL, [2026])["no_wait_class"].to_pylist()
    assert {(row["code"], row["starts_on"], row["ends_on"]) for row in rows} == {
        (code, date(2025, 1, 1), FOREVER) for code in ("assisted", "newborn", "veteran")
    }


def test_without_a_window_there_are_no_rows_but_columns():
    table = waiting_tables(NATIONAL, [2025, 2026])["enrollment_window"]
    assert table.num_rows == 0 and table.column_names == ["coverage_year", "ends_on"]


@pytest.mark.parametrize(
    ("window", "days"),
    [
        ("none", []),
        (("09-01", "12-31"), [date(2025, 9, 1), date(2025, 12, 31)]),
        (("09-01", "01-01"), [date(2025, 9, 1), date(2026, 1, 1)]),
        (("09-01", "01-01", "03-01"), [date(2025, 9, 1), date(2026, 1, 1), date(2026, 3, 1)]),
        (("09-01", "12-01", "03-01"), [date(2025, 9, 1), date(2025, 12, 1), date(2026, 3, 1)]),
    ],
)
def test_a_window_opens_in_the_year_before_the_one_it_enrols_for(window, days):
    assert window_days(window, 2026) == days
