"""What waits depend on, as tables that SQL can join by the day of an event."""

from datetime import date

import pyarrow as pa

from policy import Policy

#: Parameters that are asked for on the day of an event, not on the as-of date: a wait is that of the day of enrolling.
WAITING = (
    "waiting_months", "continuity_months", "continuity_gap_months", "newborn_days", "late_wait_months", "missed_year_wait_months",
    "repaid_year_wait_months", "long_break_years", "long_break_wait_months",
)  # fmt: skip
#: All that are asked for so.
BY_DAY = (*WAITING, "no_wait_classes", "enrollment_window")
BEGINNING, FOREVER = date(1, 1, 1), date(9999, 12, 31)


def waiting_tables(rules: Policy, years: list[int]) -> dict[str, pa.Table]:
    """What waits depend on, by the day on which it is in force; the first stretch also speaks for the time before it.

    waiting_rule: starts_on, ends_on, one column for each of WAITING.  no_wait_class: code, starts_on, ends_on.
    enrollment_window: coverage_year, ends_on (where it is extended, of the extension); without rows where there is no window.
    It opens in the year before the one it enrols for. The value is that of the year's eve.
    """
    classes = [(s, e, code) for s, e, values in _stretches(rules.history(("no_wait_classes",))) for code in values["no_wait_classes"]]
    windows = [
        {"coverage_year": year, "ends_on": days[-1]}
        for year in (*years, years[-1] + 1)
        if (days := window_days(_value_on(rules, "enrollment_window", date(year - 1, 12, 31)), year))
    ]
    day, number = pa.date32(), pa.int64()
    return {
        "waiting_rule": pa.Table.from_pylist(
            [{"starts_on": start, "ends_on": end} | values for start, end, values in _stretches(rules.history(WAITING))]
        ),
        "no_wait_class": pa.Table.from_pylist(
            [{"code": code, "starts_on": start, "ends_on": end} for start, end, code in classes],
            schema=pa.schema([("code", pa.string()), ("starts_on", day), ("ends_on", day)]),
        ),
        "enrollment_window": pa.Table.from_pylist(windows, schema=pa.schema([("coverage_year", number), ("ends_on", day)])),
    }


def window_days(window: str | tuple[str, ...], year: int) -> list[date]:
    """The days on which the window that enrols for ``year`` opens, closes and ends; none where there is no window."""
    if isinstance(window, str):
        return []
    opens, *others = (date.fromisoformat(f"{year - 1}-{text}") for text in window)
    return [opens, *(d if d > opens else d.replace(year=year) for d in others)]


def _stretches(history: list[tuple[date, dict]]) -> list[tuple[date, date, dict]]:
    starts = [BEGINNING, *(start for start, _ in history[1:]), FOREVER]
    return [(starts[i], starts[i + 1], values) for i, (_, values) in enumerate(history)]


def _value_on(rules: Policy, name: str, day: date):
    """The value in force on the day, of a day before the first entry the first."""
    history = rules.history((name,))
    return next((values for start, values in reversed(history) if start <= day), history[0][1])[name]
