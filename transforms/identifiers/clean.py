"""Repairs of certificate numbers as they arrive; what NFKC leaves is named here (× Χ х, zero-width characters)."""

import polars as pl

#: Spaces of every kind, zero-width and direction marks, byte-order mark.
INVISIBLE = r"[\s\p{Z}\p{Cf}\x{FEFF}\x{3000}]"
WRAPPING = "'’‘`´\"="
SEPARATORS = r"[-‐‑‒–—.．·。_/\\]"
LOOKALIKE_X = "[×ΧХхχ✕╳]$"
PREFIXES = r"^(?:HKG|MAC|TWN|[GL])(\d{15}|\d{17}[0-9X])$"

PLACEHOLDERS = ("无", "暂无", "同上", "无证件", "无身份证", "未知", "不详", "NULL", "NONE", "NA", "N/A", "NAN", "0")


def cleaned(number: pl.Expr) -> pl.Expr:
    """``number`` without the damage that typing, copying and spreadsheets leave around digits; upper case."""
    text = number.str.normalize("NFKC").str.replace_all(INVISIBLE, "").str.strip_chars(WRAPPING)
    text = text.str.replace(LOOKALIKE_X, "X").str.to_uppercase()
    compact = text.str.replace_all(SEPARATORS, "")
    # separators go only where digits are left: "2.20102E+17" must keep its point to be seen for what it is
    text = pl.when(compact.str.contains(r"^[A-Z]{0,3}\d{5,}[0-9A-Z]*$") & ~text.str.contains(r"^\d\.\d+E")).then(compact).otherwise(text)
    return text.str.replace(PREFIXES, "$1")


def is_placeholder(text: pl.Expr) -> pl.Expr:
    """Nothing, a word for nothing, or one digit repeated."""
    repeated = pl.lit(False)
    for digit in "0123456789":
        repeated = repeated | text.str.contains(f"^{digit}{{6,}}$")
    return text.is_null() | (text == "") | text.is_in(PLACEHOLDERS) | repeated
