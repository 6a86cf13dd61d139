"""CSV in every form it arrives in: each range of a text is parsed by itself, by whichever worker takes it.

The parser sees the undecoded bytes; then columns that hold more than ASCII are decoded, those of few values once for
each value. That is twice as fast as decoding the text, and no decoded copy is ever written. Never the engines' own
decoding of other encodings: it replaces what it cannot read without a word.
"""

import csv
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from flows.files.cuts import Range, cut, is_transcoded, picked, read_range
from flows.files.encodings import Detector
from flows.files.source import Batches, Picked, Rows, SourceFile, Unit, repeats
from flows.files.text import Text, locate

TAIL = 1 << 16
#: Bytes parsed at a time: what stays in the processor's cache is parsed twice as fast.
BLOCK = 1 << 22
_WIDTH = re.compile(r"Row #(\d+): Expected \d+ columns, got (\d+)")


def open_text(source: SourceFile, path: Path) -> Rows:
    """The rows of the text at ``path``, which is ``source`` or what was packed in it. Raises UnreadableFile."""
    detector = Detector(source)
    text = locate(source, path, detector)
    _check_last_line(source, text)
    return Rows(_units(source, text, detector))


def _units(source: SourceFile, text: Text, detector: Detector) -> Iterator[Unit]:
    """One for each range, as soon as the encoding is certain: the workers read the first ones while the last are cut."""
    waiting = []
    for part in cut(source, text, detector):
        if text.encoding != detector.encoding:
            break
        waiting.append(Unit(partial(_batches, source, text, part), partial(_picked, source, text, part)))
        if detector.is_certain:
            yield from waiting
            waiting = []
    if text.encoding != detector.encoding:
        # the first bytes that show GB18030 stand below the first megabyte: once more, knowing it
        yield from _units(source, locate(source, text.path, detector), detector)
    else:
        source.encoding = text.encoding
        yield from waiting


def _batches(source: SourceFile, text: Text, part: Range) -> Batches:
    yield part.before, _table(source, text, part, read_range(source, text, part))


def _picked(source: SourceFile, text: Text, part: Range, numbers: np.ndarray) -> Picked:
    """Only these rows are parsed: to find them costs a tenth of parsing them all."""
    some = Range(part.begin, part.end, part.before, len(numbers))
    if len(numbers):
        data = picked(read_range(source, text, part), text.delimiter, numbers - part.before - 1)
        yield numbers, _table(source, text, some, data)


def _table(source: SourceFile, text: Text, part: Range, data: bytes) -> pa.Table:
    table = _parsed(source, text, part, data)
    encoding = "utf-8" if is_transcoded(text) else text.encoding
    try:
        columns = {name: _decoded(_folded(source, name, table[str(n)].combine_chunks()), encoding) for name, n in text.positions.items()}
    except UnicodeDecodeError:
        raise source.unreadable(f"byte {part.begin + _first_error(data)} is neither UTF-8 nor GB18030", "text in one encoding") from None
    return pa.table(columns)


def _parsed(source: SourceFile, text: Text, part: Range, data: bytes) -> pa.Table:
    """Columns of bytes, named by their position."""
    for block in (BLOCK, len(data) + 1):  # a row longer than a block is read in one go with all others
        try:
            table = _parsed_in_blocks(text, data, block)
        except pa.ArrowException as error:  # its message quotes the row: only the numbers in it are passed on
            found = _WIDTH.search(str(error))
            if found:
                row, width = map(int, found.groups())
                place = f"row {part.before + row} has {width} of {text.width} fields"
                raise source.unreadable(place, "one number of fields in every row") from None
            continue
        if len(table) == part.rows:
            return table
    raise source.unreadable(f"the {part.rows} rows after row {part.before} cannot be told apart", "one line for each row")


def _parsed_in_blocks(text: Text, data: bytes, block: int) -> pa.Table:
    is_quoted = b'"' in data
    read = pacsv.ReadOptions(use_threads=False, block_size=block, column_names=[str(n) for n in range(text.width)])
    parse = pacsv.ParseOptions(delimiter=text.delimiter, quote_char='"' if is_quoted else False, newlines_in_values=is_quoted)
    columns = [str(n) for n in text.positions.values()]
    convert = pacsv.ConvertOptions(
        check_utf8=False,
        column_types=dict.fromkeys(columns, pa.binary()),
        include_columns=columns,
        null_values=[""],
        strings_can_be_null=True,
        quoted_strings_can_be_null=True,
    )
    return pacsv.read_csv(pa.BufferReader(data), read, parse, convert)


def _folded(source: SourceFile, name: str, array: pa.Array) -> pa.Array:
    """A column of few values as a dictionary: in one go cheaper than value by value while parsing."""
    return array.dictionary_encode() if repeats(source.extract.by_name[name]) else array


def _decoded(array: pa.Array, encoding: str) -> pa.Array:
    """Bytes of a well-formed UTF-8 text, or of one in ``encoding``, as text."""
    if pa.types.is_dictionary(array.type):
        return pa.DictionaryArray.from_arrays(array.indices, _decoded(array.dictionary, encoding))
    text = array.view(pa.string())  # of ASCII, the bytes are the text
    if encoding == "utf-8" or not len(array):
        return text
    offsets = np.frombuffer(array.buffers()[1], np.int32)[: len(array) + 1]
    data = np.frombuffer(array.buffers()[2] or b"", np.uint8)[: offsets[-1]]
    beyond = np.flatnonzero(data >= 128)
    if not len(beyond):
        return text
    if 8 * len(beyond) > len(data):
        return _decoded_at_once(array, encoding)
    mask = np.zeros(len(array), bool)
    mask[np.searchsorted(offsets, beyond, "right") - 1] = True
    return pc.replace_with_mask(text, pa.array(mask), _decoded_at_once(array.filter(pa.array(mask)), encoding))


def _decoded_at_once(array: pa.Array, encoding: str) -> pa.Array:
    """All values in one go, a NUL (which no text has) between them to find them again."""
    one = pa.ListArray.from_arrays(pa.array([0, len(array)], pa.int32()), array.fill_null(b""))
    joined = str(pc.binary_join(one, b"\x00")[0].as_buffer(), encoding).encode()
    data = np.frombuffer(joined, np.uint8)
    ends = np.append(np.flatnonzero(data == 0), len(data)) - np.arange(len(array))
    offsets = np.append(0, ends).astype(np.int32)
    valid = None if array.null_count == 0 else pa.array(array.is_valid().to_numpy(zero_copy_only=False)).buffers()[1]
    return pa.Array.from_buffers(pa.string(), len(array), [valid, pa.py_buffer(offsets), pa.py_buffer(data[data != 0])])


def _first_error(data: bytes) -> int:
    try:
        data.decode("gb18030")
    except UnicodeDecodeError as error:
        return error.start
    return 0


def _check_last_line(source: SourceFile, text: Text) -> None:
    """A last line with fewer fields than the header is a file that was cut off: told before anything is read."""
    size = text.path.stat().st_size
    begin = max(text.begin, (size - TAIL) // 2 * 2)
    with text.path.open("rb") as file:
        file.seek(begin)
        tail = file.read().decode(text.encoding, errors="replace")
    lines = tail.rstrip("\r\n").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if not lines[-1] or '"' in tail or (begin > text.begin and len(lines) == 1):
        return
    fields = len(next(csv.reader(lines[-1:], delimiter=text.delimiter), []))
    if fields < text.width:
        raise source.unreadable(
            f"the last line has {fields} of {text.width} fields: the file was cut off", "the same number of fields in every line"
        )
