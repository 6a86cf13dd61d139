"""What arrives packed, unpacked block by block into the night's private folder: gzip, and ZIP with one member."""

import errno
import gzip
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from flows.errors import NightError
from flows.files.source import SourceFile

BLOCK = 1 << 22
#: A packed text is a tenth to a thirtieth of its size; what unfolds further than this, beyond a gigabyte, is no extract.
LARGEST, LARGEST_RATIO = 1 << 30, 200


@contextmanager
def broken(source: SourceFile, place: str, expected: str) -> Iterator[None]:
    """What a library makes of a damaged container, whatever it raises, is UnreadableFile; the disk's own trouble is not."""
    try:
        yield
    except NightError:
        raise
    except Exception as error:
        if isinstance(error, OSError) and error.errno not in (None, errno.EINVAL):  # EINVAL: a place before the file's begin
            raise
        raise source.unreadable(place, expected) from None


def unpack_gzip(source: SourceFile, scratch: Path) -> Path:
    """The CSV inside a .csv.gz. Raises UnreadableFile."""
    copy = scratch / f"{source.extract.name}-{source.number}.csv"
    with source.path.open("rb") as file:
        _copy(source, gzip.GzipFile(fileobj=file), copy, "gzip stream")
    return copy


def unpack_zip(source: SourceFile, scratch: Path) -> tuple[Path, str]:
    """The one member of a ZIP file, and its ending. Raises UnreadableFile."""
    cut_off = "its list of members is missing or broken: the file was cut off"
    with broken(source, cut_off, "a whole ZIP file"), zipfile.ZipFile(source.path) as archive:
        members = [m for m in archive.infolist() if not m.is_dir() and not m.filename.startswith("__MACOSX/")]
        if len(members) != 1:
            raise source.unreadable(f"it has {len(members)} members", "exactly one in a ZIP file; send the others as files of their own")
        member = members[0]
        ending = PurePosixPath(member.filename).suffix.lower()
        if ending not in (".csv", ".xlsx", ".parquet"):
            raise source.unreadable(f"its member is a file {ascii(ending)}", "a .csv, .xlsx or .parquet inside")
        if member.flag_bits & 1:
            raise source.unreadable("its member is encrypted", "a ZIP file without a password")
        copy = scratch / f"{source.extract.name}-{source.number}{ending}"
        with broken(source, "its member cannot be unpacked", "a ZIP file as usual systems make it"):
            stream = archive.open(member)
        _copy(source, stream, copy, "member of the ZIP file")
    return copy, ending


def _copy(source: SourceFile, stream: IO[bytes], copy: Path, what: str) -> None:
    largest, done = max(LARGEST, LARGEST_RATIO * source.path.stat().st_size), 0
    with stream, copy.open("wb") as out:
        while True:
            with broken(source, f"the {what} breaks off after byte {done} of its content", "a whole packed file"):
                block = stream.read(BLOCK)
            if not block:
                return
            done += len(block)
            if done > largest:
                raise source.unreadable(f"the {what} is more than {largest} bytes long", "an extract, packed")
            out.write(block)
