"""Polars, tuned: streaming, keys and days as integers, cleaning only of rows that need it, a running maximum in place of a
self-join."""

from pathlib import Path

import polars as pl

from bench.peers.text import BLANKS, FORM, HALF, ISO, WIDE

WIDTHS = dict(zip(WIDE, HALF, strict=True))
#: More than there are days: one running maximum serves all persons.
APART = 10_000_000


def check_character(key: pl.Expr) -> pl.Expr:
    """Of the first 17 digits as an integer: sixteen divisions and no remainder but the last."""
    total = 2 * key + sum((3 * 2**i % 11) * (key // 10**i) for i in range(1, 17))
    return (total % 11).replace_strict(list(range(11)), list("10X98765432"), return_dtype=pl.String)


def main(inbox: Path, out: Path, as_of: str) -> None:
    removed = swept(spans(inbox, as_of).collect(engine="streaming"))
    number = pl.col("key").cast(pl.String) + check_character(pl.col("key"))
    removed.select(number.alias("number"), "removed_id", "kept_id").sort("number", "removed_id").write_parquet(out)


def spans(inbox: Path, as_of: str) -> pl.LazyFrame:
    """One row per number and id of whoever has several: ``key``, ``id``, ``starts``, ``ends`` (days)."""
    paused = pl.col("paus_insu_date")
    rows = pl.scan_parquet(sorted(inbox.glob("medical_insurance/enrollment*.parquet"))).filter(
        pl.col("psn_insu_rlts_id").is_not_null(), pl.col("insutype").is_in(["310", "390", "380", "391"]), pl.col("psn_insu_stas").is_in(["1", "2", "4"]),
        pl.col("crt_insu_date").str.contains(ISO), paused.is_null() | paused.str.contains(ISO),
    )  # fmt: skip
    plain = pl.col("certno").str.contains(FORM)
    cleaned = pl.col("certno").str.replace_all(f"[{BLANKS}]", "").str.replace_many(WIDTHS).str.to_uppercase()
    numbers = pl.concat([rows.filter(plain), rows.filter(~plain).with_columns(cleaned).filter(plain)])
    key = pl.col("certno").str.head(17).cast(pl.Int64, strict=False)
    day = pl.col("certno").str.slice(6, 8).str.to_date("%Y%m%d", strict=False)
    valid = numbers.filter(
        pl.col("certno").str.slice(17) == check_character(key), day.is_between(pl.date(1800, 1, 1), pl.lit(as_of).str.to_date())
    )
    ends = paused.fill_null("9999-12-31").str.to_date("%Y-%m-%d", strict=False)
    typed = valid.select(
        key.alias("key"), pl.col("psn_insu_rlts_id").alias("id"), pl.col("crt_insu_date").str.to_date("%Y-%m-%d", strict=False).alias("starts"), ends.alias("ends")
    )  # fmt: skip
    several = typed.group_by("key").len().filter(pl.col("len") > 1)
    joined = typed.join(several, on="key", how="semi").group_by("key", "id").agg(pl.col("starts").min(), pl.col("ends").max())
    return joined.filter(pl.col("starts") < pl.col("ends")).sort("key", "starts", "id")


def swept(spans: pl.DataFrame) -> pl.DataFrame:
    """``key``, ``removed_id``, ``kept_id`` of spans in the order of key, start and id."""
    person = pl.col("key").rle_id().cast(pl.Int64) * APART
    reached = (pl.col("ends").to_physical() + person).cum_max().shift(1) - person
    follows = (pl.col("key") == pl.col("key").shift(-1)) & (pl.col("starts").shift(-1) < pl.col("ends"))
    is_met = (pl.col("starts").to_physical() < reached).fill_null(False) | follows.fill_null(False)
    conflicted = spans.filter(is_met).select("key", "id", "starts")
    kept = conflicted.sort("key", "starts", "id", descending=[False, True, False]).unique("key", keep="first", maintain_order=True)
    joined = conflicted.join(kept.select("key", kept_id="id"), on="key").filter(pl.col("id") != pl.col("kept_id"))
    return joined.select("key", pl.col("id").alias("removed_id"), "kept_id")
