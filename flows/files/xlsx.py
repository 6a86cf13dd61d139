"""XLSX workbooks: every sheet that carries the header, its cells as the text a clerk sees, its rows under their own numbers.

A sheet is turned once into columns of text in the night's private folder, block by block; the parts read from there. A
number of more than 15 digits is damaged (a spreadsheet keeps no more), so it is given in scientific notation, which no
certificate number has: it must be seen for what it is and not pass for a number.
"""

import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from functools import partial
from itertools import islice
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum

from flows.files.header import HEADER_ROWS, Header, accept, best_header, carries_enough
from flows.files.numbers import text_of
from flows.files.packed import broken
from flows.files.source import Batches, Rows, SourceFile, Unit, repeats, without_certificate_numbers

#: Rows of the second sheet are numbered from 10,000,001, of the third from 20,000,001: a sheet has at most 1,048,576.
SHEET_STEP = 10_000_000
#: Rows turned to text in one go, and blocks of them read as one batch.
BLOCK_ROWS = 20_000
GROUPS = 10
#: The reader lays a sheet out as a full rectangle in memory, 32 bytes for each cell and some 100 more for one with text: one
#: stray cell in the last corner would ask for 500 GiB. A sheet with all its rows may be this many columns wide: 32.
MOST_CELLS = 32 << 20
MOST_ROWS = 1 << 20
MOST_BYTES = 4 << 30
BLOCK = 1 << 22
#: More gaps than this are no gaps but a pattern; see `_runs`.
MOST_GAPS = 200
#: References of rows and cells that hold something: an element that closes itself only has a format.
_ROW, _FAR_ROW, _FAR_COLUMN = (
    re.compile(reference + rb'"[^>]*+(?<!/)>') for reference in (rb' r="(\d{1,9})', rb' r="[A-Z]{1,4}(\d{7,9})', rb' r="([A-Z]{2,4})\d+')
)


def open_xlsx(source: SourceFile, path: Path, scratch: Path) -> Rows:
    """The rows of all sheets of the workbook at ``path`` that carry the header; the others are named in ``source``.

    Raises UnreadableFile, also where a sheet has a header that lacks a column.
    """
    source.encoding = "xlsx"
    check_container(source, path)
    units: list[Unit] = []
    nearest: tuple[Header, str] | None = None
    with reading(source), CalamineWorkbook.from_path(path) as workbook:
        for number, sheet in enumerate(workbook.sheets_metadata):
            if sheet.typ != SheetTypeEnum.WorkSheet:
                continue
            cells = workbook.get_sheet_by_index(number)
            header = _header(source, cells)
            if header and carries_enough(source, header.names):
                accept(source, header, f"sheet {number + 1}: ")
                copy = scratch / f"{source.extract.name}-{source.number}-{number}.parquet"
                units += _copied(source, cells, header, copy, number * SHEET_STEP)
            else:
                source.sheets_left_out.append(without_certificate_numbers(sheet.name))
                if header and (nearest is None or header.matched > nearest[0].matched):
                    nearest = header, f"sheet {number + 1}: "
    if not source.columns:
        accept(source, *(nearest or (None,)))
    return Rows(tuple(units))


@contextmanager
def reading(source: SourceFile) -> Iterator[None]:
    """What the reader makes of a damaged workbook: its errors, and panics, which are no Exceptions."""
    try:
        yield
    except BaseException as error:
        if isinstance(error, CalamineError) or type(error).__name__ == "PanicException":
            raise source.unreadable(
                "it cannot be read as a workbook", "an XLSX workbook that spreadsheet software opens, without a password"
            ) from None
        raise


def check_container(source: SourceFile, path: Path) -> None:
    """Every part of the workbook is whole, and no sheet spans more than the memory of the machine can hold."""
    whole = "one of its parts is missing, broken or encrypted: the file was cut off", "a whole XLSX workbook"
    with broken(source, *whole), zipfile.ZipFile(path) as archive:
        if sum(member.file_size for member in archive.infolist()) > MOST_BYTES:
            raise source.unreadable(f"it unfolds to more than {MOST_BYTES >> 30} GiB", "the extract as CSV or Parquet")
        for member in archive.infolist():
            with archive.open(member) as part:
                _check_extent(source, member.filename, iter(partial(part.read, BLOCK), b""))


def _check_extent(source: SourceFile, name: str, blocks: Iterable[bytes]) -> None:
    """Rows and columns that the cells of one part reach to. A reference cut by the end of a block is one of many."""
    rows, columns, is_sheet = 0, 26, name.lower().endswith(".xml") and "sharedstrings" not in name.lower()
    for block in blocks:
        if not is_sheet:
            continue
        columns = max([columns, *map(_column_number, set(_FAR_COLUMN.findall(block)))])
        rows = max([rows, *map(int, _ROW.findall(block)), *map(int, set(_FAR_ROW.findall(block)))])
    if rows > MOST_ROWS or rows * columns > MOST_CELLS:
        raise source.unreadable(
            f"{name} reaches to row {rows} and column {columns}", f"at most {MOST_CELLS} cells: remove cells far from the table"
        )


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _header(source: SourceFile, sheet: CalamineSheet) -> Header | None:
    """The header of a sheet; ``place`` and ``after`` are rows of the sheet, from 0."""
    rows, numbers = [], []
    for number, row in enumerate(sheet.iter_rows()):
        cells = [_text(cell).strip() for cell in row]
        if any(cells):
            rows.append(cells)
            numbers.append(number)
        if len(rows) > HEADER_ROWS:
            break
    header = best_header(source, rows[:HEADER_ROWS])
    return header and Header(header.names, header.cells, numbers[header.place], numbers[header.after - 1] + 1)


def _copied(source: SourceFile, sheet: CalamineSheet, header: Header, copy: Path, before: int) -> list[Unit]:
    """The sheet's rows as a file of text columns, and the parts that read it. ``before``: what its row numbers start from."""
    schema = pa.schema([(name, pa.string()) for name in header.positions])
    numbers: list[np.ndarray] = []
    rows, first = islice(sheet.iter_rows(), header.after, None), header.after
    with pq.ParquetWriter(copy, schema, compression="lz4") as writer:
        while block := list(islice(rows, BLOCK_ROWS)):
            table = _texts(block, header)
            held = np.flatnonzero(np.logical_or.reduce([column.is_valid() for column in table.columns]))
            if len(held):
                writer.write_table(table.take(pa.array(held)))
                numbers.append(held + before + first)
            first += len(block)
    groups = range(0, len(numbers), GROUPS)
    return [
        Unit(partial(_batches, source, copy, range(g, min(g + GROUPS, len(numbers))), _runs(np.concatenate(numbers[g : g + GROUPS]))))
        for g in groups
    ]


def _runs(numbers: np.ndarray) -> list[tuple[int, int, int]]:
    """Rows that follow each other in the sheet: (rows before in the sheet, begin and end in the block).

    Empty rows are skipped and keep their numbers. Where every other row is empty the rows are numbered as they come, from
    the first one's number: a batch for each row would take hours.
    """
    begins = np.flatnonzero(np.diff(numbers, prepend=-1) != 1)
    if len(begins) > MOST_GAPS:
        begins = begins[:1]
    stops = np.append(begins[1:], len(numbers))
    return [(int(numbers[b]), int(b), int(e)) for b, e in zip(begins, stops, strict=True)]


def _batches(source: SourceFile, copy: Path, groups: Sequence[int], runs: list[tuple[int, int, int]]) -> Batches:
    with pq.ParquetFile(copy) as file:
        names = file.schema_arrow.names
        repeating = [name for name in names if repeats(source.extract.by_name[name])]
    with pq.ParquetFile(copy, read_dictionary=repeating) as file:
        table = file.read_row_groups(list(groups), use_threads=False).unify_dictionaries().combine_chunks()
    for before, begin, end in runs:
        yield before, table.slice(begin, end - begin).combine_chunks()


def _texts(block: Sequence[Sequence], header: Header) -> pa.Table:
    """The contract's columns of a block of rows; null where a cell is empty."""
    columns = list(zip(*block, strict=True))
    empty = [""] * len(block)
    arrays = {name: column_of(columns[place] if place < len(columns) else empty) for name, place in header.positions.items()}
    return pa.table(arrays)


def column_of(cells: Sequence) -> pa.Array:
    """Cells as text, each different value that is no text turned once."""
    shown = {cell: _text(cell) for cell in set(cells) if type(cell) is not str}
    array = pa.array(map(shown.get, cells, cells) if shown else cells, pa.string())
    return pc.if_else(pc.equal(pc.utf8_trim_whitespace(array), ""), None, array)


def _text(cell: object) -> str:
    """A cell as text: whole numbers without a fraction, dates as ISO 8601, true and false as 1 and 0."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, (int, float)):
        return text_of(float(cell))
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "seconds")
    return cell.isoformat() if isinstance(cell, date) else str(cell)
