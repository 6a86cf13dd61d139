"""Cells of a worklist: rows as the text that a clerk sees, the checksum of what is not the clerk's, and the rows as XML."""

import hmac
from collections.abc import Iterable, Sequence

import polars as pl

from contracts.model import Column
from contracts.worklists import CHECKSUM, LAST_DAYS, Sheet
from flows.labels import LABELS
from policy import Policy

#: Cells that hold numbers, so that a clerk can add them up; all others hold text, identifiers above all.
NUMBERS = ("money", "int32")
#: What a spreadsheet, or a CSV file made from it, may take for a formula: the signs, and their wide forms, which some turn
#: into the plain ones; an apostrophe itself, so that the one put in front can be told from it.
FORMULA = r"^['=+\-@＝＋－＠]"
#: A cell holds 32,767 characters.
LONGEST = 32_000
#: Characters that XML cannot hold; line breaks and tabs, which are one space here; and what a workbook reads as an escape.
_UNWRITABLE, _SPACES, _ESCAPE = r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", r"[\t\r\n]+", r"_(x[0-9A-Fa-f]{4}_)"
#: Column -> the kind of word that stands for its codes.
_WORDED = {
    "scheme": "scheme", "would_be": "action", "missing": "missing", "conflict": "conflict", "eligibility": "eligibility",
    "case_id": "case", "channel": "channel", "basis": "basis", "status": "status",
}  # fmt: skip
#: A document as the datasets cite it, and with who issued it, for whoever has nothing else at hand.
_ISSUED = ("^33号", "医保发〔2020〕33号")
#: What `harmless` would change; almost no cell has any of it, and looking for it once is four times cheaper than changing nothing.
_HARMFUL = rf"{_UNWRITABLE}|[\t\r\n]|{_ESCAPE}|^[\s'=+\-@＝＋－＠]|\s$"
#: Between the cells that a checksum speaks of.
_UNIT = "\x1f"


def shown(rows: pl.DataFrame, sheet: Sheet, policy: Policy, book: str, key: bytes) -> pl.DataFrame:
    """Every column of ``sheet`` as text: codes in words, numbers as they are, what is the clerk's empty, and the checksum.

    ``rows``: what transforms/worklists/ says, in order; ``book``: what tells the workbook from others.
    """
    words = {c: {code: zh for code, (zh, _) in LABELS[kind].items()} for c, kind in _WORDED.items()}
    words["rule_id"] = {rule_id: rule.title_zh for rule_id, rule in policy.rules.items()}
    numbered = rows.with_row_index("serial", offset=1)
    texts = numbered.select(_text(c, numbered.schema[c.name], words.get(c.name)).alias(c.name) for c in sheet.locked)
    texts = texts.with_columns(_harmless(texts[c.name]) for c in sheet.locked if c.type not in NUMBERS)
    empty = [pl.lit("").alias(name) for name in sheet.inputs]
    checked = texts.with_columns(*empty, checksums(texts, sheet, book, key))
    return checked.select(c.name for c in sheet.columns)


def _text(column: Column, type_: pl.DataType, words: dict[str, str] | None) -> pl.Expr:
    """A column as text, "" where there is nothing."""
    value = pl.col(column.name)
    if isinstance(type_, pl.List):
        value = value.list.eval(pl.element().replace(words or {})).list.join("、")
    elif words:
        value = value.replace(words)
    elif column.name in LAST_DAYS:
        value = value.dt.offset_by("-1d")
    elif column.name == "clause":
        value = value.str.replace(*_ISSUED)
    return value.cast(pl.String).fill_null("")


def _harmless(texts: pl.Series) -> pl.Series:
    """`harmless`, for the few columns in which a cell needs it."""
    needed = texts.str.contains(_HARMFUL).any() or (texts.str.len_bytes() > LONGEST).any()
    return pl.select(harmless(pl.lit(texts))).to_series().alias(texts.name) if needed else texts


def harmless(text: pl.Expr) -> pl.Expr:
    """Text that no spreadsheet runs: an apostrophe in front of what could begin a formula; `original` takes it off."""
    plain = text.str.replace_all(_UNWRITABLE, "\ufffd").str.replace_all(_SPACES, " ").str.replace_all(_ESCAPE, "＿${1}")
    plain = plain.str.strip_chars().str.slice(0, LONGEST)
    return pl.when(plain.str.contains(FORMULA)).then("'" + plain).otherwise(plain)


def original(text: pl.Expr) -> pl.Expr:
    """What `harmless` was given."""
    return text.str.replace(r"^'", "")


def checksums(texts: pl.DataFrame, sheet: Sheet, book: str, key: bytes) -> pl.Series:
    """HMAC-SHA-256, the first 64 bits in hex, of each row's locked cells as they are shown, with the workbook and the sheet."""
    joined = texts.select(pl.concat_str([pl.lit(f"{book}{_UNIT}{sheet.name}"), *(c.name for c in sheet.locked)], separator=_UNIT))
    return pl.Series(CHECKSUM, [checksum(row, key) for row in joined.to_series()], pl.String)


def checksum(text: str, key: bytes) -> str:
    return hmac.digest(key, text.encode(), "sha256").hex()[:16].upper()


def key_of(site: bytes) -> bytes:
    """The key of the checksums, from the site's key: whoever learns one learns nothing of the other."""
    return hmac.digest(site, b"onecover worklists", "sha256")


def letters(place: int) -> str:
    """The letters of a column, from 0: A to Z, AA, AB ..."""
    return (letters(place // 26 - 1) if place >= 26 else "") + chr(ord("A") + place % 26)


def rows_xml(texts: pl.DataFrame, numbers: Iterable[str], styles: Sequence[str], first: int) -> bytes:
    """Rows of a sheet's XML (ECMA-376 part 1, 18.3.1.73), text in its cells. ``numbers``: columns that hold numbers;
    ``styles``: the index of each column's format; ``first``: the number of the first row."""
    number, numeric = pl.col("row").cast(pl.String), set(numbers)
    cells = []
    for place, (name, style) in enumerate(zip(texts.columns, styles, strict=True)):
        if (texts[name] == "").all():
            continue
        value, before, after = pl.col(name), "><v>", "</v></c>"
        if name not in numeric:
            value, before, after = _escaped(texts[name]), ' t="inlineStr"><is><t>', "</t></is></c>"
        if (texts[name] == "").any():
            value = pl.when(pl.col(name) != "").then(value)  # no text, no cell
        cells.append(pl.concat_str(pl.lit(f'<c r="{letters(place)}'), number, pl.lit(f'" s="{style}"{before}'), value, pl.lit(after)))
    row = pl.concat_str([pl.lit('<row r="'), number, pl.lit('">'), *cells, pl.lit("</row>")], ignore_nulls=True)
    text = texts.with_row_index("row", offset=first).select(row.str.join("")).item() if texts.height else ""
    return text.encode()


def _escaped(texts: pl.Series) -> pl.Expr:
    value = pl.col(texts.name)
    if not texts.str.contains("[&<>]").any():
        return value
    plain = value.str.replace_all("&", "&amp;", literal=True)
    return plain.str.replace_all("<", "&lt;", literal=True).str.replace_all(">", "&gt;", literal=True)
