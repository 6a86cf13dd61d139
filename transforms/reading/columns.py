"""A column of a batch as Arrow delivers it: often a dictionary of few values and an index per row.

Dates, codes, places, months and amounts repeat. What is done to them is done to the dictionary, once per value; a row
costs one look-up. Only names and numbers are worked on row by row.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
import pyarrow as pa

_OLDEST = pl.CompatLevel.oldest()


@dataclass(frozen=True)
class Column:
    """``values`` and the position of each row's value among them; no ``index`` where there is a value for each row."""

    values: pl.Series
    index: np.ndarray | None

    @classmethod
    def of(cls, array: pa.Array) -> "Column":
        """From Arrow; a row without a value points at a null behind the dictionary."""
        if not pa.types.is_dictionary(array.type):
            return cls(pl.from_arrow(array), None)
        values = pl.from_arrow(array.dictionary)
        return cls(values.extend_constant(None, 1), array.indices.fill_null(len(values)).to_numpy(zero_copy_only=False))

    @classmethod
    def missing(cls, dtype: pl.DataType, length: int) -> "Column":
        return cls(pl.Series([None], dtype=dtype), np.zeros(length, dtype=np.int32))

    def like(self, values: pl.Series) -> "Column":
        """The same rows with something else said of each value."""
        return Column(values, self.index)

    def pair(self) -> tuple[pl.Series, np.ndarray | None]:
        """Values and index, for those who work on the values."""
        return self.values, self.index

    def rows(self) -> pl.Series:
        """One value per row."""
        return self.values if self.index is None else self.values.gather(self.index)

    def flags(self) -> np.ndarray:
        """Of booleans: one per row, null as false."""
        values = self.values.fill_null(False).to_numpy()
        return values if self.index is None else values[self.index]

    def nulls(self) -> int:
        """How many rows have no value."""
        if not self.values.null_count():
            return 0
        return int(np.count_nonzero(self.like(self.values.is_null()).flags()))

    def at(self, rows: np.ndarray) -> "Column":
        """Some of the rows, by their places."""
        return Column(self.values.gather(rows), None) if self.index is None else Column(self.values, self.index[rows])

    def arrow(self) -> pa.Array:
        """For writing: text stays a dictionary."""
        if self.index is None or self.values.dtype != pl.String:
            return self.rows().to_arrow(compat_level=_OLDEST)
        nulls = self.values.is_null()
        mask = nulls.to_numpy()[self.index] if nulls.any() else None
        return pa.DictionaryArray.from_arrays(pa.array(self.index, mask=mask), self.values.fill_null("").to_arrow(compat_level=_OLDEST))

    def hashes(self) -> np.ndarray:
        """A 64-bit hash per row; equal values have equal hashes in every process of a night."""
        values = self.values.hash(seed=1).to_numpy()
        return values if self.index is None else values[self.index]

    def scrambled(self, multiplier: np.uint64) -> np.ndarray:
        """A 64-bit hash per row by which the same value in another column is another; 0 where there is no value."""
        hashes = self.values.hash(seed=2).to_numpy()
        hashes = (hashes ^ (hashes >> np.uint64(32))) * multiplier
        hashes ^= hashes >> np.uint64(29)
        if self.values.null_count():
            hashes[self.values.is_null().to_numpy()] = 0
        return hashes if self.index is None else hashes[self.index]
