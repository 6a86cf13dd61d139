"""Files as departments send them: found in the inbox, proved to be what their name says, opened as columns of text."""

import codecs
import csv
import gzip
import io
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from contracts.aliases import fold, header_map
from contracts.extracts import Extract
from contracts.model import Field
from flows.errors import UnreadableFile

ENDINGS = (".csv", ".csv.gz", ".parquet")
BLOCK = 1 << 24
BATCH_ROWS = 1_000_000
CSV_BLOCK = 1 << 25
_DATE = re.compile(r"(?<!\d)(20\d\d)[-_.]?(0[1-9]|1[0-2])[-_.]?(0[1-9]|[12]\d|3[01])(?!\d)")


@dataclass
class SourceFile:
    """One file of an extract. ``columns``: contract column -> header in the file; ``extra``: headers left out."""

    extract: Extract
    path: Path
    name: str
    number: int
    columns: dict[str, str] = field(default_factory=dict)
    extra: list[str] = field(default_factory=list)
    encoding: str = ""

    def own_date(self) -> date:
        """The date in the file's name, else the day of its last modification (UTC)."""
        return date_in_name(self.path.name) or datetime.fromtimestamp(self.path.stat().st_mtime, UTC).date()


def date_in_name(name: str) -> date | None:
    found = _DATE.search(name)
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def find(inbox: Path, extract: Extract) -> list[SourceFile]:
    """The files of one extract, in the order of their names."""
    folder = inbox / extract.folder.split("/")[0]
    pattern = re.compile(re.escape(extract.name) + r"(?:[_.\-].*)?", re.IGNORECASE)
    paths = sorted(
        p
        for p in folder.glob("*")
        if p.is_file() and not p.name.startswith((".", "~")) and _stem(p) is not None and pattern.fullmatch(_stem(p))
    )
    return [SourceFile(extract, p, str(p.relative_to(inbox)), n) for n, p in enumerate(paths)]


def _stem(path: Path) -> str | None:
    for ending in sorted(ENDINGS, key=len, reverse=True):
        if path.name.lower().endswith(ending):
            return path.name[: -len(ending)]
    return None


@dataclass(frozen=True)
class Rows:
    """A file opened for reading. ``units``: parts of it that can be read side by side, each a source of batches
    (rows before it in the file, table), under the contract's column names."""

    units: tuple[Callable[[], Iterator[tuple[int, pa.Table]]], ...]


def open_rows(source: SourceFile, scratch: Path) -> Rows | None:
    """Columns of the contract that the file has, as they arrived; None where the file holds no bytes.

    Sets ``columns``, ``extra`` and ``encoding`` of ``source``. Raises UnreadableFile.
    """
    with source.path.open("rb") as f:
        head = f.read(8)
    if not head:
        return None
    if source.path.name.lower().endswith(".parquet"):
        return _open_parquet(source, head)
    return _open_csv(source, head, scratch)


def _open_parquet(source: SourceFile, head: bytes) -> Rows:
    if head[:4] != b"PAR1":
        raise UnreadableFile(source.name, f"byte 0 is not the start of Parquet ({_looks_like(head)})", "a Parquet file, as its name says")
    try:
        meta = pq.read_metadata(source.path)
    except Exception:
        size = source.path.stat().st_size
        raise UnreadableFile(
            source.name, f"the footer at byte {size} is missing or broken: the file was cut off", "a whole Parquet file"
        ) from None
    source.encoding = "parquet"
    _match_header(source, meta.schema.to_arrow_schema().names)
    units, groups, first, rows = [], [], 0, 0
    for group in range(meta.num_row_groups):
        groups.append(group)
        rows += meta.row_group(group).num_rows
        if rows - first >= BATCH_ROWS // 2 or group == meta.num_row_groups - 1:
            units.append(partial(_parquet_batches, source, groups, first))
            groups, first = [], rows
    return Rows(tuple(units))


def _parquet_batches(source: SourceFile, groups: list[int], before: int) -> Iterator[tuple[int, pa.Table]]:
    repeating = [header for name, header in source.columns.items() if _repeats(source.extract.by_name[name])]
    rows = before
    try:
        with pq.ParquetFile(source.path, read_dictionary=repeating) as file:
            headers = list(source.columns.values())
            if len(groups) > 1:  # small groups: together they make one batch
                table = file.read_row_groups(groups, columns=headers, use_threads=False)
                yield rows, _renamed(source, table.unify_dictionaries().combine_chunks())
                return
            for batch in file.iter_batches(BATCH_ROWS, row_groups=groups, columns=headers, use_threads=False):
                yield rows, _renamed(source, pa.Table.from_batches([batch]))
                rows += batch.num_rows
    except (pa.ArrowException, OSError):
        # the library's message may quote the row: it is not passed on
        raise UnreadableFile(source.name, f"reading breaks off after row {rows}", "a whole Parquet file") from None


def _renamed(source: SourceFile, table: pa.Table) -> pa.Table:
    names = {header: name for name, header in source.columns.items()}
    return table.rename_columns([names[header] for header in table.column_names])


def _repeats(field: Field) -> bool:
    """Whether a column holds few values many times over, so that it is read as a dictionary."""
    return (
        field.column.type != "text" or bool(field.codes) or field.name.endswith(("admdvs", "poolarea_no")) or field.name == "payer_certno"
    )


def _looks_like(head: bytes) -> str:
    for magic, what in (
        (b"PAR1", "it looks like Parquet"),
        (b"PK\x03\x04", "it looks like a ZIP or XLSX file"),
        (b"\x1f\x8b", "it looks like gzip"),
    ):
        if head.startswith(magic):
            return what
    return "it looks like text" if b"\x00" not in head else "it looks like binary data"


def _open_csv(source: SourceFile, head: bytes, scratch: Path) -> Rows:
    zipped = source.path.name.lower().endswith(".gz")
    if zipped != head.startswith(b"\x1f\x8b"):
        raise UnreadableFile(
            source.name, f"byte 0 is not the start of what its name says ({_looks_like(head)})", "gzip" if zipped else "plain CSV"
        )
    if head.startswith((b"PAR1", b"PK\x03\x04")):
        raise UnreadableFile(source.name, f"byte 0 is not the start of CSV ({_looks_like(head)})", "CSV, as its name says")
    source.encoding = _encoding(source, zipped)
    path = source.path if source.encoding == "utf-8" and not zipped else _as_utf8(source, zipped, scratch)
    header = _first_record(source, path)
    _match_header(source, header)
    _check_last_line(source, path, len(header))
    return Rows((partial(_csv_batches, source, path),))


def _csv_batches(source: SourceFile, path: Path) -> Iterator[tuple[int, pa.Table]]:
    types = {
        h: pa.dictionary(pa.int32(), pa.string()) if _repeats(source.extract.by_name[n]) else pa.string() for n, h in source.columns.items()
    }
    convert = pacsv.ConvertOptions(
        column_types=types, include_columns=list(types), null_values=[""], strings_can_be_null=True, quoted_strings_can_be_null=True
    )
    rows = 0
    try:
        with pacsv.open_csv(path, pacsv.ReadOptions(block_size=CSV_BLOCK), pacsv.ParseOptions(newlines_in_values=True), convert) as reader:
            for batch in reader:
                yield rows, _renamed(source, pa.Table.from_batches([batch]))
                rows += batch.num_rows
    except (pa.ArrowException, OSError):
        raise UnreadableFile(
            source.name, f"reading breaks off in the {CSV_BLOCK >> 20} MB after row {rows}", "one number of fields in every line"
        ) from None


def _stream(source: SourceFile, zipped: bool):
    return gzip.open(source.path, "rb") if zipped else source.path.open("rb")


def _encoding(source: SourceFile, zipped: bool) -> str:
    """``utf-8`` or ``gb18030``, from all the bytes: a header in ASCII says nothing."""
    tried = {}
    for encoding in ("utf-8", "gb18030"):
        decoder, offset = codecs.getincrementaldecoder(encoding)("strict"), 0
        try:
            with _stream(source, zipped) as f:
                while block := f.read(BLOCK):
                    if b"\x00" in block:
                        raise UnreadableFile(source.name, f"a NUL byte at byte {offset + block.index(0)}", "CSV text")
                    decoder.decode(block)
                    offset += len(block)
                decoder.decode(b"", final=True)
            return encoding
        except UnicodeDecodeError as error:
            tried[encoding] = offset + error.start
        except (EOFError, zlib.error, gzip.BadGzipFile):
            raise UnreadableFile(source.name, f"the gzip stream breaks off after byte {offset} of the text", "a whole gzip file") from None
    raise UnreadableFile(source.name, f"byte {max(tried.values())} is neither UTF-8 nor GB18030", "text in UTF-8 or GB18030")


def _as_utf8(source: SourceFile, zipped: bool, scratch: Path) -> Path:
    """A copy of the text in UTF-8 below ``scratch``, made in blocks."""
    copy = scratch / f"{source.extract.name}-{source.number}.csv"
    decoder = codecs.getincrementaldecoder(source.encoding)("strict")
    with _stream(source, zipped) as f, copy.open("wb") as out:
        while block := f.read(BLOCK):
            out.write(block if source.encoding == "utf-8" else decoder.decode(block).encode())
        out.write(decoder.decode(b"", final=True).encode())
    return copy


def _first_record(source: SourceFile, path: Path) -> list[str]:
    with path.open(encoding="utf-8-sig", newline="") as f:
        return next(csv.reader(f), [])


def _check_last_line(source: SourceFile, path: Path, width: int) -> None:
    """A last record with fewer fields than the header is a file that was cut off."""
    size = path.stat().st_size
    with path.open("rb") as f:
        f.seek(max(0, size - (1 << 16)))
        lines = f.read().rstrip(b"\r\n").decode("utf-8", errors="replace").splitlines()
    if size and lines and (size <= 1 << 16 or len(lines) > 1):
        fields = next(csv.reader(io.StringIO(lines[-1])), [])
        if 0 < len(fields) < width and '"' not in lines[-1]:
            raise UnreadableFile(
                source.name,
                f"the last line has {len(fields)} of {width} fields: the file was cut off",
                "the same number of fields in every line",
            )


def _match_header(source: SourceFile, headers: list[str]) -> None:
    spellings = header_map(source.extract)
    for header in headers:
        name = spellings.get(fold(header))
        if name is None:
            source.extra.append(header)
        elif name in source.columns:
            raise UnreadableFile(
                source.name, f"two columns are {name} ({source.columns[name]!r} and {header!r})", "one column of each kind"
            )
        else:
            source.columns[name] = header
    missing = [f.name for f in source.extract.fields if f.header and f.name not in source.columns]
    if missing:
        labels = ", ".join(f"{n} ({source.extract.by_name[n].column.zh})" for n in missing)
        raise UnreadableFile(source.name, f"the header lacks {labels}", f"the columns of {source.extract.name} in docs/data_dictionary.md")
