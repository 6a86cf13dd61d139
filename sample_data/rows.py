"""Rows under construction: whole columns of numbers, collected batch by batch, joined once."""

import numpy as np


class Rows:
    """A table being filled. ``defaults``: column -> value where a batch does not say otherwise."""

    def __init__(self, **defaults):
        self.defaults = defaults
        self.batches: list[tuple[int, dict]] = []
        self.length = 0

    def add(self, length: int, **values) -> np.ndarray:
        """Append ``length`` rows (arrays or single values); returns the numbers of the new rows."""
        unknown = set(values) - set(self.defaults)
        if unknown:
            raise ValueError(f"sample_data: no column {sorted(unknown)}")
        numbers = np.arange(self.length, self.length + length)
        self.batches.append((length, values))
        self.length += length
        return numbers

    def columns(self) -> dict[str, np.ndarray]:
        """Every column as one int64 array."""
        return {name: self._column(name, default) for name, default in self.defaults.items()}

    def _column(self, name: str, default: int) -> np.ndarray:
        column = np.empty(self.length, dtype=np.int64)
        at = 0
        for length, values in self.batches:
            column[at : at + length] = values.get(name, default)
            at += length
        return column
