"""What a table is: every column once, every extract and dataset as a list of columns with grain and key."""

from contracts.datasets import DATASETS, Dataset
from contracts.extracts import EXTRACTS, Extract
from contracts.model import Column, Field

__all__ = ["DATASETS", "EXTRACTS", "Column", "Dataset", "Extract", "Field"]
