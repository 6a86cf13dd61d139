"""Rows that share a key: exact copies are counted once, else the row with the newest updt_time wins; where that does not decide, all of
them go to quarantine (duplicate_key).

Rows that are in quarantine already take part: if a bad row is the newest, the row that it replaced must not become valid again.
"""

from pathlib import Path

import numpy as np
import polars as pl

from contracts.extracts import Extract
from contracts.site import NO_SITE, Site
from transforms.reading.members import distinct, in_share, shares_of
from transforms.reading.typed import said
from transforms.reading.values import moment, text

#: The bit in the hash of a row's content that says that the row is bad, and in the quarantine already.
QUARANTINED = np.uint64(1)
NO_ROWS = np.empty(0, np.int64)


def tagged(contents: np.ndarray, bad: np.ndarray) -> np.ndarray:
    """Hashes of the contents of rows, which say in their last bit whether the row is bad."""
    return contents & ~QUARANTINED | bad


def is_quarantined(contents: np.ndarray) -> np.ndarray:
    """Which rows are bad, by the hashes of their contents."""
    return contents & QUARANTINED != 0


def repeated(files: list[Path]) -> np.ndarray:
    """Key hashes that occur more than once over all parts, ascending. One sort of a share of them at a time.

    ``files``: of each part the hashes of its rows, two lines: of the key and of the content.
    """
    shares = shares_of(sum(np.load(f, mmap_mode="r").shape[1] for f in files))
    found = [np.empty(0, dtype=np.uint64)]
    for share in range(shares):
        ordered = np.sort(np.concatenate([*(_of_share(f, share, shares) for f in files), np.empty(0, dtype=np.uint64)]))
        found.append(ordered[1:][ordered[1:] == ordered[:-1]])
    return distinct(np.concatenate(found))


def _of_share(file: Path, share: int, shares: int) -> np.ndarray:
    hashes = np.asarray(np.load(file, mmap_mode="r")[0])
    return hashes if shares == 1 else hashes[in_share(hashes, share, shares)]


def alike(rows: pl.DataFrame) -> tuple[pl.DataFrame, np.ndarray]:
    """What the hashes alone tell of rows that may share a key, and the rows that must be looked at for the rest.

    ``rows``: ``row_id``, ``key`` and ``content``, two hashes of 64 bits. Returns the fates (``row_id``, ``fate`` copy) of all
    rows but the first of each key and content, and the row ids, ascending, of the others whose key has several contents, unless
    all of these are bad: of them nothing is left to settle.
    """
    rows = rows.sort("row_id")
    rows = rows.with_columns(good=pl.Series(~is_quarantined(rows["content"].to_numpy())))
    first = pl.struct("key", "content").is_first_distinct()
    copies, rest = rows.filter(~first).select("row_id", fate=pl.lit("copy")), rows.filter(first)
    return copies, rest.filter(pl.col("key").is_duplicated() & pl.col("good").any().over("key"))["row_id"].to_numpy()


def settle(extract: Extract, rows: pl.DataFrame, bad: np.ndarray = NO_ROWS, site: Site = NO_SITE) -> pl.DataFrame:
    """What becomes of each row that is not kept: ``row_id``, ``fate`` (copy, superseded, duplicate_key).

    ``rows``: rows as they arrived whose keys may repeat; ``bad``: ids of those that are in the quarantine already. Of rows that say the
    same, 20200101 or 2020-01-01, the first stands. Of rows with one key that differ, the newest ``updt_time`` wins, if every one
    has it and one is strictly newest; else all are in doubt. A bad row can win like any other; it has a fate only as a copy.
    """
    content = [c for c in rows.columns if c != "row_id"]
    rows = rows.sort("row_id")
    fields = [f for f in extract.fields if f.name in rows.columns]
    rows = rows.with_columns(said(f, rows[f.name], site.drift(extract.name, f.codes)) for f in fields)
    first = rows.unique(content, keep="first", maintain_order=True)
    copies = rows.join(first.select("row_id"), on="row_id", how="anti").select("row_id", fate=pl.lit("copy"))
    if not extract.key:
        return copies
    groups = first.with_columns(_key=text(first[extract.key])).with_columns(_n=pl.len().over("_key")).filter(pl.col("_n") > 1)
    if groups.is_empty():
        return copies
    fate = pl.lit("duplicate_key")
    if "updt_time" in groups.columns:
        groups = groups.with_columns(_at=moment(groups["updt_time"]))
        newest = pl.col("_at") == pl.col("_at").max().over("_key")
        dated = pl.col("_at").is_not_null().all().over("_key")
        alone = newest.sum().over("_key") == 1
        fate = pl.when(dated & alone).then(pl.when(newest).then(None).otherwise(pl.lit("superseded"))).otherwise(fate)
    settled = groups.select("row_id", fate=fate).filter(~pl.col("row_id").is_in(bad))
    return pl.concat([copies, settled.drop_nulls("fate")])
