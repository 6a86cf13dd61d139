"""Damage that makes a number useless whatever its kind: empty, a name, masked, in scientific notation, or with impossible characters."""

import polars as pl

from transforms.identifiers.clean import SCIENTIFIC

PLACEHOLDERS = (
    "无", "暂无", "没有", "同上", "无证件", "无身份证", "无证件号", "无号码", "未知", "不详", "未提供", "未办理", "暂缺", "待补", "空",
    "NULL", "NONE", "NIL", "NA", "NAN", "UNKNOWN",
)  # fmt: skip
ONE_DIGIT_REPEATED = "^(?:" + "|".join(f"{digit}+" for digit in "0123456789") + ")$"
#: Stars, blocks, a spreadsheet's column that is too narrow; runs of x in the 18-character kinds, longer ones in others, whose
#: numbers may have letters; runs of dots or lines that stand for characters.
MASK = r"[*●○■□▇█]|#{3,}|[-_.·•‧∙⋅]{3,}"
MASK_OF_DIGITS = r"[X×]{3,}"
MASK_OF_LETTERS = r"[X×]{4,}"
#: What may stand in a number of any kind once it is repaired.
CHARACTERS = r"^[0-9A-Z()\p{Han}]+$"
SHORTEST, LONGEST = 4, 32


def beyond_repair(text: pl.Expr, of_digits: pl.Expr) -> pl.Expr:
    """Reason code, or null. ``text``: repaired; ``of_digits``: stated to be, or not said not to be, of the 18-character kinds."""
    masked = text.str.contains(MASK) | text.str.contains(MASK_OF_LETTERS) | (of_digits & text.str.contains(MASK_OF_DIGITS))
    # an E between digits, without point or sign, may be a passport
    scientific = text.str.contains(SCIENTIFIC) & (of_digits | text.str.contains(r"[.+]"))
    name = ~text.str.contains("[0-9]") & text.str.contains(r"\p{L}.*\p{L}")
    return (
        pl.when((text == "") | text.is_in(PLACEHOLDERS) | text.str.contains(ONE_DIGIT_REPEATED)).then(pl.lit("id_missing"))
        .when(masked).then(pl.lit("id_masked"))
        .when(scientific).then(pl.lit("id_excel_scientific"))
        .when(name).then(pl.lit("id_is_a_name"))
    )  # fmt: skip


def of_no_number(text: pl.Expr) -> pl.Expr:
    """Reason code where a text whose kind checks nothing cannot be a number of any kind, or null."""
    return (
        pl.when(~text.str.contains(CHARACTERS) | ~text.str.contains("[0-9]")).then(pl.lit("id_characters"))
        .when(~text.str.len_chars().is_between(SHORTEST, LONGEST)).then(pl.lit("id_length"))
    )  # fmt: skip
