"""Bounds of the contribution extract beyond its contract; the counts are those of transforms/reading/measures.py."""

from expectations.bounds import WARNING, Bound

BOUNDS = (
    Bound("effective_share", WARNING, "effective_share", 0.5, 1, "有效缴费占比", "at least half of the rows are effective payments"),
    Bound("negative_amounts", WARNING, "negative_share", None, 0.05, "负数金额占比", "at most 5% of the amounts are negative", "negative"),
    Bound("names_enrollment", WARNING, "linked_share", 0.5, None, "关联参保关系占比", "at least half of the rows name their enrollment"),
)
