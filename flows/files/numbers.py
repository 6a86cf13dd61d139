"""Numbers where text is meant: spreadsheets, data frames with an empty cell in a column, and databases that know one type of number
turn identifiers, codes and days into floating-point numbers and decimals. Whole ones are written without a fraction; of those too long
to be exact the last digits are lost, and they are written as the quantities that they have become, which no identifier is read from
(transforms/reading/values.py, DAMAGED)."""

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

#: A spreadsheet keeps 15 digits, and so does a float of 64 bits; one of 32 bits knows whole numbers up to this.
EXACT, EXACT_32 = 10**15, 2**24
_DIGITS = 15


def text_of(value: float) -> str:
    """One number as text."""
    if abs(value) >= EXACT:
        return f"{value:.14E}"
    return f"{value + 0.0:.0f}" if value.is_integer() else f"{value:.15g}"


def texts_of(values: pl.Series) -> pl.Series:
    """A column of floating-point numbers as text, as `text_of` writes them; null where there is none. Those of 32 bits are written in
    their own shortest form: in 64 bits 380.1 would be 380.100006103516."""
    number = pl.lit(values.fill_nan(None))
    shown, whole = number.cast(pl.String).str.to_uppercase(), number.cast(pl.Int64, strict=False)
    exact = EXACT_32 if values.dtype == pl.Float32 else EXACT
    rounded = number if values.dtype == pl.Float32 else number.round_sig_figs(_DIGITS)
    return pl.select(
        pl.when(number.abs() >= exact).then(_quantity(shown))
        .when(whole.cast(values.dtype) == number).then(whole.cast(pl.String))
        .otherwise(rounded.cast(pl.String))
    ).to_series()  # fmt: skip


def _quantity(shown: pl.Expr) -> pl.Expr:
    """20240308.0 as 2.0240308E+07; what is written so already stays."""
    behind = shown.str.extract(r"^-?[0-9]([0-9]+)\.0$")
    exponent = behind.str.len_bytes().cast(pl.String).str.zfill(2)
    return pl.coalesce(shown.str.extract(r"^(-?[0-9])[0-9]+\.0$") + "." + behind + "E+" + exponent, shown)


def decimal_texts(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """A column of decimals as text without zeros behind the last digit of a fraction: 101.0000000000 of a NUMBER is 101."""
    texts = pc.replace_substring_regex(values.cast(pa.string()), r"^0E-[0-9]+$", "0")
    return pc.replace_substring_regex(texts, r"^(-?[0-9]+)(?:\.0+|(\.[0-9]*[1-9])0+)$", r"\1\2")
