"""What every kind of certificate is asked, and what it answers. All of it is expressions over columns, a row per number.

A module of a kind has ``NAME`` and five functions, its own or one of those that several kinds share (below; form18.reason_of):

- ``recognizes(document)``: the number has the form of this kind, and holds where the kind has a check (boolean).
- ``unmistakable(document)``: the form belongs to this kind alone, so that the number outweighs the stated type (boolean).
- ``canonical(document)``: the form in which two writings of one number are equal; only for numbers without a reason (text).
- ``reason(document)``: why a number stated to be of this kind has no canonical form, a reason code; null where it may stand,
  as it is. When unsure, accept: calling a valid number invalid is the worse mistake.
- ``flags(document)``: what the canonical form leaves out or takes for granted, by flag (flags.FLAGS; booleans).
"""

from datetime import date
from typing import NamedTuple

import polars as pl

#: A stated type that the code list does not know, or that means no kind of these.
UNKNOWN_TYPE = "?"


class Document(NamedTuple):
    """``text``: the repaired number. ``stated``: the stated type, two digits, or null. ``nationality``: alpha-3 or null."""

    text: pl.Expr
    stated: pl.Expr
    nationality: pl.Expr
    as_of: date


# ---- answers that several kinds share


def as_written(document: Document) -> pl.Expr:
    """The canonical form of a number that is written in one way only."""
    return document.text


def never(document: Document) -> pl.Expr:
    """The form is no kind's own."""
    return pl.lit(False)


def no_flags(document: Document) -> dict[str, pl.Expr]:
    return {}
