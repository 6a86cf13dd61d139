"""What every kind of certificate is asked, and what it answers. All of it is expressions over columns, a row per number.

A module of a kind has ``NAME`` and six functions, its own or one of those that several kinds share (below; form18.reason_of):

- ``recognizes(document)``: the number has the form of this kind, and holds where the kind has a check (boolean).
- ``unmistakable(document)``: the form belongs to this kind alone, so that the number outweighs the stated type (boolean).
- ``canonical(document)``: the form in which two writings of one number are equal; only for numbers without a reason (text).
- ``reason(document)``: why a number stated to be of this kind has no canonical form, a reason code; null where it may stand,
  as it is. When unsure, accept: calling a valid number invalid is the worse mistake.
- ``flags(document)``: what the canonical form leaves out or takes for granted, by flag (flags.FLAGS; booleans).
- ``told(canonical)``: what a canonical number says of its holder.
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


class Told(NamedTuple):
    """Birth date; sex, 1 male, 2 female; place of first registration or issue, six digits. Null where it says nothing.

    A place is a soft signal (contracts.divisions), never a reason to reject.
    """

    birth_date: pl.Expr = pl.lit(None, pl.Date)
    sex: pl.Expr = pl.lit(None, pl.String)
    place: pl.Expr = pl.lit(None, pl.String)


# ---- answers that several kinds share


def as_written(document: Document) -> pl.Expr:
    """The canonical form of a number that is written in one way only."""
    return document.text


def never(document: Document) -> pl.Expr:
    """The form is no kind's own."""
    return pl.lit(False)


def no_flags(document: Document) -> dict[str, pl.Expr]:
    return {}


def nothing_told(canonical: pl.Expr) -> Told:
    return Told()
