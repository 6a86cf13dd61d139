"""A text cut into ranges at row ends, so that each is decoded and parsed by itself, with the rows counted before it.

A row ends at a line feed, or a carriage return, outside quotes. Neither byte, nor the quote, is ever part of a longer
character of GB18030 or UTF-8, so rows are found in the undecoded bytes. UTF-16, and GB18030 between `|` (a byte that its
characters may end with), are turned to UTF-8 first.
"""

import codecs
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from flows.files.encodings import Detector
from flows.files.source import SourceFile
from flows.files.text import Text

#: Bytes of a range: a batch of some 400,000 rows, and enough ranges to keep all workers busy to the end.
RANGE = 64 << 20
#: Bytes looked at in one go: few enough to stay in the processor's cache.
BLOCK = 1 << 20
#: A row longer than this has lost its end.
LONGEST_ROW = 128 << 20
LF, CR, QUOTE = b'\n\r"'


@dataclass(frozen=True)
class Range:
    """Bytes ``begin`` to ``end`` of the file hold ``rows`` rows; ``before`` rows come before them."""

    begin: int
    end: int
    before: int
    rows: int


class BrokenQuotes(Exception):
    """Quotes from which no rows can be told; ``row``: rows that end before them."""

    def __init__(self, row: int, what: str):
        super().__init__(what)
        self.row = row


def is_transcoded(text: Text) -> bool:
    """Whether the bytes must be turned to UTF-8 before rows and fields can be seen in them."""
    return text.encoding.startswith("utf-16") or (text.encoding == "gb18030" and text.delimiter == "|")


def cut(source: SourceFile, text: Text, detector: Detector) -> Iterator[Range]:
    """The ranges of the rows of ``text``, one after the other from one pass over its bytes, which ``detector`` is told.

    Raises UnreadableFile where a row does not end, and where quotes are broken.
    """
    size, begin, open_range, length = text.path.stat().st_size, text.begin, Range(text.begin, text.begin, 0, 0), BLOCK
    while begin < size:
        raw = _bytes(text, begin, length)
        is_last = begin + len(raw) >= size
        block = seen(source, text, raw, begin, is_last)
        rows = open_range.before + open_range.rows
        try:
            end, count = row_ends(block, text.delimiter, is_last)
        except BrokenQuotes as error:
            raise source.unreadable(f"row {rows + error.row + 1} {error}", "quotes around a whole field, doubled inside it") from None
        if not end:
            if length >= LONGEST_ROW:
                raise source.unreadable(f"row {rows + 1}, from byte {begin}, does not end", "one line for each row, quotes closed")
            length *= 2
            continue
        told = block[:end]
        detector.tell(told, begin)
        begin, length = begin + (len(told.decode().encode(text.encoding)) if is_transcoded(text) else end), BLOCK
        open_range = Range(open_range.begin, begin, open_range.before, open_range.rows + count)
        if begin - open_range.begin >= RANGE:
            if open_range.rows:
                yield open_range
            open_range = Range(begin, begin, rows + count, 0)
    detector.settle()
    if open_range.rows:
        yield open_range


def read_range(source: SourceFile, text: Text, part: Range) -> bytes:
    """The bytes of a range, as fields are seen in them."""
    return seen(source, text, _bytes(text, part.begin, part.end - part.begin), part.begin, True)


def _bytes(text: Text, begin: int, length: int) -> bytes:
    with text.path.open("rb") as file:
        return os.pread(file.fileno(), length, begin)


def seen(source: SourceFile, text: Text, raw: bytes, begin: int, is_whole: bool) -> bytes:
    """``raw``, in UTF-8 where rows and fields cannot be seen in it as it is; ``is_whole``: it ends with a character."""
    if not is_transcoded(text):
        return raw
    try:
        return codecs.getincrementaldecoder(text.encoding)("strict").decode(raw, is_whole).encode()
    except UnicodeDecodeError as error:
        raise source.unreadable(f"byte {begin + error.start} is not {text.encoding.upper()}", "text in one encoding") from None


def row_ends(block: bytes, delimiter: str, is_last: bool) -> tuple[int, int]:
    """The place behind the last row that ends in ``block``, and how many rows, not counting empty lines, end before it."""
    ends, is_row = _lines(block, delimiter, is_last)
    return (int(ends[-1]), int(np.count_nonzero(is_row))) if len(ends) else (0, 0)


def picked(data: bytes, delimiter: str, rows: np.ndarray) -> bytes:
    """Some rows of a range's bytes, by their places among its rows, rising."""
    ends, is_row = _lines(data, delimiter, True)
    begins, ends = np.append(0, ends[:-1])[is_row][rows], ends[is_row][rows]
    lengths = ends - begins
    places = np.repeat(begins - np.append(0, np.cumsum(lengths)[:-1]), lengths) + np.arange(lengths.sum())
    return np.frombuffer(data, np.uint8)[places].tobytes()


def _lines(block: bytes, delimiter: str, is_last: bool) -> tuple[np.ndarray, np.ndarray]:
    """Ends of the lines in ``block``, a line break inside quotes being none, and whether each holds a row or is empty.

    ``block`` begins with a row. ``is_last``: nothing follows it, so that its end is the end of a row. Raises BrokenQuotes.
    """
    data = np.frombuffer(block, np.uint8)
    ends = np.flatnonzero(data == LF) + 1
    if b"\r" in block:
        ends = np.sort(np.append(ends, _lone_returns(data, is_last) + 1))
    if is_last and len(data) and (not len(ends) or ends[-1] < len(data)):
        ends = np.append(ends, len(data))
    if b'"' in block:
        ends = ends[~_inside_quotes(block, delimiter, is_last, ends)]
    return ends, ~_are_empty(data, ends)


def _lone_returns(data: np.ndarray, is_last: bool) -> np.ndarray:
    """Places of carriage returns that end a line by themselves."""
    returns = np.flatnonzero(data == CR)
    if len(returns) and returns[-1] == len(data) - 1 and not is_last:
        returns = returns[:-1]  # its line feed may be in the next block
    follows = data[np.minimum(returns + 1, len(data) - 1)]
    return returns[follows != LF]


def _are_empty(data: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """Whether each line is nothing but its line end."""
    lengths = np.diff(ends, prepend=0)
    empty = lengths <= 2
    short = np.flatnonzero(empty)
    last, before = data[ends[short] - 1], data[ends[short] - 2]
    is_pair = (lengths[short] == 2) & (before == CR) & (last == LF)
    empty[short] = is_pair | ((lengths[short] == 1) & ((last == LF) | (last == CR)))
    return empty


def _inside_quotes(block: bytes, delimiter: str, is_last: bool, ends: np.ndarray) -> np.ndarray:
    """Whether each of ``ends`` lies inside a quoted field. Raises BrokenQuotes."""
    data = np.frombuffer(block, np.uint8)
    quotes = np.flatnonzero(data == QUOTE)
    edges = np.array([ord(delimiter), LF, CR, QUOTE], np.uint8)
    opened = (quotes[0::2] == 0) | np.isin(data[quotes[0::2] - 1], edges)
    closed = (quotes[1::2] == len(data) - 1) | np.isin(data[np.minimum(quotes[1::2] + 1, len(data) - 1)], edges)
    if opened.all() and closed.all():
        inside = np.searchsorted(quotes, ends) % 2 == 1
        if is_last and len(quotes) % 2:
            rows = np.count_nonzero(~inside[ends <= quotes[-1]])
            raise BrokenQuotes(rows, "has a quote that is not closed: the file was cut off")
        return inside
    return _inside_fields(_quoted_fields(block, delimiter, is_last, ends), ends)


def _inside_fields(fields: list[tuple[int, int]], ends: np.ndarray) -> np.ndarray:
    begins, stops = np.array(fields, np.int64).reshape(-1, 2).T
    behind = np.searchsorted(begins, ends)
    return np.append(0, stops)[behind] >= ends


def _quoted_fields(block: bytes, delimiter: str, is_last: bool, ends: np.ndarray) -> list[tuple[int, int]]:
    """Begin and end of every quoted field, where quotes also stand inside fields that are not quoted: field by field.

    Only the blocks with such quotes come here. A field that opens with a quote must close with one.
    """
    edge = re.escape(delimiter.encode()) + b"\r\n"
    pattern = re.compile(b'(?<![^%b])"(?P<body>(?:[^"]++|"")*+)(?P<close>"(?=[%b]|\\Z))?' % (edge, edge))
    fields = []
    for field in pattern.finditer(block):
        is_cut = not is_last and field.end("body") >= len(block) - 1  # the next block tells whether and where it closes
        if not (field["close"] or is_cut):
            rows = np.count_nonzero(~_inside_fields(fields, ends[ends <= field.start()]))
            raise BrokenQuotes(rows, "has a quote that is not closed, or text behind one that is")
        fields.append((field.start(), len(block)) if is_cut else field.span())
    return fields
