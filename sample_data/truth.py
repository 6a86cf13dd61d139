"""The planted truth as tables: what a right night must find, by enrollment, in the words of the published datasets."""

from pathlib import Path

import numpy as np
import polars as pl

from sample_data import book as words
from sample_data.days import NONE
from sample_data.people import RESIDENT_ID
from sample_data.tables import LINK_REASONS

KEYS = {
    "overlaps": ["enrollment_ids", "starts_on"],
    "decisions": ["enrollment_id", "members", "starts_on"],
    "terminations": ["enrollment_id"],
    "suspensions": ["enrollment_id"],
    "reviews": ["enrollment_id", "members", "starts_on"],
    "subsidy_deductions": ["enrollment_id", "fiscal_year"],
    "refunds": ["enrollment_id", "period_begin"],
    "persons": ["enrollment_id"],
    "links": ["old_canonical", "new_canonical", "link_date", "reason"],
    "candidates": ["enrollment_id", "other_enrollment_id"],
    "conflicts": ["enrollment_id", "conflict"],
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
        "persons": _persons(book, ids),
        "links": _links(book),
        "candidates": _candidates(book, ids),
        "conflicts": _conflicts(book, ids),
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


def _persons(book: words.Book, ids: np.ndarray) -> pl.DataFrame:
    """Whose enrollments are whose, and under which document; people of one enrollment under their own resident ID are left out."""
    c = book.enrollments.columns()
    who = c["who"]
    told = (np.bincount(who, minlength=len(book.people.index))[who] > 1) | (c["paper"] >= 0) | (book.people.kind[who] != RESIDENT_ID)
    rows = np.flatnonzero(told & (c["damage"] == words.SOUND))
    of = book.documents.canonical()[book.documents.at(who[rows], c["paper"][rows])]
    return pl.DataFrame({
        "enrollment_id": pl.Series(ids[rows]).cast(pl.String),
        "person": pl.Series(book.people.index[who[rows]]).cast(pl.Int64),
        "kind": of["kind"],
        "canonical": of["canonical"],
    })  # fmt: skip


def _links(book: words.Book) -> pl.DataFrame:
    c, documents = book.links.columns(), book.documents.canonical()
    old, new = (documents[book.documents.at(c[f"{side}_who"], c[f"{side}_paper"])] for side in ("old", "new"))
    return pl.DataFrame({
        "old_kind": old["kind"],
        "old_canonical": old["canonical"],
        "new_kind": new["kind"],
        "new_canonical": new["canonical"],
        "link_date": _day(c["linked"]),
        "reason": LINK_REASONS.gather(c["reason"]),
        "state": _word(c["state"], words.LINK_STATES),
    })  # fmt: skip


def _candidates(book: words.Book, ids: np.ndarray) -> pl.DataFrame:
    c, e, documents = book.candidates.columns(), book.enrollments.columns(), book.documents.canonical()
    sides = [documents["canonical"].gather(book.documents.at(e["who"][c[n]], e["paper"][c[n]])) for n in ("enrollment", "other")]
    is_sound = pl.Series(e["damage"][c["enrollment"]] == words.SOUND)
    return pl.DataFrame({
        "basis": _word(c["kind"], words.CANDIDATES),
        "enrollment_id": _id(ids, c["enrollment"]),
        "other_enrollment_id": _id(ids, c["other"]),
        "canonical": pl.select(pl.when(is_sound).then(sides[0])).to_series(),
        "other_canonical": sides[1],
    })  # fmt: skip


def _conflicts(book: words.Book, ids: np.ndarray) -> pl.DataFrame:
    c = book.doubts.columns()
    return pl.DataFrame({"enrollment_id": _id(ids, c["enrollment"]), "conflict": _word(c["doubt"], words.DOUBTS)})


def spoiled(book: words.Book, ids: np.ndarray, frame: pl.DataFrame) -> pl.DataFrame:
    """The quarantine of enrollments whose number an archetype spoiled; ``frame``: the extract, a row for each."""
    damage = book.enrollments.columns()["damage"]
    rows = np.flatnonzero(damage)
    reason = pl.Series(["id_checksum", "id_length"]).gather((damage[rows] == words.CHARACTER_LOST).astype(np.int64))
    return pl.DataFrame({
        "extract": ["enrollment"] * len(rows),
        "key": pl.Series(ids[rows]).cast(pl.String),
        "marker_column": ["psn_no"] * len(rows),
        "marker": frame["psn_no"].gather(rows),
        "reasons": pl.select(pl.concat_list(reason)).to_series() if len(rows) else pl.Series([], dtype=pl.List(pl.String)),
    }, schema_overrides={"extract": pl.String, "marker_column": pl.String})  # fmt: skip


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
