"""A column of a batch as Arrow delivers it: often a dictionary of few values and an index per row.

Dates, codes, places, months and amounts repeat. What is done to them is done to the dictionary, once per value; a row
costs one look-up. Only names and numbers are worked on row by row: they stay where Arrow has them.
"""

from functools import cached_property

import numpy as np
import polars as pl
import pyarrow as pa

from transforms.native import add_at, hash_texts, take_flags

_OLDEST = pl.CompatLevel.oldest()
#: Of the hash by which an id is looked up.
_SEED = 1


class Column:
    """A dictionary (``values``) and for each row the position of its value in it (``index``). ``index`` is None where ``values`` has a
    value for each row. A column of texts that do not repeat is kept as the Arrow array ``texts``; ``values`` is then made on demand."""

    def __init__(self, values: pl.Series | None, index: np.ndarray | None, texts: pa.StringArray | None = None):
        self.index, self.texts = index, texts
        if values is not None:
            self.values = values

    @cached_property
    def values(self) -> pl.Series:
        return pl.from_arrow(self.texts)

    @classmethod
    def of(cls, array: pa.Array) -> "Column":
        """From Arrow; a row without a value points at a null behind the dictionary."""
        if pa.types.is_string(array.type) or pa.types.is_large_string(array.type):
            return cls(None, None, array.cast(pa.string()))
        if not pa.types.is_dictionary(array.type):
            return cls(pl.from_arrow(array), None)
        values, index = pl.from_arrow(array.dictionary), array.indices
        if index.null_count:
            index = index.fill_null(len(values))
        return cls(values.extend_constant(None, 1), index.cast(pa.int32()).to_numpy())

    @classmethod
    def missing(cls, dtype: pl.DataType, length: int) -> "Column":
        return cls(pl.Series([None], dtype=dtype), np.zeros(length, dtype=np.int32))

    def like(self, values: pl.Series) -> "Column":
        """The same rows with other values: ``values`` takes the place of the dictionary."""
        return Column(values, self.index)

    def pair(self) -> tuple[pl.Series, np.ndarray | None]:
        """Values and index, for those who work on the values."""
        return self.values, self.index

    def rows(self) -> pl.Series:
        """One value per row."""
        return self.values if self.index is None else self.values.gather(self.index)

    def flags(self) -> np.ndarray:
        """Of booleans: one per row, null as false."""
        values = (self.values.fill_null(False) if self.values.null_count() else self.values).to_numpy()
        if self.index is None:
            return values
        first = bool(values[0])
        return np.full(len(self.index), first) if (values == first).all() else take_flags(np.ascontiguousarray(values), self.index)

    def has_nulls(self) -> bool:
        """Whether a value is null, of the dictionary at least."""
        return bool(self.values.null_count() if self.texts is None else self.texts.null_count)

    def nulls(self) -> int:
        """How many rows have no value."""
        if not self.has_nulls():
            return 0
        return int(np.count_nonzero(self.are_null()))

    def are_null(self) -> np.ndarray:
        """Which rows have no value."""
        if self.texts is not None:
            return self.texts.is_null().to_numpy(zero_copy_only=False)
        return self.like(self.values.is_null()).flags()

    def at(self, rows: np.ndarray) -> "Column":
        """Some of the rows, by their places."""
        if self.texts is not None:
            return Column(None, None, self.texts.take(pa.array(rows)))
        return Column(self.values.gather(rows), None) if self.index is None else Column(self.values, self.index[rows])

    def arrow(self) -> pa.Array:
        """For writing: text that repeats stays a dictionary."""
        if self.texts is not None:
            return self.texts
        if self.index is None or self.values.dtype != pl.String:
            return self.rows().to_arrow(compat_level=_OLDEST)
        nulls = self.values.is_null()
        mask = nulls.to_numpy()[self.index] if nulls.any() else None
        return pa.DictionaryArray.from_arrays(pa.array(self.index, mask=mask), self.values.fill_null("").to_arrow(compat_level=_OLDEST))

    def hashes(self) -> np.ndarray:
        """A 64-bit hash per row; equal values have equal hashes in every process of a night. 0 where there is no value."""
        hashes = self._hashes(_SEED)
        return hashes if self.index is None else hashes[self.index]

    def add_to(self, total: np.ndarray, multiplier: int) -> None:
        """Add a 64-bit hash of each row's value to ``total``; the same value has another hash under another ``multiplier``. No value adds 0."""
        if self.index is None:
            np.add(total, self._hashes(multiplier), out=total)
        else:
            add_at(total, self._hashes(multiplier), self.index)

    def _hashes(self, seed: int) -> np.ndarray:
        """Of each value."""
        if self.texts is None and self.values.dtype != pl.String:
            hashes, nulls = self.values.hash(seed=seed).to_numpy().copy(), self.values.is_null().to_numpy() if self.has_nulls() else None
        else:
            texts = self.texts if self.texts is not None else self.values.to_arrow(compat_level=_OLDEST).cast(pa.string())
            hashes, nulls = hash_texts(texts, seed), texts.is_null().to_numpy(zero_copy_only=False) if texts.null_count else None
        if nulls is not None:
            hashes[nulls] = 0
        return hashes
