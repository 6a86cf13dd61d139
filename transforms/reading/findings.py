"""What is wrong with the rows of a batch."""

import numpy as np

from contracts.extracts import Extract
from contracts.reasons import REASON_BIT
from transforms.reading.columns import Column


class Findings:
    """Bit masks of what is wrong with each row: which reasons, and which fields they speak of."""

    def __init__(self, extract: Extract, length: int):
        self.bit = {f.name: n for n, f in enumerate(extract.fields)}
        self.reasons = np.zeros(length, dtype=np.int32)
        self.columns = np.zeros(length, dtype=np.int32)

    def note(self, bad: Column, reason: str, *columns: str) -> None:
        """``bad``: booleans by value or by row; null is not bad."""
        if bad.values.any():
            self.note_bits(bad.flags() * np.int32(1 << REASON_BIT[reason]), *columns)

    def note_at(self, rows: np.ndarray, reason: str, column: str) -> None:
        """``rows``: places of bad rows."""
        self.reasons[rows] |= np.int32(1 << REASON_BIT[reason])
        self.columns[rows] |= np.int32(1 << self.bit[column])

    def note_bits(self, bits: np.ndarray, *columns: str) -> None:
        if bits.any():
            self.reasons |= bits
            self.columns |= (bits != 0) * np.int32(sum(1 << self.bit[c] for c in columns))
