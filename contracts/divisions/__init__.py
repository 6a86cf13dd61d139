"""GB/T 2260 division codes and their history: a soft signal about a number, and names for lists and pages.

Codes come and go, and no table has them all: a code that is not in it is no reason to reject a number. 医保区划
(``insu_admdvs`` and the like) is another code list and is never checked against this one; a name may be shown for it
where there is one. Sources and licences: SOURCES.md. How to renew the table: docs/divisions.md.
"""

from datetime import date
from functools import cache, lru_cache
from pathlib import Path

import polars as pl

from contracts.divisions.history import SUMMARIES

TABLE = Path(__file__).with_name("divisions.csv")
#: known_now: valid on the day asked for. known_once: valid on another. province_only: its first two digits are a
#: province. unknown: none of these.
STATUSES = ("known_now", "known_once", "province_only", "unknown")
STATUS = pl.Enum(STATUSES)


@cache
def periods() -> pl.DataFrame:
    """The table, one row per code and name: code, name, valid_from, valid_to (null: still valid), successors (codes).

    Half-open: ``valid_to`` is the first day that does not count. Sorted by code and beginning; the periods of a code
    never overlap. A day is that of the first list that shows a change, up to a year after it.
    """
    types = {"code": pl.String, "name": pl.String, "valid_from": pl.Date, "valid_to": pl.Date, "successors": pl.String}
    table = pl.read_csv(TABLE, schema=types)
    return table.with_columns(pl.col("successors").str.extract_all(r"\d{6}").fill_null([]))


def place_status(code: pl.Expr, on: date) -> pl.Expr:
    """One of STATUSES for each six-digit code; null where the code is null. Never a reason to reject."""
    known = periods().group_by("code", maintain_order=True).agg(_holds(pl.lit(on)).any().alias("now"))
    statuses = known.select(pl.when("now").then(pl.lit("known_now", STATUS)).otherwise(pl.lit("known_once", STATUS))).to_series()
    provinces = known.filter(pl.col("code").str.ends_with("0000"))["code"].cast(pl.Int32) // 10_000
    # arithmetic costs half of what a regular expression does, and every number passes here
    in_province = (code.str.len_bytes() == 6) & (code.cast(pl.Int32, strict=False) // 10_000).is_in(provinces.to_list())
    other = pl.when(in_province).then(pl.lit("province_only", STATUS)).otherwise(pl.lit("unknown", STATUS))
    return pl.when(code.is_not_null()).then(code.replace_strict(known["code"], statuses, default=other, return_dtype=STATUS))


@lru_cache(maxsize=8)
def names(on: date) -> pl.DataFrame:
    """One row per code ever in force, for joins: code, name, full_name (with province and prefecture), valid_on (boolean).

    Of several names of a code the one valid on ``on`` is taken, else the nearest in time, else the earlier.
    """
    last_day = pl.col("valid_to").dt.offset_by("-1d")
    nearest = (
        periods()
        .with_columns(day=pl.lit(on).clip(pl.col("valid_from"), last_day))
        .sort((pl.col("day") - pl.lit(on)).abs(), "valid_from")
        .unique("code", keep="first", maintain_order=True)
        .sort("code")
    )
    whole = nearest.join(_above(nearest, 2), on="code", how="left").join(_above(nearest, 4), on="code", how="left")
    return whole.select(
        "code",
        "name",
        full_name=pl.concat_str("name_2", "name_4", "name", ignore_nulls=True),
        valid_on=pl.col("day") == pl.lit(on),
    )


def name_of(code: str, on: date) -> str | None:
    """Full name of one code, as ``names`` has it; None for a code that was never in force. For columns, join ``names``."""
    return _full_names(on).get(code)


@lru_cache(maxsize=8)
def _full_names(on: date) -> dict[str, str]:
    return dict(names(on).select("code", "full_name").iter_rows())


def _holds(day: pl.Expr) -> pl.Expr:
    return (pl.col("valid_from") <= day) & (pl.col("valid_to").is_null() | (day < pl.col("valid_to")))


def _above(divisions: pl.DataFrame, digits: int) -> pl.DataFrame:
    """``name_<digits>``: name of the division whose code has the same first digits, on the day for which each is named."""
    above = periods().filter(~pl.col("name").is_in(SUMMARIES)).rename({"code": "above", "name": f"name_{digits}"})
    return (
        divisions.select("code", "day", above=pl.col("code").str.slice(0, digits).str.pad_end(6, "0"))
        .filter(pl.col("above") != pl.col("code"))
        .join(above, on="above")
        .filter(_holds(pl.col("day")))
        .select("code", f"name_{digits}")
    )
