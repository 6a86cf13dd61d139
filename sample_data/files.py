"""The inbox being filled: files written as rows come, the same bytes for the same rows."""

import gzip
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import BinaryIO

import polars as pl
import xlsxwriter

from sample_data.extracts import EXTRACTS, Extract
from sample_data.layouts import Layout, Style, laid_out

ROW_GROUP = 250_000
#: Rows turned into text at once.
SLICE = 100_000
LEVEL = 9
#: No clock in any file.
LONG_AGO = (1980, 1, 1, 0, 0, 0)
SHEETS, SHEET_ROWS = ("第一批", "第二批"), 1_048_000
EXCEL_EPOCH, FIRST_SERIAL_DAY, LAST_SERIAL_DAY = date(1899, 12, 30), date(1900, 3, 1), date(9999, 12, 31)


class TooManyRows(Exception):
    """More rows than the format holds."""


class Inbox:
    """Folders of the departments below ``root``; files of an earlier run are removed."""

    def __init__(self, root: Path, as_of: date, layout: Layout):
        self.root, self.stamp, self.layout = root, as_of.strftime("%Y%m%d"), layout
        self.files: dict[Path, CsvFile | Workbook] = {}
        for extract in EXTRACTS.values():
            folder = root / extract.department
            folder.mkdir(parents=True, exist_ok=True)
            for old in folder.glob(f"{extract.name}_*"):
                old.unlink()

    def write(self, extract: Extract, frame: pl.DataFrame, part: int) -> None:
        """Add the rows of one chunk: all columns text, dates as 1990-03-07, months as 199003."""
        style = self.layout.of(extract)
        pieces = len(style.headers)
        for piece in range(pieces):
            first, last = (len(frame) * n // pieces for n in (piece, piece + 1))
            self._write(extract, style, frame.slice(first, last - first), part, piece)

    def _write(self, extract: Extract, style: Style, frame: pl.DataFrame, part: int, piece: int) -> None:
        name = f"{extract.name}_{self.stamp}" + (f"_{piece + 1}" if len(style.headers) > 1 else "")
        folder = self.root / extract.department
        if style.form == "parquet":
            path = folder / f"{name}_{part:02d}.parquet"
            laid_out(frame, extract, style, piece).write_parquet(path, compression="zstd", compression_level=1, row_group_size=ROW_GROUP)
            return
        path = folder / f"{name}.{style.ending}"
        if path not in self.files:
            self.files[path] = Workbook(path, extract) if style.form == "xlsx" else CsvFile(path, style)
        self.files[path].write(laid_out(frame, extract, style, piece))

    def close(self) -> None:
        """Finish the files."""
        for file in self.files.values():
            file.close()


class CsvFile:
    """Delimited text, plain or packed."""

    def __init__(self, path: Path, style: Style):
        self.style, self.is_new = style, True
        self.stream, self.below = {"csv": _plain, "gz": _gzipped, "zip": _zipped}[style.form](path)

    def write(self, frame: pl.DataFrame) -> None:
        for rows in _slices(frame):
            text = rows.write_csv(include_header=self.is_new, separator=self.style.delimiter)
            self.stream.write(text.encode(self.style.encoding if self.is_new else _without_mark(self.style.encoding)))
            self.is_new = False

    def close(self) -> None:
        self.stream.close()
        for file in self.below:
            file.close()


def _slices(frame: pl.DataFrame) -> Iterator[pl.DataFrame]:
    yield frame.slice(0, SLICE)
    for first in range(SLICE, len(frame), SLICE):
        yield frame.slice(first, SLICE)


def _without_mark(encoding: str) -> str:
    """The same encoding for text that is not the first of its file."""
    return {"utf-8-sig": "utf-8", "utf-16": "utf-16-le"}.get(encoding, encoding)


def _plain(path: Path) -> tuple[BinaryIO, list]:
    return path.open("wb"), []


def _gzipped(path: Path) -> tuple[BinaryIO, list]:
    raw = path.open("wb")
    return gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0, compresslevel=LEVEL), [raw]


def _zipped(path: Path) -> tuple[BinaryIO, list]:
    archive = zipfile.ZipFile(path, "w")
    member = zipfile.ZipInfo(path.with_suffix(".csv").name, LONG_AGO)
    member.compress_type = zipfile.ZIP_DEFLATED
    return archive.open(member, "w", force_zip64=True), [archive]


class Workbook:
    """A workbook with the rows on two sheets, titles above the header of each, and a third sheet that only explains.

    Numbers and names are text cells, dates that a sheet can hold are date cells, amounts and months number cells.
    """

    def __init__(self, path: Path, extract: Extract):
        options = {"constant_memory": True, "strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False}
        self.extract, self.book = extract, xlsxwriter.Workbook(str(path), options)
        self.book.set_properties({"created": datetime(*LONG_AGO)})  # noqa: DTZ001 (a fixed moment, of no zone)
        self.date = self.book.add_format({"num_format": "yyyy/m/d"})
        self.sheets = [self.book.add_worksheet(name) for name in SHEETS]
        self.next = [0] * len(SHEETS)
        notes = self.book.add_worksheet("填表说明")
        notes.write_string(0, 0, "一人一行，日期填写到日。")

    def write(self, frame: pl.DataFrame) -> None:
        """Half of the rows on each sheet."""
        for number, sheet in enumerate(self.sheets):
            first, last = (len(frame) * n // len(self.sheets) for n in (number, number + 1))
            if not self.next[number]:
                self._titles(number, frame.columns)
            self._rows(sheet, self.next[number], frame.slice(first, last - first))
            self.next[number] += last - first

    def _titles(self, number: int, header: list[str]) -> None:
        sheet = self.sheets[number]
        sheet.write_string(0, 0, f"{self.extract.name} 数据上报表（{SHEETS[number]}）")
        sheet.write_string(1, 1, "制表单位：样本")
        for column, text in enumerate(header):
            sheet.write_string(3, column, text)
        self.next[number] = 4

    def _rows(self, sheet, first: int, frame: pl.DataFrame) -> None:
        if first + len(frame) > SHEET_ROWS:
            raise TooManyRows(f"a sheet of {self.extract.name} holds {SHEET_ROWS} rows; fewer persons, or another layout")
        writers = [self._writer(sheet, column) for column in self.extract.columns]
        if len(frame.columns) > len(writers):
            writers = [sheet.write_string, *writers, sheet.write_string]
        # a workbook is written cell by cell: the library knows nothing else
        for row, cells in enumerate(self._cells(frame).iter_rows(), first):
            for column, (write, cell) in enumerate(zip(writers, cells, strict=True)):
                if cell is not None:
                    write(row, column, cell)

    def _writer(self, sheet, column: str) -> Callable:
        if column in self.extract.days:
            return lambda row, place, cell: (
                sheet.write_number(row, place, int(cell), self.date) if cell.isdigit() else sheet.write_string(row, place, cell)
            )
        if column in (*self.extract.amounts, *self.extract.months):
            return lambda row, place, cell: (
                sheet.write_number(row, place, float(cell)) if _is_number(cell) else sheet.write_string(row, place, cell)
            )
        return sheet.write_string

    def _cells(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Dates that a sheet can hold as their serial number, still as text."""
        named = {self.extract.zh[c] for c in self.extract.days}

        def serial(column: str) -> pl.Expr:
            day = pl.col(column).str.to_date("%Y-%m-%d", strict=False)
            number = (day - pl.lit(EXCEL_EPOCH)).dt.total_days().cast(pl.String)
            return pl.when(day.is_between(FIRST_SERIAL_DAY, LAST_SERIAL_DAY)).then(number).otherwise(pl.col(column)).alias(column)

        return frame.with_columns([serial(c) for c in frame.columns if c in named])

    def close(self) -> None:
        self.book.close()


def _is_number(cell: str) -> bool:
    return cell.removeprefix("-").replace(".", "", 1).isdecimal()
