"""Every extract read once, as it arrived, and written once as typed Parquet below the run's work folder.

Batches of a file are typed side by side by a few threads (the work is outside the interpreter's lock) and each is a
part file. What cannot be used goes to the quarantine parts; rows that share a key are settled at the end.
"""

import hashlib
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from contracts.extracts import Extract
from flows.errors import UnreadableFile
from flows.files import SourceFile, find, open_rows
from transforms.reading import RowTally, read_rows
from transforms.reading.duplicates import repeated, settle

BATCH_ROWS = 200_000
FILE_SHIFT = 40


@dataclass
class Part:
    """Typed rows of one batch on disk, with what is needed to find rows that share a key."""

    path: Path
    hashes: np.ndarray


@dataclass
class Ingested:
    """What became of one extract. Every row read is accepted, superseded, a copy, or quarantined."""

    extract: Extract
    files: list[SourceFile]
    tally: RowTally = field(default_factory=RowTally)
    by_file: dict[str, RowTally] = field(default_factory=dict)
    hashes: dict[str, str] = field(default_factory=dict)
    parts: list[Path] = field(default_factory=list)
    quarantine: list[Path] = field(default_factory=list)
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
    with ThreadPoolExecutor(threads + 1) as pool:
        digests = {s.name: pool.submit(_sha256, s.path) for s in done.files}
        for source in done.files:
            tally = done.by_file.setdefault(source.name, RowTally())
            for part, rejected, counted in _typed(source, folder, work, as_of, pool, threads):
                parts.append(part)
                done.quarantine += [rejected] if rejected else []
                tally.add(counted)
                tick(counted.rows)
            done.tally.add(tally)
        done.hashes = {name: digest.result() for name, digest in digests.items()}
    done.parts = [p.path for p in parts] or [_empty_part(extract, folder, as_of)]
    _settle_duplicates(done, parts, work)
    return done


def _sha256(path: Path) -> str:
    with path.open("rb") as f:
        return hashlib.file_digest(f, "sha256").hexdigest()


def _typed(source: SourceFile, folder: Path, work: Path, as_of: date, pool: ThreadPoolExecutor, threads: int) -> Iterator:
    """Parts of one file, in order; at most ``threads`` + 1 batches are in memory."""
    frame = open_rows(source, work)
    if frame is None:
        return
    waiting: deque[Future] = deque()
    for number, batch in enumerate(_batches(source, frame)):
        waiting.append(pool.submit(_write_part, source, batch, folder / f"{source.number:03d}-{number:06d}.parquet", as_of))
        if len(waiting) > threads:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def _batches(source: SourceFile, frame: pl.LazyFrame) -> Iterator[pl.DataFrame]:
    first = (source.number << FILE_SHIFT) + 1
    batches = frame.collect_batches(chunk_size=BATCH_ROWS, maintain_order=True)
    rows = 0
    while True:
        try:
            batch = next(batches)
        except StopIteration:
            return
        except Exception:
            # the library's message may quote the row: it is not passed on
            raise UnreadableFile(source.name, f"reading breaks off after row {rows}", f"a whole {source.path.suffix[1:]} file with one number of fields") from None
        row_id = pl.Series("row_id", np.arange(first + rows, first + rows + len(batch)))
        rows += len(batch)
        if len(batch):
            yield batch.with_columns(row_id)


def _write_part(source: SourceFile, batch: pl.DataFrame, path: Path, as_of: date) -> tuple[Part, Path | None, RowTally]:
    typed, rejected, tally = read_rows(source.extract, batch, as_of)
    typed.write_parquet(path, compression="lz4", statistics=False)
    refused = None
    if len(rejected):
        refused = path.parent.parent.parent / "quarantine" / f"{source.extract.name}-{path.name}"
        refused.parent.mkdir(exist_ok=True)
        rejected.write_parquet(refused, compression="lz4")
    key = source.extract.key
    hashes = typed[key].hash(seed=1) if key else typed.drop("row_id").hash_rows(seed=1)
    return Part(path, hashes.to_numpy()), refused, tally


def _empty_part(extract: Extract, folder: Path, as_of: date) -> Path:
    """A part without rows, so that a table exists where no file came."""
    raw = pl.DataFrame(schema={"row_id": pl.Int64} | {f.name: pl.String for f in extract.fields})
    path = folder / "000-none.parquet"
    read_rows(extract, raw, as_of)[0].write_parquet(path)
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
        raw = open_rows(SourceFile(source.extract, source.path, source.name, source.number), work)
        raw = raw.with_row_index("row_id", offset=1).filter(pl.col("row_id").is_in(wanted.implode())).collect()
        columns = [c for c in raw.columns if c != "row_id"]
        entries = [pl.struct(pl.lit(c).alias("key"), pl.col(c).cast(pl.String).alias("value")) for c in columns]
        path = work / "quarantine" / f"{source.extract.name}-{source.number:03d}-duplicates.parquet"
        path.parent.mkdir(exist_ok=True)
        raw.select(
            row_id=pl.col("row_id").cast(pl.Int64) + (source.number << FILE_SHIFT),
            reasons=pl.lit(["duplicate_key"], dtype=pl.List(pl.String)),
            columns=pl.lit([source.extract.key], dtype=pl.List(pl.String)),
            raw=pl.concat_list(entries),
        ).write_parquet(path)
        done.quarantine.append(path)
