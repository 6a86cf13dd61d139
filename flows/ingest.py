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

FILE_SHIFT = 40
#: Below this many bytes of input, starting worker processes costs more than they save.
WORTH_PROCESSES = 48 << 20


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


def ingest(extract: Extract, inbox: Path, work: Path, as_of: date, pool: Executor, tick: Callable[[int], None]) -> Ingested:
    """Read all files of ``extract``; ``tick`` is told the rows of each finished batch."""
    done = Ingested(extract, find(inbox, extract))
    folder = work / "typed" / extract.name
    folder.mkdir(parents=True, exist_ok=True)
    opened = [(source, open_rows(source, work)) for source in done.files]
    digests = {s.name: pool.submit(_sha256, s.path) for s in done.files}
    units = [
        (source, pool.submit(_read_unit, source, unit, folder, n, as_of))
        for source, rows in opened
        for n, unit in enumerate(rows.units if rows else ())
    ]
    done.by_file = {source.name: RowTally() for source in done.files}
    parts: list[Part] = []
    for source, unit in units:
        for part in unit.result():
            parts.append(part)
            done.by_file[source.name].add(part.tally)
            tick(part.tally.rows)
    done.hashes = {name: digest.result() for name, digest in digests.items()}
    done.parts = [p.path for p in parts] or [_empty_part(extract, folder, as_of)]
    done.quarantine = [p.rejected for p in parts if p.rejected]
    _settle_duplicates(done, parts, work, pool)
    return done


def _sha256(path: Path) -> str:
    with path.open("rb") as f:
        return hashlib.file_digest(f, "sha256").hexdigest()


def _read_unit(source: SourceFile, unit: Callable, folder: Path, number: int, as_of: date) -> list[Part]:
    """Type the batches of one unit of a file and write each as a part; one batch is in memory at a time."""
    parts = []
    for n, (before, batch) in enumerate(unit()):
        reading = read_rows(source.extract, batch, (source.number << FILE_SHIFT) + before + 1, as_of)
        path = folder / f"{source.number:03d}-{number:05d}-{n:05d}.parquet"
        coded = [f.name for f in reading.accepted.schema if pa.types.is_dictionary(f.type)]
        pq.write_table(reading.accepted, path, compression="lz4", use_dictionary=coded, write_statistics=False)
        refused = path.with_name(f"rejected-{path.name}") if reading.rejected else None
        if refused:
            pq.write_table(reading.rejected, refused)
        parts.append(Part(path, refused, reading.hashes, reading.tally))
    return parts


def _empty_part(extract: Extract, folder: Path, as_of: date) -> Path:
    """A part without rows, so that a table exists where no file came."""
    raw = pa.table({f.name: pa.chunked_array([pa.array([], pa.string())]) for f in extract.fields})
    path = folder / "none.parquet"
    pq.write_table(read_rows(extract, raw, 0, as_of).accepted, path)
    return path


def _settle_duplicates(done: Ingested, parts: list[Part], work: Path, pool: Executor) -> None:
    """Find rows that share a key (or are equal, where there is none), keep one of each, and say what became of the rest."""
    again = repeated([p.hashes for p in parts])
    if not len(again):
        return
    wanted = [(p.path, places(p.hashes, again)) for p in parts]
    rows = [pool.submit(_rows_at, path, at) for path, at in wanted if len(at)]
    fates = settle(done.extract, pl.concat([r.result() for r in rows]))
    if fates.is_empty():
        return
    done.dropped = work / f"dropped-{done.extract.name}.parquet"
    fates.write_parquet(done.dropped)
    done.copies = int((fates["fate"] == "copy").sum())
    done.superseded = int((fates["fate"] == "superseded").sum())
    unsettled = fates.filter(pl.col("fate") == "duplicate_key")["row_id"]
    if len(unsettled):
        _quarantine_rows(done, unsettled.to_numpy(), work, pool)


def _rows_at(part: Path, places_: np.ndarray) -> pl.DataFrame:
    return pl.from_arrow(pq.read_table(part).take(pa.array(places_)))


def _quarantine_rows(done: Ingested, row_ids: np.ndarray, work: Path, pool: Executor) -> None:
    """Rows of one key that nothing orders: all of them to the quarantine, read again as they arrived."""
    for source in done.files:
        wanted = np.sort(row_ids[row_ids >> FILE_SHIFT == source.number] & ((1 << FILE_SHIFT) - 1))
        if not len(wanted):
            continue
        tally = done.by_file[source.name]
        tally.quarantined += len(wanted)
        tally.reasons["duplicate_key"] = tally.reasons.get("duplicate_key", 0) + len(wanted)
        units = open_rows(SourceFile(source.extract, source.path, source.name, source.number), work).units
        folder = work / "typed" / done.extract.name
        parts = [
            pool.submit(_refuse, source, unit, wanted, folder / f"rejected-{source.number:03d}-duplicates-{n}.parquet")
            for n, unit in enumerate(units)
        ]
        done.quarantine += [path for part in parts for path in part.result()]


def _refuse(source: SourceFile, unit: Callable, wanted: np.ndarray, path: Path) -> list[Path]:
    """Write the ``wanted`` rows (numbers in the file) of one unit as quarantine parts."""
    written = []
    for n, (before, batch) in enumerate(unit()):
        here = wanted[(wanted > before) & (wanted <= before + len(batch))]
        if len(here):
            reasons = np.full(len(here), 1 << REASON_BIT["duplicate_key"])
            columns = np.full(len(here), 1 << source.extract.names.index(source.extract.key))
            raw = batch.take(pa.array(here - before - 1))
            words = (list(REASONS), source.extract.names)
            written.append(path.with_name(f"{path.stem}-{n}.parquet"))
            pq.write_table(spelled_out(here + (source.number << FILE_SHIFT), reasons, columns, words, raw), written[-1])
    return written


