"""Every extract read once, as it arrived, and written once as typed Parquet below the run's work folder.

A file is cut into units that worker processes type side by side; each batch becomes a part file. What cannot be used
goes to the quarantine parts; rows that share a key are settled at the end.
"""

import hashlib
import multiprocessing
import os
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from contracts.extracts import Extract
from contracts.reasons import REASON_BIT, REASONS
from flows.files import SourceFile, find, open_rows
from transforms.reading import RowTally, read_rows, spelled_out
from transforms.reading.duplicates import places, repeated, settle
from transforms.reading.wanted import load

FILE_SHIFT = 40
#: Below this many bytes of input, starting worker processes costs more than they save.
WORTH_PROCESSES = 48 << 20


@dataclass
class Part:
    """One batch on disk: typed rows, rejected rows if any, and what is needed to find rows that share a key."""

    path: Path
    rejected: Path | None
    first_row: int
    hashes: np.ndarray
    tally: RowTally


@dataclass
class Ingested:
    """What became of one extract. Every row read is accepted, superseded, a copy, or quarantined."""

    extract: Extract
    files: list[SourceFile]
    by_file: dict[str, RowTally] = field(default_factory=dict)
    hashes: dict[str, str] = field(default_factory=dict)
    parts: list[Path] = field(default_factory=list)
    quarantine: list[Path] = field(default_factory=list)
    dropped: Path | None = None
    copies: int = 0
    superseded: int = 0

    @property
    def tally(self) -> RowTally:
        total = RowTally()
        for tally in self.by_file.values():
            total.add(tally)
        return total

    @property
    def accepted(self) -> int:
        return self.tally.rows - self.tally.quarantined - self.copies - self.superseded


@dataclass(frozen=True)
class Desk:
    """Where and with what a night reads: ``tick`` is told the rows of each finished batch."""

    inbox: Path
    work: Path
    as_of: date
    pool: Executor
    tick: Callable[[int], None]


class _Here(Executor):
    """Does the work at once, in this process."""

    def submit(self, fn, /, *args, **kwargs) -> Future:
        done: Future = Future()
        try:
            done.set_result(fn(*args, **kwargs))
        except Exception as error:
            done.set_exception(error)
        return done


@contextmanager
def workers(inbox: Path, processes: int) -> Iterator[Executor]:
    """Processes to read with; this one alone where the inbox is small."""
    size = sum(p.stat().st_size for p in inbox.glob("*/*") if p.is_file())
    if size < WORTH_PROCESSES or processes < 2:
        yield _Here()
        return
    # one thread each: the processes are the parallelism
    os.environ |= {"POLARS_MAX_THREADS": "1", "OMP_NUM_THREADS": "1"}
    with ProcessPoolExecutor(processes, multiprocessing.get_context("spawn")) as pool:
        yield pool


def ingest(extract: Extract, desk: Desk, wanted: Path | None = None) -> Ingested:
    """Read all files of ``extract``. ``wanted``: the persons whose rows are carried on; without it, everybody's."""
    inbox, work, as_of, pool = desk.inbox, desk.work, desk.as_of, desk.pool
    done = Ingested(extract, find(inbox, extract))
    folder = work / "typed" / extract.name
    folder.mkdir(parents=True, exist_ok=True)
    opened = [(source, open_rows(source, work)) for source in done.files]
    digests = {s.name: pool.submit(_sha256, s.path) for s in done.files}
    units = [
        (source, pool.submit(_read_unit, source, unit, folder, n, as_of, wanted))
        for source, rows in opened
        for n, unit in enumerate(rows.units if rows else ())
    ]
    done.by_file = {source.name: RowTally() for source in done.files}
    parts: list[Part] = []
    for source, unit in units:
        for part in unit.result():
            parts.append(part)
            done.by_file[source.name].add(part.tally)
            desk.tick(part.tally.rows)
    done.hashes = {name: digest.result() for name, digest in digests.items()}
    done.parts = [p.path for p in parts] or [_empty_part(extract, folder, as_of)]
    done.quarantine = [p.rejected for p in parts if p.rejected]
    _settle_duplicates(done, parts, opened, desk)
    return done


def _sha256(path: Path) -> str:
    with path.open("rb") as f:
        return hashlib.file_digest(f, "sha256").hexdigest()


def _read_unit(source: SourceFile, unit: Callable, folder: Path, number: int, as_of: date, wanted: Path | None) -> list[Part]:
    """Type the batches of one unit of a file and write each as a part; one batch is in memory at a time."""
    parts = []
    for n, (before, batch) in enumerate(unit()):
        first_row = (source.number << FILE_SHIFT) + before + 1
        reading = read_rows(source.extract, batch, first_row, as_of, load(wanted) if wanted else None)
        path = folder / f"{source.number:03d}-{number:05d}-{n:05d}.parquet"
        coded = [f.name for f in reading.accepted.schema if pa.types.is_dictionary(f.type)]
        pq.write_table(reading.accepted, path, compression="lz4", use_dictionary=coded, write_statistics=False)
        refused = path.with_name(f"rejected-{path.name}") if reading.rejected else None
        if refused:
            pq.write_table(reading.rejected, refused)
        parts.append(Part(path, refused, first_row, reading.hashes, reading.tally))
    return parts


def _empty_part(extract: Extract, folder: Path, as_of: date) -> Path:
    """A part without rows, so that a table exists where no file came."""
    raw = pa.table({f.name: pa.chunked_array([pa.array([], pa.string())]) for f in extract.fields})
    path = folder / "none.parquet"
    pq.write_table(read_rows(extract, raw, 0, as_of).accepted, path)
    return path


def _settle_duplicates(done: Ingested, parts: list[Part], opened: list, desk: Desk) -> None:
    """Find rows that share a key (or are equal, where there is none), keep one of each, and say what became of the rest."""
    again = repeated([p.hashes for p in parts])
    if not len(again):
        return
    rows = _read_again(opened, np.concatenate([p.first_row + places(p.hashes, again) for p in parts]), desk.pool)
    texts = pl.concat([pl.from_arrow(t).with_columns(pl.exclude("row_id").cast(pl.String)) for _, t in rows], how="diagonal")
    fates = settle(done.extract, texts)
    if fates.is_empty():
        return
    done.dropped = desk.work / f"dropped-{done.extract.name}.parquet"
    fates.write_parquet(done.dropped)
    done.copies = int((fates["fate"] == "copy").sum())
    done.superseded = int((fates["fate"] == "superseded").sum())
    unsettled = fates.filter(pl.col("fate") == "duplicate_key")["row_id"].to_numpy()
    for n, (source, table) in enumerate(rows):
        _quarantine(done, source, table, unsettled, desk.work / "typed" / done.extract.name / f"rejected-duplicates-{n}.parquet")


def _read_again(opened: list, row_ids: np.ndarray, pool: Executor) -> list[tuple[SourceFile, pa.Table]]:
    """Some rows once more, as they arrived, with their ``row_id``."""
    row_ids = np.sort(row_ids)
    asked = []
    for source, rows in opened:
        numbers = row_ids[row_ids >> FILE_SHIFT == source.number] & ((1 << FILE_SHIFT) - 1)
        if len(numbers):
            asked += [(source, pool.submit(_rows_at, unit, numbers, source.number)) for unit in rows.units]
    return [(source, table) for source, found in asked for table in found.result()]


def _rows_at(unit: Callable, numbers: np.ndarray, file_number: int) -> list[pa.Table]:
    found = []
    for before, batch in unit():
        here = numbers[(numbers > before) & (numbers <= before + len(batch))]
        if len(here):
            rows = batch.take(pa.array(here - before - 1))
            plain = pa.table({name: rows[name].cast(pa.string()) for name in rows.column_names})
            found.append(plain.append_column("row_id", pa.array(here + (file_number << FILE_SHIFT))))
    return found


def _quarantine(done: Ingested, source: SourceFile, table: pa.Table, unsettled: np.ndarray, path: Path) -> None:
    """Rows of one key that nothing orders: all of them to the quarantine, as they arrived."""
    row_ids = table["row_id"].to_numpy()
    at = np.flatnonzero(np.isin(row_ids, unsettled))
    if not len(at):
        return
    tally = done.by_file[source.name]
    tally.quarantined += len(at)
    tally.reasons["duplicate_key"] = tally.reasons.get("duplicate_key", 0) + len(at)
    reasons = np.full(len(at), 1 << REASON_BIT["duplicate_key"])
    columns = np.full(len(at), 1 << done.extract.names.index(done.extract.key))
    raw = table.drop_columns("row_id").take(pa.array(at))
    pq.write_table(spelled_out(row_ids[at], reasons, columns, (list(REASONS), done.extract.names), raw), path)
    done.quarantine.append(path)
