"""Whether data is fit: bounds per extract, judged by Great Expectations over one row of counts each."""

from expectations.bounds import GATES, Bound, bounds_of
from expectations.gate import Verdict, judge

__all__ = ["GATES", "Bound", "Verdict", "bounds_of", "judge"]
