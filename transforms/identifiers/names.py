"""Names in the form in which they are compared, never published: one person's name is written in many ways.

NFKC, traditional to simplified characters (OpenCC), no spaces, no middle dots, Latin letters upper case; what stands in
brackets is split off; a newborn's placeholder is no name. Characters that a system could not write (? * and private use)
stay: names_disagree.sql lets them match any one character.
"""

from functools import cache

import polars as pl

MIDDLE_DOTS = r"[·•‧∙⋅・･.．]"
SPACES = r"[\s\p{Z}\p{Cf}]"
BRACKETS = r"[(（\[【].*$"
PLACEHOLDER = r"(之子|之女|新生儿|毛毛|宝宝)$"


def comparable(names: pl.Series) -> pl.Series:
    """The comparable form of each name; null stays null."""
    folded = (
        names.str.normalize("NFKC")
        .str.replace(BRACKETS, "")
        .str.replace_all(SPACES, "")
        .str.replace_all(MIDDLE_DOTS, "")
        .str.to_uppercase()
    )
    folded = pl.select(pl.when(folded.str.contains(PLACEHOLDER)).then(pl.lit("")).otherwise(folded)).to_series()
    if folded.null_count() == len(folded):
        return folded
    # one conversion for all: a line each, so that no phrase reaches from one name into the next
    simplified = _converter().convert("\n".join(folded.fill_null("").to_list())).split("\n")
    return pl.select(pl.when(names.is_not_null()).then(pl.Series(names.name, simplified, dtype=pl.String))).to_series()


@cache
def _converter():
    import opencc

    return opencc.OpenCC("t2s")
