"""Numbers where text is meant: spreadsheets, and data frames with an empty cell in a column, turn identifiers, codes and days into
floating-point numbers. Whole ones are written without a fraction; of those too long to be exact the last digits are lost, and they
are written as the quantities that they have become, which no identifier is read from (transforms/reading/values.py, DAMAGED)."""

import polars as pl

#: A spreadsheet keeps 15 digits.
EXACT = 10**15
_DIGITS = 15


def text_of(value: float) -> str:
    """One number as text."""
    if abs(value) >= EXACT:
        return f"{value:.14E}"
    return f"{value + 0.0:.0f}" if value.is_integer() else f"{value:.15g}"


def texts_of(values: pl.Series) -> pl.Series:
    """A column of floating-point numbers as text, as `text_of` writes them; null where there is none."""
    number = pl.lit(values.cast(pl.Float64).fill_nan(None))
    quantity = number.cast(pl.String).str.to_uppercase().str.replace(r"^(-?[0-9])([0-9]{15})\.0$", "${1}.${2}E+15")
    whole = number.cast(pl.Int64, strict=False)
    return pl.select(
        pl.when(number.abs() >= EXACT).then(quantity)
        .when(whole.cast(pl.Float64) == number).then(whole.cast(pl.String))
        .otherwise(number.round_sig_figs(_DIGITS).cast(pl.String))
    ).to_series()  # fmt: skip
