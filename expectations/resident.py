"""Bounds of the police register beyond its contract; the counts are those of transforms/reading/measures.py."""

from expectations.bounds import WARNING, Bound

BOUNDS = (
    Bound("home_fill", WARNING, "homes_share", 0.9, None, "居住地填充率", "at least 90% of the rows give some place of residence"),
    Bound("death_share", WARNING, "dead_share", None, 0.2, "死亡注销占比", "at most 20% of the rows are deregistered for death"),
)
