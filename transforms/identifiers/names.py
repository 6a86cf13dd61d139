"""Names in the form in which they are compared, never published: one person's name is written in many ways.

NFKC, radicals as characters, traditional to simplified characters (OpenCC), no dots, no spaces, Latin letters upper case; what
stands in brackets is split off; a newborn's placeholder is no name. Characters that a system could not write (? * and private
use) stay, or become "?": each matches any one character (names_agree in transforms/macros.sql). A star at the end
stays, too: it is a masked character more often than a mark.
"""

from functools import cache

import polars as pl

from transforms.identifiers.radicals import CHARACTERS, RADICALS

SPACES = r"[\s\p{Z}\p{Cc}\p{Cf}\x{3164}]"
#: Dots between the parts of a name, as keyboards, code pages and NFKC leave them, and other marks within and behind it.
MARKS = r"[·•‧∙⋅・･.．。﹒●᛫ꞏ、‐‑‒–—―−\-,;:/\\'’‘`´_]"
#: A pair of brackets with what it holds, or all that follows one that is never closed.
BRACKETS = r"[(\[{【〔〖《<][^)\]}】〕〗》>]*(?:[)\]}】〕〗》>]|$)"
BRACKET = r"[()\[\]{}【】〔〕〖〗《》<>]"
FORMER = "曾用名.*$"
ALIAS = r"(?:曾用名|[(\[【〔](?:又名|原名|别名|化名|小名))(?:为|是)?:?([^)\]】〕]+)"
TRAILING_DIGITS = "[0-9]+$"
PLACEHOLDER = "(?:之[长次大二三四双小幺]?[子女]|新生儿|婴儿|毛毛|宝宝)$"
#: Written for a character that a system does not have: the replacement character, geta, box, the further private planes; and
#: its sound, Latin letters behind a character (王YAN).
LOST_OTHERWISE = r"[\x{FFFD}〓□\x{F0000}-\x{10FFFF}]"
SPELLED_OUT = r"(\p{Han})[A-Z]{2,6}([^A-Z]|$)"


def comparable(names: pl.Series) -> pl.Series:
    """The comparable form of each name: "" where it holds none, a newborn's placeholder among them; null stays null."""
    return without_placeholders(comparable_of_adult(names))


def comparable_of_adult(names: pl.Series) -> pl.Series:
    """The same of people who have a name of their own: 毛毛 and 宝宝 are names, and 王芳之女 is not 王芳."""
    folded = _folded(names)
    outside = folded.str.replace(FORMER, "").str.replace_all(BRACKETS, "")
    # a name that stands wholly in brackets is one all the same
    whole = pl.when(pl.lit(outside) == "").then(pl.lit(folded).str.replace_all(BRACKET, "")).otherwise(pl.lit(outside))
    return _plain(pl.select(whole).to_series()).alias(names.name)


def former(names: pl.Series) -> pl.Series:
    """The comparable form of the other name that a name carries with it, as 张三(曾用名李四) does; null where there is none."""
    return without_placeholders(_plain(_folded(names).str.extract(ALIAS)).alias(names.name))


def _folded(names: pl.Series) -> pl.Series:
    return names.str.normalize("NFKC").str.replace_many(list(RADICALS), list(CHARACTERS)).str.replace_all(SPACES, "")


def _plain(names: pl.Series) -> pl.Series:
    """Of folded names without brackets."""
    plain = names.str.replace_all(MARKS, "").str.replace(TRAILING_DIGITS, "").str.to_uppercase().str.replace_all(LOST_OTHERWISE, "?")
    for _ in range(2):  # the character behind one sound may stand before the next
        plain = plain.str.replace_all(SPELLED_OUT, "${1}?${2}")
    return _simplified(plain)


def without_placeholders(names: pl.Series) -> pl.Series:
    """Names in comparable form, "" in place of a newborn's placeholder."""
    named = pl.when(pl.lit(names).str.contains(PLACEHOLDER)).then(pl.lit("")).otherwise(pl.lit(names))
    return pl.select(named).to_series().alias(names.name)


def _simplified(names: pl.Series) -> pl.Series:
    if names.null_count() == len(names):
        return names
    # one conversion for all: a line each, so that no phrase reaches from one name into the next
    lines = _converter().convert("\n".join(names.fill_null("").to_list())).split("\n")
    return pl.select(pl.when(names.is_not_null()).then(pl.Series(names.name, lines, dtype=pl.String))).to_series()


@cache
def _converter():
    import opencc

    return opencc.OpenCC("t2s")
