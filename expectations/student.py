"""Bounds of the student register beyond its contract; the counts are those of transforms/reading/measures.py."""

from expectations.bounds import WARNING, Bound

BOUNDS = (Bound("enrolled_share", WARNING, "enrolled_share", 0.2, None, "在籍学生占比", "at least 20% of the rows are enrolled students"),)
