"""A workbook of worklists: one that XlsxWriter made without rows, into which the rows of each sheet are put as they come.

Sheets, formats, widths, filters and drop-downs are the same in every workbook of a night: XlsxWriter writes them once. A cell
takes it 17 microseconds; a million rows put cell by cell would take the night longer than everything else.
"""

import io
import os
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import polars as pl
import xlsxwriter

from contracts.model import Column
from contracts.worklists import SHEETS, Sheet
from flows.disk import PRIVATE_FILE
from flows.worklists.cells import NUMBERS, letters, rows_xml

#: Rows of a sheet: an old office machine opens as many at once. What goes beyond goes to a further workbook.
MOST_ROWS = 10_000
ABOUT = "说明"
#: Time stamp of every part: the same rows give the same bytes.
_EPOCH = (1980, 1, 1, 0, 0, 0)
_FONT = {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "top"}
_WIDE = {"reason_zh": 60, "choices": 36, "name": 10, "certno_canonical": 21, "note": 24, "result": 10, "serial": 6, "case_no": 21,
         "row_checksum": 19, "clause": 26, "rule_id": 20, "missing": 18, "conflict": 18}  # fmt: skip
#: Columns whose text is longer than the cell is wide.
_WRAPPED = ("reason_zh", "choices")
#: Rows of the sheet ABOUT that stay free at its top: its title.
_TITLE_ROWS = 1


@dataclass(frozen=True)
class Template:
    """Parts of a workbook without rows: name -> bytes. ``sheets``: sheet -> its part cut where rows go, and the formats of
    its columns."""

    parts: Mapping[str, bytes]
    sheets: Mapping[str, tuple[str, bytes, bytes, tuple[str, ...]]]


def template(as_of: date) -> Template:
    """The workbook of the night of ``as_of`` without rows."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        book.set_properties({"title": f"OneCover {as_of}", "created": datetime(as_of.year, as_of.month, as_of.day)})  # noqa: DTZ001
        formats = {
            "text": book.add_format(_FONT | {"num_format": "@"}),
            "wrapped": book.add_format(_FONT | {"num_format": "@", "text_wrap": True}),
            "clerk": book.add_format(_FONT | {"num_format": "@", "bg_color": "#FFF8DC", "border": 1, "border_color": "#D9C77E"}),
            "money": book.add_format(_FONT | {"num_format": "#,##0.00"}),
            "int32": book.add_format(_FONT | {"num_format": "0"}),
            "head": book.add_format(_FONT | {"bold": True, "text_wrap": True, "bg_color": "#E7ECF2", "bottom": 1}),
            "clerk_head": book.add_format(_FONT | {"bold": True, "text_wrap": True, "bg_color": "#F3DFA2", "bottom": 1}),
        }
        for sheet in SHEETS.values():
            _lay_out(book.add_worksheet(sheet.zh), sheet, formats)
        _lay_out_about(book.add_worksheet(ABOUT), formats)
    with zipfile.ZipFile(buffer) as made:
        parts = {name: made.read(name) for name in made.namelist()}
    names = [*SHEETS, ABOUT]
    return Template(parts, {name: _cut(f"xl/worksheets/sheet{n}.xml", parts) for n, name in enumerate(names, 1)})


def _lay_out(page, sheet: Sheet, formats: Mapping) -> None:
    """Header, widths, filter and drop-downs of one sheet; row 2 holds an empty cell of each format, which `_cut` reads."""
    last = len(sheet.columns) - 1
    for place, column in enumerate(sheet.columns):
        ours = column.name not in sheet.inputs
        kind = "wrapped" if column.name in _WRAPPED else column.type if column.type in NUMBERS else "text"
        style = formats[kind if ours else "clerk"]
        page.set_column(place, place, _width(column), style)
        page.write_string(0, place, column.zh, formats["head" if ours else "clerk_head"])
        page.write_blank(1, place, None, style)
    page.freeze_panes(1, 3)
    page.autofilter(0, 0, MOST_ROWS, last)
    page.ignore_errors({"number_stored_as_text": f"A1:{letters(last)}{MOST_ROWS + 1}"})
    place = [c.name for c in sheet.columns].index("result")
    page.data_validation(1, place, MOST_ROWS, place, {
        "validate": "list", "source": list(sheet.results), "error_title": "处理结果",
        "error_message": f"只能填写：{'、'.join(sheet.results)}",
    })  # fmt: skip
    page.set_landscape()
    page.repeat_rows(0)
    page.fit_to_pages(1, 0)


def _lay_out_about(page, formats: Mapping) -> None:
    page.set_column(0, 0, 16, formats["text"])
    page.set_column(1, 1, 90, formats["wrapped"])
    page.write_string(0, 0, "一人一保 工作清单", formats["head"])
    for place, kind in enumerate(("text", "wrapped")):
        page.write_blank(1, place, None, formats[kind])


def _width(column: Column) -> int:
    return _WIDE.get(column.name, 12 if column.type in (*NUMBERS, "date") else 18)


def _cut(part: str, parts: Mapping[str, bytes]) -> tuple[str, bytes, bytes, tuple[str, ...]]:
    """Name of a sheet's part, what stands before the rows, what stands behind them, and the format of each column."""
    head, model, tail = re.fullmatch(rb'(.*<row r="1".*?</row>)<row r="2".*?>(.*?)</row>(</sheetData>.*)', parts[part], re.DOTALL).groups()
    styles = tuple(style.decode() for style in re.findall(rb's="(\d+)"', model))
    # which cells there are is not known before they are written, and need not be said
    return part, re.sub(rb"<dimension [^>]*/>", b"", head), tail, styles


def write_book(path: Path, made: Template, sheets: Mapping[str, pl.DataFrame], about: pl.DataFrame) -> None:
    """One workbook at ``path``, readable to its owner only. ``sheets``: sheet -> its cells as text; a sheet
    that is not among them has a header only."""
    rows = {name: rows_xml(texts, _numbers(name), made.sheets[name][3], 2) for name, texts in sheets.items()}
    rows[ABOUT] = rows_xml(about, (), made.sheets[ABOUT][3], 1 + _TITLE_ROWS)
    spliced = {part: (head, rows.get(name, b""), tail) for name, (part, head, tail, _) in made.sheets.items()}
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
    with os.fdopen(handle, "wb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in made.parts.items():
            with archive.open(_stamped(name), "w") as part:
                for piece in spliced.get(name, (content,)):
                    part.write(piece)


def _numbers(name: str) -> list[str]:
    return [c.name for c in SHEETS[name].columns if c.type in NUMBERS]


def _stamped(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _EPOCH)
    info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, PRIVATE_FILE << 16
    return info
