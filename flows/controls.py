"""The rows of every file, counted again where they lie: read = accepted + superseded + exact copies + quarantined."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow.parquet as pq

from flows.errors import NightError
from flows.ingest import FILE_SHIFT, Ingested


def check_rows(done: Ingested, narrowed: bool) -> None:
    """Raises NightError where a file's tally differs from what was written of it. ``narrowed``: the typed rows are not
    everybody's, so that only the rows read and the quarantine are counted."""
    read, quarantined, typed = _read(done), _by_file(done.quarantine), Counter()
    if not narrowed:
        typed = _typed(done)
    for source in done.files:
        tally, number = done.by_file[source.name], source.number
        controls = {"rows read": (read[number], tally.rows), "rows in quarantine": (quarantined[number], tally.quarantined)}
        if source.path.suffix == ".parquet" and source.path.stat().st_size:
            controls["rows by its own count"] = (pq.read_metadata(source.path).num_rows, tally.rows)
        if not narrowed:
            controls["rows accepted"] = (typed[number], tally.accepted)
        for name, (found, told) in controls.items():
            if found != told:
                raise NightError(
                    f"reconciliation: {source.name} has {found} {name}, {told} are told; nothing was published. Keep the run and report it"
                )


def check_published(rows: Mapping[str, int], decided: int) -> None:
    """Raises NightError where more or fewer decisions were written than were made. ``rows``: of each dataset."""
    if rows["decisions"] != decided:
        raise NightError(
            f"reconciliation: {rows['decisions']} decisions are written, {decided} were made; nothing was published. Report it"
        )


def _read(done: Ingested) -> Counter:
    """File number -> rows read: each has left a hash."""
    counts = Counter()
    for path in done.parts[0].parent.glob("[0-9]*.hashes.npy"):
        counts[_number(path)] += np.load(path, mmap_mode="r").shape[1]
    return counts


def _typed(done: Ingested) -> Counter:
    """File number -> typed rows, less those that were dropped again."""
    counts = Counter()
    for path in done.everybody:
        if rows := pq.read_metadata(path).num_rows:
            counts[_number(path)] += rows
    if done.dropped:
        counts.subtract(_by_file([done.dropped]))
    return counts


def _by_file(paths: list[Path]) -> Counter:
    """File number -> rows, by the row_id."""
    if not paths:
        return Counter()
    files = pl.scan_parquet(paths, glob=False).group_by(pl.col("row_id") // (1 << FILE_SHIFT)).len().collect()
    return Counter(dict(files.iter_rows()))


def _number(part: Path) -> int:
    """Parts are named after the number of their file."""
    return int(part.name.split("-", 1)[0])
