"""Files as departments send them: found in the inbox, proved to be what their name says, opened as columns of text."""

from flows.files.finding import find, is_of
from flows.files.opening import open_rows
from flows.files.source import Rows, SourceFile, Unit, date_in_name
from flows.files.unchanged import unchanged

__all__ = ["Rows", "SourceFile", "Unit", "date_in_name", "find", "is_of", "open_rows", "unchanged"]
