"""One value, one type: text, code, date, month, money and moment read from whatever form a department writes.

Every function takes a text column (or one already typed by the file) and returns the typed column; what cannot be
read becomes null, so that *bad* is "there was something, and it is gone". Clean columns take one pass; what that pass
leaves is read form by form. What can mean two things (7/3/1990, 90-03-07, 2024.1) is not read.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time

import numpy as np
import polars as pl

from contracts.codes import CODE_LISTS

#: Dates that mean "none" in the platform's tables, and the months that do.
NO_DATES = (date(1, 1, 1), date(9999, 12, 31))
NO_MONTHS = ("000101", "999912")
#: Years in which something of these extracts can lie. A year of two digits would be read as one of the first century.
FIRST_DAY, LAST_DAY = date(1800, 1, 1), date(2999, 12, 31)
#: Day 0 of Excel's serial numbers, right from 1900-03-01 on. Its last day, 9999-12-31, is the only serial of seven digits.
EXCEL_EPOCH = date(1899, 12, 30)
LAST_SERIAL = "2958465"
#: Serial numbers that are read as months: 1990 to 2099. Others of five digits may be a year and a month of one digit.
MONTH_SERIALS = (32_874, 73_050)
#: Thousands apart by commas or spaces, and neither elsewhere: 1,23 may mean 1.23.
THOUSANDS = r"^[+-]?[0-9]{1,3}(?:(?:,[0-9]{3})+|(?: [0-9]{3})+)(?:\.|$)"
#: Whole yuan, or with fen; databases write half a yuan as .5. A third decimal that is not 0 is no amount of money.
AMOUNT = r"^[+-]?(?:[0-9]{1,9}(?:\.[0-9]{1,2}0*|\.)?|\.[0-9]{1,2}0*)$"
#: A number in scientific notation: a spreadsheet, or a binary float on its way, lost its last digits.
DAMAGED = r"^[0-9](\.[0-9]+)?[Ee]\+[0-9]{2}$|^[0-9]\.[0-9]+[Ee][0-9]{2}$"

#: What stands for a place of residence, or for the id of another row, that somebody gave and nobody can read.
UNREADABLE = "?"
#: Bytes that are looked at together: they stay in the first-level cache.
AT_A_TIME = 1 << 14
#: Control characters between the items of evidence (transforms/retention/overlap_evidence.sql): no text can hold them.
SEPARATORS = "\x1e\x1f"

_DAY = r"^([0-9]{4})\s*[-/.年]\s*([0-9]{1,2})\s*[-/.月]\s*([0-9]{1,2})\s*[日号]?$"
_MONTH = r"^([0-9]{4})\s*[-/.年]\s*([0-9]{1,2})\s*月?$"
#: A time behind a date: 10:20, 10:20:30.5, with China's own offset if any.
_TIME = r"[T\s]+((?:[01]?[0-9]|2[0-4]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]+)?)?)\s*(?:\+08(?::?00)?)?$"
#: A time with the offset of its clock (ISO 8601, GB/T 7408): Z, +09:00, -0500, +00.
_OFFSET = r"^(.*[T\s][0-9]{1,2}:[0-9:.]+)\s*(?:Z|([+-])(0[0-9]|1[0-4])(?::?([0-5][0-9]))?)$"
#: The clocks by which these extracts tell days and months. The zone, not +08:00: in the summers of 1986 to 1991 they were an hour ahead.
_ZONE = "Asia/Shanghai"


def text(values: pl.Series, damaged: str | None = None) -> pl.Series:
    """Text without white space at its ends; empty is null, and ``damaged`` a number whose last digits a spreadsheet dropped."""
    values = values.cast(pl.String)
    if _is_plain(values):
        return values
    if values.str.contains_any(list(SEPARATORS)).any():
        values = values.str.replace_all(f"[{SEPARATORS}]", "")
    values = values.str.strip_chars()
    return pl.select(pl.when(is_damaged(values)).then(pl.lit(damaged, pl.String)).when(values != "").then(values)).to_series()


def _is_plain(values: pl.Series) -> bool:
    """Nothing to strip and nothing damaged, told from all bytes at once: visible ASCII without an E, and none empty."""
    raw = values.to_arrow(compat_level=pl.CompatLevel.oldest())
    ends = np.frombuffer(raw.buffers()[1], dtype=np.int64)[raw.offset : raw.offset + len(raw) + 1]
    if np.count_nonzero(ends[1:] == ends[:-1]) > raw.null_count or not raw.buffers()[2]:
        return False
    data = np.frombuffer(raw.buffers()[2], dtype=np.uint8)[ends[0] : ends[-1]]
    blocks = (data[start : start + AT_A_TIME] for start in range(0, len(data), AT_A_TIME))
    return not any(((block - np.uint8(0x21) > 0x7E - 0x21) | (block | 0x20 == ord("e"))).any() for block in blocks)


def is_damaged(values: pl.Series) -> pl.Series:
    """True where a text is a number in scientific notation: 2.20102199003070E+17."""
    return values.str.contains(DAMAGED)


def code(values: pl.Series, code_list: str, site: Mapping[str, str] | None = None) -> pl.Series:
    """Code of a list; drift between cities mapped, ``site``'s before the contract's; null where the list does not know it."""
    codes, drift = CODE_LISTS[code_list], {**CODE_LISTS[code_list].spellings, **(site or {})}
    plain = [c for c in codes.values if c not in drift]
    if values.dtype == pl.String and values.is_in(plain).sum() + values.null_count() == len(values):
        return values
    values = text(values)

    def known(values: pl.Series) -> pl.Series:
        mapped = values.replace(drift) if drift else values
        allowed = mapped.is_in(list(codes.values))
        if codes.pattern:
            allowed = allowed | mapped.str.contains(codes.pattern)
        return pl.select(pl.when(allowed).then(mapped)).to_series()

    return _filled(known(values), values, lambda rest: known(_whole(rest)))


def area(values: pl.Series) -> pl.Series:
    """A six-digit division code; null where it is none. Never checked against GB/T 2260: 医保区划 is not that."""
    if values.dtype == pl.String and _all_six_digits(values):
        return values
    values = text(values)

    def known(values: pl.Series) -> pl.Series:
        return pl.select(pl.when(values.str.contains(r"^[0-9]{6}$")).then(values)).to_series()

    return _filled(known(values), values, lambda rest: known(_whole(rest)))


def _all_six_digits(values: pl.Series) -> bool:
    """Cheaper than a pattern: six bytes that are a number of six digits."""
    number = values.cast(pl.Int32, strict=False)
    six = (values.str.len_bytes() == 6) & number.is_between(100_000, 999_999)
    return six.sum() + values.null_count() == len(values)


def _filled(typed: pl.Series, values: pl.Series, read: Callable[[pl.Series], pl.Series]) -> pl.Series:
    """``typed``, and where it is null though ``values`` is not, what ``read`` makes of the value."""
    if typed.null_count() == values.null_count():
        return typed
    at = (typed.is_null() & values.is_not_null()).arg_true()
    return typed.scatter(at, read(values.gather(at)))


def day(values: pl.Series) -> pl.Series:
    """A date from 1990-03-07, 19900307, 1990/3/7, 1990.03.07, 1990年3月7日, any of them with a time of day behind it, or an
    Excel serial. 00010101 and 99991231 are null. A month alone is no date."""
    dates = _day(values)
    sentinel = dates.is_in(NO_DATES)
    return pl.select(pl.when(~sentinel).then(dates)).to_series() if sentinel.any() else dates


def _day(values: pl.Series) -> pl.Series:
    """The same with the dates that mean none."""
    if values.dtype.is_temporal():
        return _possible(on_our_clocks(values).cast(pl.Date))
    values = values.cast(pl.String)
    return _filled(_possible(values.str.to_date("%Y-%m-%d", strict=False)), values, _written_day)


def _possible(dates: pl.Series) -> pl.Series:
    """Only dates that can be meant. Compared as numbers of days: a date before year 1 is no date for Python."""
    days = dates.to_physical()
    first, last, *none = (pl.Series([FIRST_DAY, LAST_DAY, *NO_DATES]).to_physical()).to_list()
    good = days.is_between(first, last) | days.is_in(none)
    return dates if good.all() else pl.select(pl.when(good).then(dates)).to_series()


def on_our_clocks(values: pl.Series) -> pl.Series:
    """Typed moments without a zone, as clocks in China tell them; what has no zone is told by them already. A database keeps the
    midnight with which a day begins here as 16:00 of the day before, UTC. The day that means none does so on every clock."""
    if values.dtype.base_type() != pl.Datetime or values.dtype.time_zone is None:
        return values
    elsewhere, here = (values.dt.convert_time_zone(zone).dt.replace_time_zone(None) for zone in ("UTC", _ZONE))
    return pl.select(pl.when(elsewhere.dt.date() == NO_DATES[1]).then(elsewhere).otherwise(here)).to_series()


def _plain(values: pl.Series) -> pl.Series:
    """Half-width, without white space at its ends."""
    return values.str.normalize("NFKC").str.strip_chars()


def _whole(values: pl.Series) -> pl.Series:
    """Half-width, and a whole number without the zeros that a data frame with empty cells puts behind it: 310.0."""
    return _plain(values).str.replace(r"^([0-9]+)\.0+$", "$1")


def _timed(values: pl.Series) -> pl.Series:
    """The same of days and moments, a time apart from its day, and told by clocks in China."""
    plain = _plain(values).str.replace(r"[日号]\s*", "日 ")
    at = (plain.str.contains(_OFFSET) & ~plain.str.contains(_TIME)).arg_true()
    return plain.scatter(at, _moved(plain.gather(at))) if len(at) else plain


def _moved(texts: pl.Series) -> pl.Series:
    """Times with an offset -> 2024-03-01 08:00:00 on clocks in China; null where one cannot be read."""
    parts = texts.str.extract_groups(_OFFSET).struct.rename_fields(["told", "sign", "hours", "minutes"]).struct.unnest()
    hours, minutes = (parts[name].cast(pl.Int64).fill_null(0) for name in ("hours", "minutes"))
    ahead = pl.select(pl.when(parts["sign"] == "-").then(-1).otherwise(1)).to_series() * (hours * 60 + minutes) * 60_000_000
    utc = _moment_in(parts["told"]) - ahead.cast(pl.Duration("us"))
    return on_our_clocks(utc.dt.replace_time_zone("UTC")).dt.to_string("%Y-%m-%d %H:%M:%S%.f")


def _written_day(values: pl.Series) -> pl.Series:
    plain = _timed(values).str.replace(_TIME, "").str.strip_chars()
    plain = plain.str.replace(r"^([0-9]{8})[0-9]{6}$", "$1").str.replace(r"\.0+$", "")
    parts = plain.str.extract_groups(_DAY).struct.rename_fields(["y", "m", "d"]).struct.unnest()
    padded = parts["y"] + "-" + parts["m"].str.zfill(2) + "-" + parts["d"].str.zfill(2)
    compact = plain.str.replace(r"^([0-9]{4})([0-9]{2})([0-9]{2})$", "$1-$2-$3")
    dates = padded.fill_null(compact).str.to_date("%Y-%m-%d", strict=False)
    return _possible(dates).fill_null(_from_serial(plain))


def _from_serial(plain: pl.Series) -> pl.Series:
    """Days since 1899-12-30 in five digits (1927 to 2173), with a fraction for the time of day; 2958465 is 9999-12-31."""
    whole = plain.str.extract(r"^([0-9]{5}|" + LAST_SERIAL + r")(?:\.[0-9]+)?$").cast(pl.Int32, strict=False)
    return (whole + pl.Series([EXCEL_EPOCH]).to_physical()[0]).cast(pl.Date)


def is_sentinel(values: pl.Series) -> pl.Series:
    """True where a date or month says "none" in words of the platform: such a value is missing, not bad."""
    dates = _day(values).is_in(NO_DATES).fill_null(False)
    if values.dtype.is_temporal():
        return dates
    return dates | values.cast(pl.String).str.replace_all(r"[^0-9]", "").is_in(NO_MONTHS).fill_null(False)


def month(values: pl.Series) -> pl.Series:
    """A month as year * 12 + (month - 1), from 202403, 2024-03, 2024/3, 2024.03, 2024年3月, or a date in it."""
    if values.dtype.is_temporal():
        return _month_of(day(values))
    number = values.cast(pl.Int32, strict=False)
    in_year = number % 100
    good = in_year.is_between(1, 12) & number.is_between(180_000, 300_000)
    months = pl.select(pl.when(good).then(number // 100 * 12 + in_year - 1)).to_series().cast(pl.Int32)
    return _filled(months, values, _written_month)


def _month_of(dates: pl.Series) -> pl.Series:
    return (dates.dt.year() * 12 + dates.dt.month().cast(pl.Int32) - 1).cast(pl.Int32)


def _written_month(values: pl.Series) -> pl.Series:
    plain = _plain(values.cast(pl.String)).str.replace(r"\.0+$", "")
    compact = plain.str.replace(r"^([0-9]{4})([0-9]{2})$", "$1-$2")
    parts = compact.str.extract_groups(_MONTH).struct.rename_fields(["y", "m"]).struct.unnest().cast(pl.Int32, strict=False)
    # 2024.1 is October where a spreadsheet took 2024.10 for a number
    good = parts["m"].is_between(1, 12) & parts["y"].is_between(FIRST_DAY.year, LAST_DAY.year) & ~plain.str.ends_with(".1")
    months = pl.select(pl.when(good).then(parts["y"] * 12 + parts["m"] - 1)).to_series().cast(pl.Int32)
    serial = plain.cast(pl.Int32, strict=False)
    in_day = pl.select(pl.when((plain.str.len_bytes() != 5) | serial.is_between(*MONTH_SERIALS)).then(plain)).to_series()
    return months.fill_null(_month_of(day(in_day)))


def money(values: pl.Series) -> pl.Series:
    """Yuan with two decimals, from 1,234.50, ¥1234.5, 1234.5元, .5."""
    if values.dtype == pl.Decimal(12, 2):
        return values
    if values.dtype.is_decimal() or values.dtype.is_integer():
        amounts = values.cast(pl.Decimal(12, 2), strict=False)
        return pl.select(pl.when(amounts == values).then(amounts)).to_series()
    plain = _plain(values.cast(pl.String)).str.replace(r"^([+-]?)¥\s*", "$1").str.replace(r"\s*元$", "")
    plain = pl.select(pl.when(plain.str.contains(THOUSANDS)).then(plain.str.replace_all("[, ]", "")).otherwise(plain)).to_series()
    plain = pl.select(pl.when(plain.str.contains(AMOUNT)).then(plain)).to_series()
    return plain.str.strip_chars_end(".").cast(pl.Decimal(12, 2), strict=False)


def moment(values: pl.Series) -> pl.Series:
    """A point in time, or the start of a day; microseconds, no zone. Null on days that mean none, or that cannot be meant."""
    if values.dtype.is_temporal():
        moments = on_our_clocks(values).cast(pl.Datetime("us"))
    else:
        values = values.cast(pl.String)
        moments = _filled(values.str.to_datetime("%Y-%m-%d %H:%M:%S", strict=False, time_unit="us"), values, _written_moment)
    good = moments.is_between(datetime.combine(FIRST_DAY, time.min), datetime.combine(LAST_DAY, time.max))
    return moments if good.all() else pl.select(pl.when(good).then(moments)).to_series()


def _written_moment(values: pl.Series) -> pl.Series:
    return _moment_in(_timed(values))


def _moment_in(plain: pl.Series) -> pl.Series:
    """``plain``: half-width, and of no other zone."""
    plain = plain.str.replace(r"^([0-9]{8})([0-9]{2})([0-9]{2})([0-9]{2})$", "$1 $2:$3:$4")
    clock = plain.str.extract(_TIME).fill_null("0:00")
    clock = clock + pl.select(pl.when(clock.str.count_matches(":") == 1).then(pl.lit(":00")).otherwise(pl.lit(""))).to_series()
    written = _day(plain).cast(pl.String) + " " + clock
    fraction = plain.str.extract(r"^[0-9]{5}(\.[0-9]+)$").cast(pl.Float64, strict=False).fill_null(0.0)
    seconds = (fraction * 86_400).round().cast(pl.Int64) * 1_000_000
    return written.str.to_datetime("%Y-%m-%d %H:%M:%S%.f", strict=False, time_unit="us") + seconds.cast(pl.Duration("us"))
