"""Every extract read once, as it arrived, and written once as typed Parquet below the run's work folder.

Batches of a file are typed side by side by a few threads (the work is outside the interpreter's lock) and each is a
part file. What cannot be used goes to the quarantine parts; rows that share a key are settled at the end.
"""

import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from contracts.extracts import Extract
from contracts.reasons import REASON_BIT
from flows.files import SourceFile, find, open_rows
from transforms.reading import RowTally, quarantined, read_rows
from transforms.reading.duplicates import repeated, settle

FILE_SHIFT = 40


@dataclass
class Part:
    """One batch on disk: typed rows, rejected rows if any, and what is needed to find rows that share a key."""

    path: Path
    rejected: Path | None
    hashes: np.ndarray
    tally: RowTally


@dataclass
class Ingested:
    """What became of one extract. Every row read is accepted, superseded, a copy, or quarantined."""

    extract: Extract
    files: list[SourceFile]
    tally: RowTally = field(default_factory=RowTally)
    by_file: dict[str, RowTally] = field(default_factory=dict)
    hashes: dict[str, str] = field(default_factory=dict)
    parts: list[Path] = field(default_factory=list)
    rejected: list[Path] = field(default_factory=list)
    quarantine: Path | None = None
    dropped: Path | None = None
    copies: int = 0
    superseded: int = 0

    @property
    def accepted(self) -> int:
        return self.tally.rows - self.tally.quarantined - self.copies - self.superseded

    def file_of(self, row_id: int) -> str:
        return self.files[row_id >> FILE_SHIFT].name


def ingest(extract: Extract, inbox: Path, work: Path, as_of: date, threads: int, tick: Callable[[int], None]) -> Ingested:
    """Read all files of ``extract``; ``tick`` is told the rows of each finished batch."""
    done = Ingested(extract, find(inbox, extract))
    folder = work / "typed" / extract.name
    folder.mkdir(parents=True, exist_ok=True)
    parts: list[Part] = []
    with ThreadPoolExecutor(threads) as pool:
        digests = {s.name: pool.submit(_sha256, s.path) for s in done.files}
        for source in done.files:
            tally = done.by_file.setdefault(source.name, RowTally())
            rows = open_rows(source, work)
            units = [pool.submit(_read_unit, source, unit, folder, n, as_of, tick) for n, unit in enumerate(rows.units if rows else ())]
            for unit in units:
                for part in unit.result():
                    parts.append(part)
                    tally.add(part.tally)
            done.tally.add(tally)
        done.hashes = {name: digest.result() for name, digest in digests.items()}
    done.parts = [p.path for p in parts] or [_empty_part(extract, folder, as_of)]
    done.rejected = [p.rejected for p in parts if p.rejected]
    _settle_duplicates(done, parts, work)
    _spell_out_quarantine(done, work)
    return done


def _sha256(path: Path) -> str:
    with path.open("rb") as f:
        return hashlib.file_digest(f, "sha256").hexdigest()


def _read_unit(source: SourceFile, unit: Callable, folder: Path, number: int, as_of: date, tick: Callable[[int], None]) -> list[Part]:
    """Type the batches of one unit of a file and write each as a part; one batch is in memory at a time."""
    parts = []
    for n, (before, batch) in enumerate(unit()):
        reading = read_rows(source.extract, batch, (source.number << FILE_SHIFT) + before + 1, as_of)
        path = folder / f"{source.number:03d}-{number:05d}-{n:05d}.parquet"
        coded = [f.name for f in reading.accepted.schema if pa.types.is_dictionary(f.type)]
        pq.write_table(reading.accepted, path, compression="lz4", use_dictionary=coded, write_statistics=False)
        refused = path.with_name(f"rejected-{path.name}") if len(reading.rejected) else None
        if refused:
            pq.write_table(reading.rejected, refused)
        parts.append(Part(path, refused, reading.hashes, reading.tally))
        tick(len(batch))
    return parts


def _empty_part(extract: Extract, folder: Path, as_of: date) -> Path:
    """A part without rows, so that a table exists where no file came."""
    raw = pa.table({f.name: pa.array([], pa.string()) for f in extract.fields})
    raw = pa.table({name: pa.chunked_array([pa.array([], pa.string())]) for name in raw.column_names})
    path = folder / "none.parquet"
    pq.write_table(read_rows(extract, raw, 0, as_of).accepted, path)
    return path


def _settle_duplicates(done: Ingested, parts: list[Part], work: Path) -> None:
    """Find rows that share a key (or are equal, where there is none), keep one of each, and say what became of the rest."""
    again = repeated([p.hashes for p in parts])
    if not len(again):
        return
    rows = []
    for part in parts:
        at = np.flatnonzero(np.isin(part.hashes, again))
        if len(at):
            rows.append(pl.read_parquet(part.path)[at])
    fates = settle(done.extract, pl.concat(rows))
    if fates.is_empty():
        return
    done.dropped = work / f"dropped-{done.extract.name}.parquet"
    fates.write_parquet(done.dropped)
    done.copies = int((fates["fate"] == "copy").sum())
    done.superseded = int((fates["fate"] == "superseded").sum())
    unsettled = fates.filter(pl.col("fate") == "duplicate_key")["row_id"]
    if len(unsettled):
        _quarantine_rows(done, unsettled, work)


def _quarantine_rows(done: Ingested, row_ids: pl.Series, work: Path) -> None:
    """Rows of one key that nothing orders: all of them to the quarantine, read again as they arrived."""
    done.tally.quarantined += len(row_ids)
    done.tally.reasons["duplicate_key"] = done.tally.reasons.get("duplicate_key", 0) + len(row_ids)
    for source in done.files:
        wanted = row_ids.filter(row_ids // (1 << FILE_SHIFT) == source.number) % (1 << FILE_SHIFT)
        if wanted.is_empty():
            continue
        done.by_file[source.name].quarantined += len(wanted)
        raw = _rows_of(source, set(wanted.to_list()), work)
        path = work / "typed" / done.extract.name / f"rejected-{source.number:03d}-duplicates.parquet"
        raw.with_columns(
            row_id=pl.col("row_id") + (source.number << FILE_SHIFT),
            _reasons=pl.lit(1 << REASON_BIT["duplicate_key"], dtype=pl.Int32),
            _columns=pl.lit(1 << done.extract.names.index(done.extract.key), dtype=pl.Int32),
        ).write_parquet(path)
        done.rejected.append(path)


def _rows_of(source: SourceFile, wanted: set[int], work: Path) -> pl.DataFrame:
    """Rows of a file by their number, as they arrived."""
    again = open_rows(SourceFile(source.extract, source.path, source.name, source.number), work)
    found = []
    for unit in again.units:
        for before, batch in unit():
            here = [n - before - 1 for n in wanted if before < n <= before + len(batch)]
            if here:
                rows = batch.take(sorted(here))
                text = {name: rows[name].cast(pa.string()) for name in rows.column_names}
                found.append(pl.from_arrow(pa.table(text | {"row_id": pa.array([before + 1 + n for n in sorted(here)], pa.int64())})))
    return pl.concat(found)


def _spell_out_quarantine(done: Ingested, work: Path) -> None:
    """One quarantine file of the extract, with reasons and columns in words, from the parts of rejected rows."""
    if done.rejected:
        done.quarantine = work / f"quarantine-{done.extract.name}.parquet"
        rejected = pl.concat([pl.scan_parquet(p) for p in done.rejected], how="diagonal")
        quarantined(done.extract, rejected).sink_parquet(done.quarantine, compression="lz4")
