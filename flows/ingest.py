"""Every extract read once, as it arrived, and written once as typed Parquet below the run's work folder.

A file is cut into units that worker processes type side by side; each batch becomes a part. What cannot be used goes to
the quarantine parts; rows that share a key are read once more and settled when all of the extract is known.
"""

from collections import Counter
from concurrent.futures import Executor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from contracts.extracts import Extract
from contracts.reasons import REASON_BIT, REASONS
from flows.disk import digest
from flows.files import Rows, SourceFile, Unit, find, open_rows
from flows.progress import Progress
from flows.workers import workers
from transforms.reading import Reading, RowTally, Terms, read_rows, spelled_out
from transforms.reading.duplicates import alike, is_quarantined, repeated, settle
from transforms.reading.members import Members

FILE_SHIFT = 40
#: Folder of the typed rows, below the run's work folder.
TYPED = "typed"
_NONE = pl.DataFrame(schema={"row_id": pl.Int64, "key": pl.UInt64, "content": pl.UInt64})
#: Below this many bytes of input, starting worker processes costs more than they save.
WORTH_PROCESSES = 48 << 20


@dataclass
class Part:
    """One batch on disk: typed rows, those in quarantine that are looked at (unread), narrow rows of everybody and quarantined rows if any,
    a hash per row to find those that share a key, and marks."""

    first_row: int
    path: Path
    hashes: Path
    unread: Path | None
    everybody: Path | None
    quarantined: Path | None
    marks: Path | None
    tally: RowTally


@dataclass
class Ingested:
    """What became of one extract, file by file."""

    extract: Extract
    files: list[SourceFile]
    by_file: dict[str, RowTally] = field(default_factory=dict)
    sha256: dict[str, str] = field(default_factory=dict)
    parts: list[Path] = field(default_factory=list)
    unread: list[Path] = field(default_factory=list)
    everybody: list[Path] = field(default_factory=list)
    marks: list[Path] = field(default_factory=list)
    #: rows for the quarantine: those that are bad, and those of one key that nothing orders
    quarantined: list[Path] = field(default_factory=list)
    in_doubt: list[Path] = field(default_factory=list)
    dropped: Path | None = None

    @property
    def quarantine(self) -> list[Path]:
        return self.quarantined + self.in_doubt

    @property
    def tally(self) -> RowTally:
        total = RowTally()
        for tally in self.by_file.values():
            total.add(tally)
        return total


@dataclass(frozen=True)
class Desk:
    """Where and with what a night reads; what is told how far it has come."""

    inbox: Path
    work: Path
    pool: Executor
    progress: Progress


def readers(inbox: Path, processes: int) -> AbstractContextManager[Executor]:
    """Processes to read with; this one alone where the inbox is small."""
    size = sum(p.stat().st_size for p in inbox.glob("*/*") if p.is_file())
    return workers(processes if size >= WORTH_PROCESSES else 1)


class Ingest:
    """The reading of one extract: begun at once, so that the workers go from one extract to the next without a pause;
    then `read`, `look_again` and `settled`, in this order."""

    def __init__(self, extract: Extract, desk: Desk, terms: Terms):
        self.desk, self.terms = desk, terms
        self.done = Ingested(extract, find(desk.inbox, extract, terms.site))
        self.folder = desk.work / TYPED / extract.name
        self.folder.mkdir(parents=True, exist_ok=True)
        opened = [(source, open_rows(source, desk.work)) for source in self.done.files]
        _check_nothing_is_lost(extract, opened)
        self.digests = {s.name: desk.pool.submit(digest, s.path) for s in self.done.files}
        self.units = [
            (source, unit, desk.pool.submit(_read_unit, source, unit, self.folder / f"{source.number:03d}-{n:05d}", terms))
            for source, rows in opened
            for n, unit in enumerate(rows.units if rows else ())
        ]

    def read(self) -> Ingested:
        """Wait for the batches of all files."""
        done = self.done
        done.by_file = {source.name: RowTally() for source in done.files}
        self.parts = []
        of_file = Counter(source.number for source, _, _ in self.units)
        for source, unit, future in self.units:
            parts = future.result()
            self.parts.append((source, unit, parts))
            for part in parts:
                done.by_file[source.name].add(part.tally)
            self.desk.progress.tick(sum(part.tally.rows for part in parts), source.path.stat().st_size / of_file[source.number])
        every = [part for _, _, parts in self.parts for part in parts]
        done.sha256 = {name: found.result()["sha256"] for name, found in self.digests.items()}
        if not every:
            every = [_write(read_rows(done.extract, _nothing(done.extract), 0, self.terms), 0, self.folder / "none")]
        done.parts = [p.path for p in every]
        done.unread = [p.unread for p in every if p.unread]
        done.everybody = [p.everybody or p.path for p in every]
        done.marks = [p.marks for p in every if p.marks]
        done.quarantined = [p.quarantined for p in every if p.quarantined]
        return done

    def look_again(self) -> None:
        """Find the rows that share a key; those that are not copies of each other are read once more, as they arrived."""
        again = Members.of(repeated([p.hashes for _, _, parts in self.parts for p in parts]))
        suspects = pl.concat([_NONE, *(_suspects(p, again) for _, _, parts in self.parts for p in parts)])
        self.copies, differing = alike(suspects)
        self.quarantined = suspects["row_id"].to_numpy()[is_quarantined(suspects["content"].to_numpy())]
        if not self.done.extract.key:
            differing = differing[:0]
        self.contradicted = Members.of(suspects.filter(pl.col("row_id").is_in(differing))["key"].to_numpy())
        self.again = []
        for source, unit, parts in self.parts:
            within = (differing >= parts[0].first_row) & (differing < parts[-1].first_row + parts[-1].tally.rows) if parts else []
            if np.any(within):
                self.again.append((source, self.desk.pool.submit(_rows_again, unit, differing[within])))

    def settled(self) -> Ingested:
        """Keep one of each group of rows that share a key (or are equal, where there is none), and say what became of the rest."""
        rows = [(source, table) for source, found in self.again for table in found.result()]
        fates = self.copies
        if rows:
            texts = pl.concat([pl.from_arrow(t).with_columns(pl.exclude("row_id").cast(pl.String)) for _, t in rows], how="diagonal")
            fates = pl.concat([fates, settle(self.done.extract, texts, self.quarantined, self.terms.site)])
        self._drop(rows, fates)
        return self.done

    def forget(self) -> None:
        """Remove what nothing after the reading looks at: of a hundred million rows, gigabytes."""
        for _, _, parts in self.parts:
            for part in parts:
                part.hashes.unlink()

    def _drop(self, rows: list[tuple[SourceFile, pa.Table]], fates: pl.DataFrame) -> None:
        done = self.done
        if fates.is_empty():
            return
        for source in done.files:
            of_file = fates.filter(pl.col("row_id") // (1 << FILE_SHIFT) == source.number)["fate"]
            done.by_file[source.name].copies = int((of_file == "copy").sum())
            done.by_file[source.name].superseded = int((of_file == "superseded").sum())
        in_quarantine = pl.col("row_id").is_in(self.quarantined)
        self._take_back(fates.filter(in_quarantine)["row_id"].sort().to_numpy())
        dropped = fates.filter(~in_quarantine)
        if len(dropped):
            done.dropped = self.desk.work / f"dropped-{done.extract.name}.parquet"
            dropped.write_parquet(done.dropped)
        unsettled = fates.filter(pl.col("fate") == "duplicate_key")["row_id"].to_numpy()
        for n, (source, table) in enumerate(rows):
            _quarantine(done, source, table, unsettled, self.folder / f"quarantined-duplicates-{n}.parquet")

    def _take_back(self, copies: np.ndarray) -> None:
        """Copies of bad rows leave the quarantine, where each was put before the other was known. ``copies``: their row ids, ascending."""
        for source, _, parts in self.parts:
            for part in parts:
                first, last = np.searchsorted(copies, (part.first_row, part.first_row + part.tally.rows))
                if first < last:
                    _take_out(part, copies[first:last], self.done.by_file[source.name])


def _check_nothing_is_lost(extract: Extract, opened: list[tuple[SourceFile, Rows | None]]) -> None:
    """A file without a byte is a delivery that failed. The gate tells of a required extract that has no other file; of any other extract
    nobody would hear. Raises UnreadableFile."""
    nothing = [source for source, rows in opened if rows is None]
    if nothing and (len(opened) > 1 or not extract.required):
        raise nothing[0].unreadable("it holds not a byte", "its rows, or its header alone where there are none tonight")


def _read_unit(source: SourceFile, unit: Unit, stem: Path, terms: Terms) -> list[Part]:
    """Type the batches of one unit of a file and write each as a part; one batch is in memory at a time."""
    parts = []
    for n, (before, batch) in enumerate(unit()):
        first_row = (source.number << FILE_SHIFT) + before + 1
        parts.append(_write(read_rows(source.extract, batch, first_row, terms), first_row, Path(f"{stem}-{n:05d}")))
    return parts


def _write(reading: Reading, first_row: int, stem: Path) -> Part:
    """A batch to disk, below the name ``stem``."""
    path, hashes = stem.with_name(f"{stem.name}.parquet"), stem.with_name(f"{stem.name}.hashes.npy")
    _write_table(reading.accepted, path)
    np.save(hashes, reading.hashes)
    unread = everybody = quarantined = marks = None
    if reading.unread:
        unread = path.with_suffix(".unread.parquet")
        _write_table(reading.unread, unread)
    if reading.everybody is not None:
        everybody = path.with_suffix(".everybody.parquet")
        _write_table(reading.everybody, everybody)
    if reading.quarantined:
        quarantined = path.with_suffix(".quarantined.parquet")
        pq.write_table(reading.quarantined, quarantined)
    if reading.marks is not None:
        marks = path.with_suffix(".marks.npy")
        np.save(marks, reading.marks)
    return Part(first_row, path, hashes, unread, everybody, quarantined, marks, reading.tally)


def _write_table(table: pa.Table, path: Path) -> None:
    coded = [f.name for f in table.schema if pa.types.is_dictionary(f.type)]
    pq.write_table(table, path, compression="lz4", use_dictionary=coded, write_statistics=False)


def _nothing(extract: Extract) -> pa.Table:
    """No rows, so that a table exists where no file came."""
    return pa.table({f.name: pa.chunked_array([pa.array([], pa.string())]) for f in extract.fields})


def _suspects(part: Part, again: Members) -> pl.DataFrame:
    """The rows of a part whose key hash is one of ``again``: ``row_id``, ``key``, ``content``."""
    hashes = np.load(part.hashes, mmap_mode="r")
    at = np.flatnonzero(again.hold(hashes[0]))
    return pl.DataFrame({"row_id": part.first_row + at, "key": hashes[0][at], "content": hashes[1][at]}, schema=_NONE.schema)


def _rows_again(unit: Unit, row_ids: np.ndarray) -> list[pa.Table]:
    """Rows of a unit as they arrived, with their ``row_id``. ``row_ids``: ascending, at least one."""
    found, file = [], row_ids[0] >> FILE_SHIFT << FILE_SHIFT
    for numbers, rows in unit.at(row_ids - file):
        plain = pa.table({name: rows[name].cast(pa.string()) for name in rows.column_names})
        found.append(plain.append_column("row_id", pa.array(file + numbers)))
    return found


def _take_out(part: Part, row_ids: np.ndarray, tally: RowTally) -> None:
    """Rows out of the quarantined ones of a part, and out of the ``tally`` of its file."""
    table = pq.read_table(part.quarantined)
    leaves = np.isin(table["row_id"].to_numpy(), row_ids)
    pq.write_table(table.filter(pa.array(~leaves)), part.quarantined)
    tally.quarantined -= len(row_ids)
    reasons = pc.list_flatten(table.filter(pa.array(leaves))["reasons"])
    tally.reasons = dict(Counter(tally.reasons) - Counter(reasons.to_pylist()))


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
    done.in_doubt.append(path)
