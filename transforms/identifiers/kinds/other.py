"""Everything else: local and virtual numbers, protected persons, codes that the platform's list does not know.

The text is kept as repaired, and never linked to a person by itself.
"""

import polars as pl

from transforms.identifiers.kinds import form18
from transforms.identifiers.kinds.model import Document, as_written, never, no_flags

NAME = "other"
#: Answered as by other kinds.
unmistakable, canonical, reason, flags = never, as_written, form18.reason_of, no_flags


def recognizes(document: Document) -> pl.Expr:
    """Anything but the 18-character form: who writes that means it."""
    return ~document.text.str.contains(form18.FORM)
