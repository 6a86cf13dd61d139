"""The 18-character form that resident IDs, residence permits and the foreign permanent resident card of 2023 share.

GB 11643-1999: six digits of the place, eight of the birth date, three of the sequence (odd for men, even for women), and
the check character of ISO 7064, MOD 11-2. The place is never checked: county codes come and go.
"""

from datetime import date

import numpy as np
import polars as pl

from transforms.identifiers import eighteen
from transforms.identifiers.kinds.model import Document
from transforms.identifiers.mod11 import FIRST_YEAR, check_value

FORM = r"^[0-9]{17}[0-9X]$"
_NONE = -1
#: Distance of neighbouring binary floats below each power of two (IEEE 754 binary64, 53 bits); 128 above.
_SPACINGS = ((2**57, 16), (2**58, 32), (2**59, 64))
_FIRST_DAY = date(FIRST_YEAR, 1, 1)


def day_number(day: date) -> int:
    """YYYYMMDD."""
    return day.year * 10_000 + day.month * 100 + day.day


def holds_as(text: pl.Expr, as_of: date) -> pl.Expr:
    """Code of the kind of each number of 18 characters that holds on ``as_of``; -1 for all others."""

    def read(texts: pl.Series) -> pl.Series:
        found = eighteen.read(texts, day_number(as_of))
        return pl.Series(texts.name, np.where(found.valid, found.kind.view(np.int8), np.int8(_NONE)))

    return text.map_batches(read, return_dtype=pl.Int8, is_elementwise=True)


def with_check_character(first_17: pl.Expr) -> pl.Expr:
    """17 digits with their 18th character."""

    def complete(texts: pl.Series) -> pl.Series:
        keys = texts.cast(pl.Int64, strict=False).fill_null(0).to_numpy()
        return texts + pl.Series(check_value(keys)).cast(pl.String).replace("10", "X")

    return first_17.map_batches(complete, return_dtype=pl.String, is_elementwise=True)


def reason(text: pl.Expr, as_of: date) -> pl.Expr:
    """What is wrong with 18 characters of the form; null for other texts, and where form and check hold."""
    return text.map_batches(lambda texts: _reasons(texts, as_of), return_dtype=pl.String, is_elementwise=True)


def reason_of(document: Document) -> pl.Expr:
    """`reason` of a kind that has none of its own."""
    return reason(document.text, document.as_of)


def _reasons(texts: pl.Series, as_of: date) -> pl.Series:
    of_form = texts.str.contains(FORM).fill_null(False)
    key = pl.select(pl.when(of_form).then(pl.lit(texts).str.slice(0, 17))).to_series().cast(pl.Int64).fill_null(0).to_numpy()
    last = texts.str.slice(17, 1).replace("X", "10").cast(pl.Int8, strict=False).fill_null(_NONE).to_numpy()
    wrong = of_form.to_numpy() & (check_value(key) != last)
    whole = key * 10 + last
    spacing = np.select([whole < limit for limit, _ in _SPACINGS], [size for _, size in _SPACINGS], 128)
    return pl.select(
        pl.when(pl.lit(wrong) & texts.str.ends_with("000")).then(pl.lit("id_excel_truncated"))
        .when(pl.lit(wrong & (last < 10) & (whole % spacing == 0))).then(pl.lit("id_float_rounded"))
        .when(pl.lit(wrong)).then(pl.lit("id_checksum"))
        .when(pl.lit(of_form & nobody_born(texts, as_of))).then(pl.lit("id_birth_date"))
    ).to_series()  # fmt: skip


def nobody_born(texts: pl.Series, as_of: date) -> pl.Series:
    """Whether the birth date in each text of the form is no day, or none up to ``as_of``."""
    day = texts.str.slice(6, 8).str.to_date("%Y%m%d", strict=False)
    return ~((day <= as_of) & (day >= _FIRST_DAY)).fill_null(False)
