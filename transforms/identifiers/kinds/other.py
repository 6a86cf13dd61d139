"""Everything else: local and virtual numbers, protected persons, codes that the platform's list does not know.

The text is kept as repaired, and never linked to a person by itself.
"""

import polars as pl

from transforms.identifiers.kinds import form18
from transforms.identifiers.kinds.model import NOTHING_TOLD, Document, Told

NAME = "other"


def recognizes(document: Document) -> pl.Expr:
    """Anything but the 18-character form: who writes that means it."""
    return ~document.text.str.contains(form18.FORM)


def unmistakable(document: Document) -> pl.Expr:
    return pl.lit(False)


def canonical(document: Document) -> pl.Expr:
    return document.text


def reason(document: Document) -> pl.Expr:
    return form18.reason(document.text, document.as_of)


def flags(document: Document) -> dict[str, pl.Expr]:
    return {}


def told(canonical: pl.Expr) -> Told:
    return NOTHING_TOLD
