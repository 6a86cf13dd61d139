"""Where the rows of a text file begin, and how they are written: encoding, delimiter, header."""

import codecs
import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from flows.files.encodings import Detector, mark
from flows.files.header import HEADER_ROWS, Header, accept, best_header
from flows.files.source import SourceFile

HEAD = 1 << 20
#: Lines among which a header is looked for: titles may be broken over several.
LINES = 400
DELIMITERS = (",", "\t", "|", ";")
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+\Z")
_RAW_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+\Z")


@dataclass(frozen=True)
class Text:
    """A text of rows: ``begin`` is the byte of the first row under the header, ``width`` the number of fields of a row,
    ``positions`` contract column -> its place in a row."""

    path: Path
    encoding: str
    delimiter: str
    begin: int
    width: int
    positions: dict[str, int]


def locate(source: SourceFile, path: Path, detector: Detector) -> Text:
    """The layout of a text, as its first megabyte shows it; its columns are noted in ``source``.

    What looks like UTF-8 here may be found to be GB18030 further on. Raises UnreadableFile where there is no header.
    """
    with path.open("rb") as file:
        head = file.read(HEAD)
    if len(head) == HEAD and b"\0" not in head and b"\n" not in head and b"\r" not in head:
        raise source.unreadable(f"line 1 does not end within its first {HEAD} bytes", "a header with the columns of the extract")
    marked, skip = mark(head)
    if marked:
        detector.decide(marked)
    lines = _lines(source, head[skip:] if len(head) < HEAD else _whole_lines(head[skip:]), skip, detector)
    found = [(delimiter, *_header(source, lines, delimiter)) for delimiter in DELIMITERS]
    delimiter, header, consumed = max(found, key=lambda f: f[1].matched if f[1] else 0)
    source.columns.clear()
    source.extra.clear()
    header = accept(source, header)
    if detector.encoding.startswith("utf-16"):
        begin = skip + sum(len(line.encode(detector.encoding)) for line in lines[:consumed])
    else:
        begin = skip + sum(len(m.group()) for m in islice(_RAW_LINE.finditer(head, skip), consumed))
    return Text(path, detector.encoding, delimiter, begin, len(header.cells), header.positions)


def _whole_lines(head: bytes) -> bytes:
    end = max(head.rfind(b"\n"), head.rfind(b"\r")) + 1
    return head[:end] or head


def _lines(source: SourceFile, head: bytes, offset: int, detector: Detector) -> list[str]:
    """The first lines of ``head``, with their ends."""
    try:
        if detector.encoding.startswith("utf-16"):
            text = codecs.getincrementaldecoder(detector.encoding)("strict").decode(head)
            detector.tell(text.encode(), offset)
        else:
            detector.tell(head, offset)
            text = codecs.getincrementaldecoder(detector.encoding)("strict").decode(head)
    except UnicodeDecodeError as error:
        known = "neither UTF-8 nor GB18030" if detector.encoding == "gb18030" else f"not {detector.encoding.upper()}"
        raise source.unreadable(f"byte {offset + error.start} is {known}", "text in UTF-8, UTF-16 or GB18030") from None
    return list(islice((m.group() for m in _LINE.finditer(text)), LINES))


def _header(source: SourceFile, lines: list[str], delimiter: str) -> tuple[Header | None, int]:
    """The header between this delimiter, and how many lines end with it."""
    rows, ends = [], []
    for row, line in islice(_records(lines, delimiter), HEADER_ROWS + 1):
        rows.append(row)
        ends.append(line)
    header = best_header(source, rows[:HEADER_ROWS])
    return header, ends[header.after - 1] if header else 0


def _records(lines: list[str], delimiter: str) -> Iterator[tuple[list[str], int]]:
    """Rows that hold something, with the number of lines up to their end."""
    reader = csv.reader(lines, delimiter=delimiter)
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                yield row, reader.line_num
    except csv.Error:  # no rows, but a quote that is never closed or the like
        return
