"""A file opened by what its name says it is, once its first bytes agree."""

from pathlib import Path

from flows.files.delimited import open_text
from flows.files.encodings import MARKS
from flows.files.packed import unpack_gzip, unpack_zip
from flows.files.parquet import open_parquet
from flows.files.source import Rows, SourceFile
from flows.files.xlsx import open_xlsx

GZIP, ZIP, EMPTY_ZIP, PARQUET, OLE = b"\x1f\x8b", b"PK\x03\x04", b"PK\x05\x06", b"PAR1", b"\xd0\xcf\x11\xe0"
_LOOKS = {
    PARQUET: "it looks like Parquet",
    ZIP: "it looks like a ZIP or XLSX file",
    GZIP: "it looks like gzip",
    OLE: "it looks like an old .xls workbook, or one with a password",
}


def open_rows(source: SourceFile, scratch: Path) -> Rows | None:
    """Columns of the contract that the file has, as they arrived; None where the file holds nothing.

    Sets ``columns``, ``extra``, ``encoding`` and ``sheets_left_out`` of ``source``. ``scratch``: a private folder for what must be
    unpacked; the parts read from it. Raises UnreadableFile.
    """
    path, name = source.path, source.path.name.lower()
    for noted in (source.columns, source.extra, source.sheets_left_out):
        noted.clear()
    if _holds_nothing(path):
        return None
    if name.endswith(".gz"):
        _check(source, path, (GZIP,), "gzip")
        path, name = unpack_gzip(source, scratch), ".csv"
    elif name.endswith(".zip"):
        _check(source, path, (ZIP, EMPTY_ZIP), "a ZIP file")
        path, name = unpack_zip(source, scratch)
    if _holds_nothing(path):
        return None
    if name.endswith(".parquet"):
        _check(source, path, (PARQUET,), "a Parquet file")
        return open_parquet(source, path)
    if name.endswith(".xlsx"):
        _check(source, path, (ZIP,), "an XLSX workbook")
        return open_xlsx(source, path, scratch)
    _check(source, path, (), "plain CSV")
    return open_text(source, path)


def _holds_nothing(path: Path) -> bool:
    """Not a byte, or the mark of an encoding alone."""
    nothing = [b"", *(mark for mark, _ in MARKS)]
    return path.stat().st_size <= max(map(len, nothing)) and path.read_bytes() in nothing


def _check(source: SourceFile, path: Path, magic: tuple[bytes, ...], what: str) -> None:
    """``magic``: how the file must begin; none of the known beginnings where it is plain text."""
    with path.open("rb") as file:
        head = file.read(8)
    looks = next((told for bytes_, told in _LOOKS.items() if head.startswith(bytes_)), None)
    if not (head.startswith(magic) if magic else looks is None):
        looks = looks or ("it looks like text" if b"\x00" not in head else "it looks like binary data")
        raise source.unreadable(f"byte 0 is not the start of what its name says ({looks})", f"{what}, as its name says")
