"""Bounds of the enrollment extract beyond its contract; the counts are those of transforms/reading/measures.py."""

from expectations.bounds import WARNING, Bound

BOUNDS = (
    Bound("basic_scheme_share", WARNING, "basic_share", 0.5, 1, "基本医保记录占比", "at least half of the rows are of the basic schemes"),
    Bound("normal_status_share", WARNING, "normal_share", 0.3, 1, "正常参保状态占比", "at least 30% of the rows are in normal status"),
    Bound("birth_date_fill", WARNING, "birth_dates_share", 0.9, None, "出生日期填充率", "at least 90% of the birth dates are filled"),
)
