"""What a table is: every column once, every extract and dataset as a list of columns with grain and key."""

from contracts.datasets import DATASETS
from contracts.extracts import EXTRACTS

__all__ = ["DATASETS", "EXTRACTS"]
