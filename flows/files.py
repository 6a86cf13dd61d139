"""Files as departments send them: found in the inbox, proved to be what their name says, opened as columns of text."""

import codecs
import csv
import gzip
import io
import re
import zlib
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from contracts.aliases import fold, header_map
from contracts.extracts import Extract
from flows.errors import UnreadableFile

ENDINGS = (".csv", ".csv.gz", ".parquet")
BLOCK = 1 << 24
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
    paths = sorted(p for p in folder.glob("*") if p.is_file() and not p.name.startswith((".", "~")) and _stem(p) is not None and pattern.fullmatch(_stem(p)))
    return [SourceFile(extract, p, str(p.relative_to(inbox)), n) for n, p in enumerate(paths)]


def _stem(path: Path) -> str | None:
    for ending in sorted(ENDINGS, key=len, reverse=True):
        if path.name.lower().endswith(ending):
            return path.name[: -len(ending)]
    return None


def open_rows(source: SourceFile, scratch: Path) -> pl.LazyFrame | None:
    """Columns of the contract that the file has, under their contract names; None where the file holds no bytes.

    Sets ``columns``, ``extra`` and ``encoding`` of ``source``. Raises UnreadableFile.
    """
    with source.path.open("rb") as f:
        head = f.read(8)
    if not head:
        return None
    if source.path.name.lower().endswith(".parquet"):
        frame = _open_parquet(source, head)
    else:
        frame = _open_csv(source, head, scratch)
    _match_header(source, frame.collect_schema().names())
    return frame.select(pl.col(header).alias(name) for name, header in source.columns.items())


def _open_parquet(source: SourceFile, head: bytes) -> pl.LazyFrame:
    if head[:4] != b"PAR1":
        raise UnreadableFile(source.name, f"byte 0 is not the start of Parquet ({_looks_like(head)})", "a Parquet file, as its name says")
    try:
        pq.read_metadata(source.path)
        frame = pl.scan_parquet(source.path, glob=False, hive_partitioning=False)
        frame.collect_schema()
    except Exception:
        size = source.path.stat().st_size
        raise UnreadableFile(source.name, f"the footer at byte {size} is missing or broken: the file was cut off", "a whole Parquet file") from None
    source.encoding = "parquet"
    return frame


def _looks_like(head: bytes) -> str:
    for magic, what in ((b"PAR1", "it looks like Parquet"), (b"PK\x03\x04", "it looks like a ZIP or XLSX file"), (b"\x1f\x8b", "it looks like gzip")):
        if head.startswith(magic):
            return what
    return "it looks like text" if b"\x00" not in head else "it looks like binary data"


def _open_csv(source: SourceFile, head: bytes, scratch: Path) -> pl.LazyFrame:
    zipped = source.path.name.lower().endswith(".gz")
    if zipped != head.startswith(b"\x1f\x8b"):
        raise UnreadableFile(source.name, f"byte 0 is not the start of what its name says ({_looks_like(head)})", "gzip" if zipped else "plain CSV")
    if head.startswith((b"PAR1", b"PK\x03\x04")):
        raise UnreadableFile(source.name, f"byte 0 is not the start of CSV ({_looks_like(head)})", "CSV, as its name says")
    source.encoding = _encoding(source, zipped)
    path = source.path if source.encoding == "utf-8" and not zipped else _as_utf8(source, zipped, scratch)
    header = _first_record(source, path)
    _check_last_line(source, path, len(header))
    return pl.scan_csv(path, infer_schema=False, glob=False, rechunk=False)


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
            raise UnreadableFile(source.name, f"the last line has {len(fields)} of {width} fields: the file was cut off", "the same number of fields in every line")


def _match_header(source: SourceFile, headers: list[str]) -> None:
    spellings = header_map(source.extract)
    for header in headers:
        name = spellings.get(fold(header))
        if name is None:
            source.extra.append(header)
        elif name in source.columns:
            raise UnreadableFile(source.name, f"two columns are {name} ({source.columns[name]!r} and {header!r})", "one column of each kind")
        else:
            source.columns[name] = header
    missing = [f.name for f in source.extract.fields if f.header and f.name not in source.columns]
    if missing:
        labels = ", ".join(f"{n} ({source.extract.by_name[n].column.zh})" for n in missing)
        raise UnreadableFile(source.name, f"the header lacks {labels}", f"the columns of {source.extract.name} in docs/data_dictionary.md")
