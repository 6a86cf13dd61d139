"""Repairs of certificate numbers as they arrive. What NFKC leaves is named here: × Χ х, zero-width characters, dashes.

Every repair is exact: it takes away or folds what cannot be part of a number. Nothing is guessed, nothing is padded.
"""

from collections.abc import Callable

import numpy as np
import polars as pl

from transforms.identifiers.flags import FLAG_BIT

#: Spaces of every kind, controls, zero-width and direction marks, byte-order mark, variation selectors, blank letters.
INVISIBLE = r"[\s\p{Z}\p{Cc}\p{Cf}\x{034F}\x{115F}\x{1160}\x{17B4}\x{17B5}\x{180B}-\x{180F}\x{2800}\x{3164}\x{FE00}-\x{FE0F}\x{FFA0}]"
WRAPPERS = r"""['’‘‛′‵ʹʼ`´"“”„″‴‶=＇＂｀＝]"""
SEPARATORS = r"[-‐‑‒–—―−﹣.．·•‧∙⋅・。｡_/\\,;:、，；：]"
#: What a spreadsheet makes of a number that it takes for a quantity: 2.20102E+17, 220102900307002.0
SCIENTIFIC = r"^[0-9](\.[0-9]+)?E\+?[0-9]+$"
#: Dots or lines that stand for characters; no one separates by three of them, except in a number that is whole without them.
HIDDEN = r"[0-9A-Za-z][-_.·•‧∙⋅・]{3,}[0-9A-Za-z]"
#: Not of 17 digits: the 0 is then the check character of a number with a dot typed into it, which its check tells.
DECIMAL_ZERO = r"^([0-9]{1,16}|[0-9]{18,})\.0+$"
#: In last place, of the number or, on a disability card, of the resident ID in it.
LOOKALIKE_X = "^([0-9]{17})[×ΧХхχ✕╳]|[×ΧХхχ✕╳]$"
#: Nothing is left to repair.
PLAIN = r"^[0-9]{17}[0-9X]$|^[0-9]{15}$"
STUDENT_OR_SOCIAL_SECURITY = r"^(?:[GL]|HKG|MAC|TWN)([0-9]{15}|[0-9]{17}[0-9X])$"

_LOWER, _UPPER = "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def repaired(numbers: pl.Series) -> tuple[pl.Series, np.ndarray]:
    """Numbers without the damage that typing, copying and spreadsheets leave; which repairs each one took (``id_flags``).

    Upper case, no spaces, no separators. The same again changes nothing.
    """
    flags = np.zeros(len(numbers), dtype=np.uint16)
    numbers = _repair(numbers, _OUTER, flags)
    # most damaged numbers are whole by now, and what follows would leave them as they are
    rest = (~numbers.str.contains(PLAIN)).arg_true()
    if not len(rest):
        return numbers, flags
    their_flags = np.zeros(len(rest), dtype=np.uint16)
    left = _repair(numbers.gather(rest), _INNER, their_flags)
    flags[rest.to_numpy()] |= their_flags
    return replaced(numbers, rest, left), flags


def _repair(numbers: pl.Series, repairs: tuple, flags: np.ndarray) -> pl.Series:
    """Numbers after some repairs; ``flags`` are set where one changed something."""
    for flag, repair in repairs:
        after = repair(numbers)
        flags |= after.ne_missing(numbers).to_numpy() * np.uint16(FLAG_BIT[flag])
        numbers = after
    return numbers


def replaced(texts: pl.Series, rows: pl.Series, others: pl.Series) -> pl.Series:
    """A column with ``others`` in place of some of its rows."""
    place = np.arange(len(texts))
    place[rows.to_numpy()] = np.arange(len(texts), len(texts) + len(rows))
    return pl.concat([texts, others]).gather(place)


def _folded(numbers: pl.Series) -> pl.Series:
    """NFKC, of the few that have more than ASCII; the spaces that it makes of accents standing alone go, too."""
    wide = (numbers.str.len_bytes() != numbers.str.len_chars()).arg_true()
    if not len(wide):
        return numbers
    return replaced(numbers, wide, numbers.gather(wide).str.normalize("NFKC").str.replace_all(" ", "", literal=True))


def _without_separators(numbers: pl.Series) -> pl.Series:
    plain = numbers.str.replace(DECIMAL_ZERO, "$1").str.replace_all(SEPARATORS, "")
    # some must stay, because they tell what happened
    hidden = numbers.str.contains(HIDDEN) & ~plain.str.len_bytes().is_in([15, 18])
    kept = hidden | numbers.str.contains("(?i)" + SCIENTIFIC)
    return pl.select(pl.when(kept).then(pl.lit(numbers)).otherwise(pl.lit(plain))).to_series()


def _upper(numbers: pl.Series) -> pl.Series:
    return numbers.str.replace_many(list(_LOWER), list(_UPPER)).str.replace(LOOKALIKE_X, "${1}X")


_Repairs = tuple[tuple[str, Callable[[pl.Series], pl.Series]], ...]
_OUTER: _Repairs = (
    ("spaces", lambda numbers: numbers.str.replace_all(INVISIBLE, "")),
    # before NFKC, which makes a space and a combining accent of ´
    ("wrappers", lambda numbers: numbers.str.replace_all(WRAPPERS, "")),
    ("width", _folded),
)
_INNER: _Repairs = (
    ("separators", _without_separators),
    ("case", _upper),
    ("prefix", lambda numbers: numbers.str.replace(STUDENT_OR_SOCIAL_SECURITY, "$1")),
)
