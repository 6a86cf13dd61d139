"""Rows that share a key: exact copies are counted once, the newest of several wins, and what nothing orders is doubt."""

import numpy as np
import polars as pl

from contracts.extracts import Extract


def repeated(hashes: list[np.ndarray]) -> np.ndarray:
    """Hashes that occur more than once over all parts. Eight bytes a row, one sort: no key text is held."""
    if not hashes:
        return np.empty(0, dtype=np.uint64)
    ordered = np.concatenate(hashes)
    ordered.sort()
    return np.unique(ordered[1:][ordered[1:] == ordered[:-1]])


def places(hashes: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Positions in ``hashes`` of the few that are ``wanted``: a bitmap over 20 bits passes nearly nothing else on."""
    low = np.uint64((1 << 20) - 1)
    seen = np.zeros(1 << 20, dtype=bool)
    seen[wanted & low] = True
    maybe = np.flatnonzero(seen[hashes & low])
    return maybe[np.isin(hashes[maybe], wanted)]


def settle(extract: Extract, rows: pl.DataFrame) -> pl.DataFrame:
    """What becomes of each row that is not kept: ``row_id``, ``fate`` (copy, superseded, duplicate_key).

    ``rows``: typed rows whose keys may repeat. Of equal rows the first stands. Of rows with one key that differ, the
    newest ``updt_time`` wins, if every one has it and one is strictly newest; else all of them are in doubt.
    """
    content = [c for c in rows.columns if c != "row_id"]
    rows = rows.sort("row_id")
    first = rows.unique(content, keep="first", maintain_order=True)
    copies = rows.filter(~pl.col("row_id").is_in(first["row_id"].implode())).select("row_id", fate=pl.lit("copy"))
    if not extract.key:
        return copies
    groups = first.with_columns(n=pl.len().over(extract.key)).filter(pl.col("n") > 1)
    if groups.is_empty():
        return copies
    if "updt_time" in groups.columns:
        newest = pl.col("updt_time") == pl.col("updt_time").max().over(extract.key)
        dated = pl.col("updt_time").is_not_null().all().over(extract.key)
        alone = newest.sum().over(extract.key) == 1
        fate = pl.when(dated & alone).then(pl.when(newest).then(None).otherwise(pl.lit("superseded"))).otherwise(pl.lit("duplicate_key"))
    else:
        fate = pl.lit("duplicate_key")
    return pl.concat([copies, groups.select("row_id", fate=fate).drop_nulls("fate")])
