"""The planted truth as tables: what a right night must find, by enrollment, in the words of the published datasets."""

from pathlib import Path

import numpy as np
import polars as pl

from sample_data import book as words
from sample_data.days import NONE

KEYS = {
    "overlaps": ["enrollment_ids", "starts_on"],
    "decisions": ["enrollment_id", "members", "starts_on"],
    "terminations": ["enrollment_id"],
    "suspensions": ["enrollment_id"],
    "reviews": ["enrollment_id", "members", "starts_on"],
    "subsidy_deductions": ["enrollment_id", "fiscal_year"],
    "refunds": ["enrollment_id", "period_begin"],
    "quarantine": ["extract", "key", "marker"],
    "counts": ["extract"],
    "archetypes": ["enrollment_id"],
}


def _word(values: np.ndarray, names: tuple) -> pl.Series:
    return pl.Series([name or None for name in names], dtype=pl.String).gather(values)


def _day(values: np.ndarray) -> pl.Series:
    frame = pl.DataFrame({"d": values}).select(pl.when(pl.col("d") != NONE).then(pl.col("d")).cast(pl.Int32).cast(pl.Date))
    return frame.to_series()


def _money(fen: np.ndarray) -> pl.Series:
    text = pl.Series(fen // 100).cast(pl.String) + "." + pl.Series(fen % 100).cast(pl.String).str.zfill(2)
    return text.cast(pl.Decimal(12, 2))


def _id(ids: np.ndarray, numbers: np.ndarray) -> pl.Series:
    frame = pl.DataFrame({"i": ids[np.maximum(numbers, 0)], "there": numbers >= 0})
    return frame.select(pl.when("there").then(pl.col("i").cast(pl.String))).to_series()


def tables(book: words.Book, ids: np.ndarray) -> dict[str, pl.DataFrame]:
    """Every truth table that one book implies; ``ids``: the key of each enrollment row."""
    overlaps = _overlaps(book, ids)
    decisions = _decisions(book, ids, overlaps)
    listed = ["enrollment_id", "rule_id", "kept_enrollment_id", "effective_date"]
    return {
        "overlaps": overlaps.drop("members"),
        "decisions": decisions,
        "terminations": decisions.filter(pl.col("action") == "terminate").select(listed),
        "suspensions": decisions.filter(pl.col("action") == "suspend").select(*listed, "resumes_on"),
        "reviews": decisions.filter(pl.col("action") == "review").select("enrollment_id", "members", "starts_on", "rule_id", "would_be"),
        "subsidy_deductions": _deductions(book, ids),
        "refunds": _refunds(book, ids),
    }


def _overlaps(book: words.Book, ids: np.ndarray) -> pl.DataFrame:
    c, m = book.overlaps.columns(), book.members.columns()
    members = pl.DataFrame({"overlap": m["overlap"], "id": pl.Series(ids[m["enrollment"]]).cast(pl.String)})
    lists = members.sort("overlap", "id").group_by("overlap", maintain_order=True).agg(pl.col("id").alias("enrollment_ids"))
    frame = pl.DataFrame({
        "enrollment_ids": lists["enrollment_ids"],
        "starts_on": _day(c["start"]),
        "ends_on": _day(c["end"]),
        "category": _word(c["category"], words.CATEGORIES),
        "place": _word(c["place"], words.PLACES),
        "timing": _word(c["timing"], words.TIMINGS),
    })  # fmt: skip
    return frame.with_columns(members=pl.col("enrollment_ids").list.join(","))


def _decisions(book: words.Book, ids: np.ndarray, overlaps: pl.DataFrame) -> pl.DataFrame:
    c = book.decisions.columns()
    at = pl.Series(c["overlap"])
    at = pl.select(pl.when(at >= 0).then(at)).to_series()
    return pl.DataFrame({
        "enrollment_id": _id(ids, c["enrollment"]),
        "members": overlaps["members"].gather(at),
        "starts_on": overlaps["starts_on"].gather(at),
        "timing": overlaps["timing"].gather(at),
        "action": _word(c["action"], words.ACTIONS),
        "would_be": _word(c["would_be"], words.ACTIONS),
        "rule_id": _word(c["rule"], words.RULES),
        "deciding_fact": _word(c["fact"], words.FACTS),
        "kept_enrollment_id": _id(ids, c["kept"]),
        "effective_date": _day(c["effective"]),
        "resumes_on": _day(c["resumes"]),
    })  # fmt: skip


def _deductions(book: words.Book, ids: np.ndarray) -> pl.DataFrame:
    c = book.deductions.columns()
    return pl.DataFrame({
        "enrollment_id": _id(ids, c["enrollment"]),
        "fiscal_year": pl.Series(c["year"]).cast(pl.Int32),
        "status": _word(c["status"], words.STATUSES),
        "amount": _money(c["amount"]),
        "basis": _word(c["basis"], words.BASES),
    })  # fmt: skip


def _refunds(book: words.Book, ids: np.ndarray) -> pl.DataFrame:
    c = book.refunds.columns()
    return pl.DataFrame({
        "enrollment_id": _id(ids, c["enrollment"]),
        "period_begin": _day(c["begin"]),
        "period_end": _day(c["end"]),
        "case_id": _word(c["case"], words.CASES),
        "eligibility": _word(c["eligibility"], words.ELIGIBILITY),
        "personal_amount": _money(c["personal"]),
        "assistance_amount": _money(c["assisted"]),
        "channel": _word(c["channel"], words.CHANNELS),
    })  # fmt: skip


class Truth:
    """The truth of all chunks."""

    def __init__(self):
        self.parts: dict[str, list[pl.DataFrame]] = {name: [] for name in KEYS}

    def add(self, frames: dict[str, pl.DataFrame]) -> None:
        for name, frame in frames.items():
            self.parts[name].append(frame)

    def write(self, folder: Path) -> None:
        """One Parquet file per table, sorted by its key; the counts of the chunks added up."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, parts in self.parts.items():
            frame = pl.concat(parts)
            if name == "counts":
                frame = frame.group_by("extract").agg(pl.all().sum())
            frame.sort(KEYS[name]).write_parquet(folder / f"{name}.parquet", compression="zstd", compression_level=3)
