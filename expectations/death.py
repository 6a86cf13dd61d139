"""Bounds of the death records beyond their contract; the counts are those of death.sql."""

from expectations.bounds import WARNING, Bound

BOUNDS = (
    Bound("future_deaths", WARNING, "future_share", None, 0.001, "死亡日期晚于统计日", "at most 0.1% of the deaths are after the as-of date; they are ignored", "future"),
)
