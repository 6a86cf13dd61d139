"""Whether data is fit: thresholds as data, judged by Great Expectations over one row of counts per extract."""

from expectations.bounds import CHECKS, GATES, NAMES, Bound, bounds_of, load
from expectations.gate import Verdict, is_accepted, judge

__all__ = ["CHECKS", "GATES", "NAMES", "Bound", "Verdict", "bounds_of", "is_accepted", "judge", "load"]
