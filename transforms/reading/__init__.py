"""From rows as they arrive to rows of the contract: typed, coded, identified, or in quarantine with every reason."""

from transforms.reading.rows import RowTally, quarantined, read_rows

__all__ = ["RowTally", "quarantined", "read_rows"]
