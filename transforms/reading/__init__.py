"""From rows as they arrive to rows of the contract: typed, coded, identified, or in quarantine with every reason."""

from transforms.reading.quarantine import spelled_out
from transforms.reading.rows import UNREAD, Reading, read_rows
from transforms.reading.tally import RowTally
from transforms.reading.terms import Terms

__all__ = ["UNREAD", "Reading", "RowTally", "Terms", "read_rows", "spelled_out"]
