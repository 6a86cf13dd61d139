"""One value, one type: text, code, date, month, money and moment read from whatever form a department writes.

Every function takes a text column (or one already typed by the file) and returns the typed column; what cannot be
read becomes null, so that *bad* is "there was something, and it is gone". Clean columns take one pass.
"""

from datetime import date

import polars as pl

from contracts.codes import CODE_LISTS

#: Dates that mean "none" in the platform's tables.
NO_DATES = (date(1, 1, 1), date(9999, 12, 31))
EXCEL_EPOCH = date(1899, 12, 30)


def text(values: pl.Series) -> pl.Series:
    """Text without white space at its ends; empty is null."""
    values = values.cast(pl.String).str.strip_chars()
    return pl.select(pl.when(values != "").then(values)).to_series()


def code(values: pl.Series, code_list: str) -> pl.Series:
    """Code of a list; drift between cities mapped; null where the list does not know it."""
    codes = CODE_LISTS[code_list]
    if values.dtype == pl.String and values.is_in(list(codes.values)).sum() + values.null_count() == len(values):
        return values
    values = text(values)
    mapped = values.replace(codes.drift) if codes.drift else values
    allowed = mapped.is_in(list(codes.values))
    if codes.pattern:
        allowed = allowed | mapped.str.contains(codes.pattern)
    return pl.select(pl.when(allowed).then(mapped)).to_series()


def area(values: pl.Series) -> pl.Series:
    """A six-digit division code; null where it is none. Never checked against GB/T 2260: 医保区划 is not that."""
    if values.dtype == pl.String and _all_six_digits(values):
        return values
    values = text(values)
    return pl.select(pl.when(values.str.contains(r"^\d{6}$")).then(values)).to_series()


def _all_six_digits(values: pl.Series) -> bool:
    """Cheaper than a pattern: six bytes that are a number of six digits."""
    number = values.cast(pl.Int32, strict=False)
    six = (values.str.len_bytes() == 6) & number.is_between(100_000, 999_999)
    return six.sum() + values.null_count() == len(values)


def day(values: pl.Series) -> pl.Series:
    """A date from 1990-03-07, 19900307, 1990/3/7, 1990.03.07, 1990年3月7日 or an Excel serial; 00010101 is null."""
    if values.dtype == pl.Date:
        return _no_sentinels(values)
    if values.dtype.is_temporal():
        return _no_sentinels(values.cast(pl.Date))
    dates = values.cast(pl.String).str.to_date("%Y-%m-%d", strict=False)
    if dates.null_count() > values.null_count():
        dates = dates.fill_null(_other_day(text(values)))
    return _no_sentinels(dates)


def _other_day(values: pl.Series) -> pl.Series:
    plain = (
        values.str.replace(r"[ T]0?0:00(:00(\.0+)?)?$", "").str.replace_all(r"[./年月]", "-").str.replace("日", "").str.replace(r"\.0$", "")
    )
    parts = plain.str.extract_groups(r"^(\d{4})-(\d{1,2})-(\d{1,2})$").struct.rename_fields(["y", "m", "d"]).struct.unnest()
    padded = parts["y"] + "-" + parts["m"].str.zfill(2) + "-" + parts["d"].str.zfill(2)
    serial = pl.select(pl.when(plain.str.contains(r"^\d{5}$")).then(plain)).to_series().cast(pl.Int32, strict=False)
    from_serial = (pl.Series([EXCEL_EPOCH]).cast(pl.Int32)[0] + serial).cast(pl.Date)
    compact = pl.select(pl.when(plain.str.contains(r"^\d{8}$")).then(plain)).to_series()
    return padded.str.to_date("%Y-%m-%d", strict=False).fill_null(compact.str.to_date("%Y%m%d", strict=False)).fill_null(from_serial)


def _no_sentinels(dates: pl.Series) -> pl.Series:
    sentinel = dates.is_in(NO_DATES)
    return pl.select(pl.when(~sentinel).then(dates)).to_series() if sentinel.any() else dates


def is_sentinel(values: pl.Series) -> pl.Series:
    """True where a date says "none" in words of the platform: such a value is missing, not bad."""
    if values.dtype.is_temporal():
        return values.cast(pl.Date).is_in(NO_DATES)
    return values.cast(pl.String).str.replace_all(r"[-/.年月日 ]|00:00:00", "").is_in(["00010101", "99991231"])


def month(values: pl.Series) -> pl.Series:
    """A month as year * 12 + (month - 1), from 202403, 2024-03, 2024年3月 or a date in it."""
    if values.dtype.is_temporal():
        dates = values.cast(pl.Date)
        return (dates.dt.year() * 12 + dates.dt.month().cast(pl.Int32) - 1).cast(pl.Int32)
    number = values.cast(pl.Int32, strict=False)
    if number.null_count() > values.null_count():
        values = text(values)
        groups = (
            values.str.extract_groups(r"^(\d{4})[-/.年](\d{1,2})(?:月|[-/.月]\d{1,2}日?)?$")
            .struct.rename_fields(["y", "m"])
            .struct.unnest()
        )
        number = number.fill_null(groups["y"].cast(pl.Int32, strict=False) * 100 + groups["m"].cast(pl.Int32, strict=False))
    number = pl.select(pl.when(number >= 10_000_000).then(number // 100).otherwise(number)).to_series()
    year, in_year = number // 100, number % 100
    good = in_year.is_between(1, 12) & year.is_between(1900, 2999)
    return pl.select(pl.when(good).then(year * 12 + in_year - 1)).to_series().cast(pl.Int32)


def money(values: pl.Series) -> pl.Series:
    """Yuan with two decimals; thousands separators are read, a third decimal that is not 0 is no amount of money."""
    if values.dtype.is_decimal() or values.dtype.is_integer():
        return values.cast(pl.Decimal(12, 2), strict=False)
    if values.dtype == pl.String and (fast := _plain_money(values)) is not None:
        return fast
    plain = text(values)
    plain = plain.str.replace_all(r"[,，¥￥元]", "")
    plain = pl.select(pl.when(plain.str.contains(r"^-?\d{1,9}(\.\d{1,2}0*|\.)?$")).then(plain)).to_series()
    return plain.str.strip_chars_end(".").cast(pl.Decimal(12, 2), strict=False)


def _plain_money(values: pl.Series) -> pl.Series | None:
    """The whole column where every amount is plain digits with at most two decimals, else None."""
    exact = values.cast(pl.Decimal(18, 6), strict=False)
    amounts = exact.cast(pl.Decimal(12, 2), strict=False)
    same = (amounts == exact).sum() == len(values) - values.null_count()
    return amounts if same else None


def moment(values: pl.Series) -> pl.Series:
    """A point in time, or the start of a day; microseconds, no zone."""
    if values.dtype.is_temporal():
        return values.cast(pl.Datetime("us"))
    moments = values.cast(pl.String).str.to_datetime("%Y-%m-%d %H:%M:%S", strict=False, time_unit="us")
    if moments.null_count() > values.null_count():
        values = text(values).str.replace("T", " ")
        moments = moments.fill_null(values.str.to_datetime("%Y-%m-%d %H:%M:%S%.f", strict=False, time_unit="us"))
        moments = moments.fill_null(values.str.to_datetime("%Y/%m/%d %H:%M:%S", strict=False, time_unit="us"))
        moments = moments.fill_null(values.str.to_datetime("%Y%m%d%H%M%S", strict=False, time_unit="us"))
        moments = moments.fill_null(day(values).cast(pl.Datetime("us")))
    return moments
