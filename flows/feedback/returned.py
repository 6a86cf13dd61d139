"""Workbooks as clerks return them: the rows of every sheet as text, under the names of its columns, and what is wrong with it."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import NoReturn

import polars as pl
from python_calamine import CalamineWorkbook

from contracts import EXTRACTS
from contracts.worklists import SHEETS, Sheet
from flows.errors import UsageError
from flows.files.source import SourceFile, without_certificate_numbers
from flows.files.xlsx import check_container, column_of, reading
from flows.worklists.about import About, read_about
from flows.worklists.book import ABOUT
from flows.worklists.cells import letters

#: Where a header is looked for: a clerk may put a title above it.
_HEADER_ROWS = 10


@dataclass(frozen=True)
class Problem:
    """Something of a returned workbook that is not taken. ``kind``: a key of words.PROBLEMS; ``rows``: of the sheet as it came
    back, or of the list as it went out; ``which``: columns of ours, or their letters where they are not; never a value."""

    kind: str
    file: str
    sheet: str = ""
    rows: tuple[int, ...] = ()
    which: tuple[str, ...] = ()


@dataclass
class Returned:
    """One workbook. ``sheets``: sheet -> its rows, every column as text ("" where empty), and `row`, their number."""

    file: str
    about: About | None = None
    sheets: dict[str, pl.DataFrame] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def workbooks(given: Sequence[Path]) -> tuple[dict[str, Path], list[Problem]]:
    """What they are called -> the files that were named, and the workbooks in the folders and below them; a problem for each other
    file there, which may be a clerk's work, too. Raises UsageError where there is no such file."""
    found: dict[str, Path] = {}
    others = []
    for path in given:
        if path.is_dir():
            for file in _files_below(path):
                name = str(file.relative_to(path))
                if file.suffix.lower() == ".xlsx" and file.is_file():
                    found[str(file) if name in found else name] = file
                else:
                    others.append(Problem("not_read", without_certificate_numbers(name)))
        elif path.is_file():
            found[str(path) if path.name in found else path.name] = path
        else:
            raise UsageError(f"{path} is no file; name the returned workbooks, or the folder they are in")
    return found, others


def _files_below(folder: Path) -> list[Path]:
    """All but folders, in their order; hidden ones and what an office program leaves beside an open file are nobody's work. Raises
    OSError where a folder cannot be looked into: what is in it would be left out without a word."""
    found = []
    for above, folders, files in os.walk(folder, onerror=_raise):
        folders[:] = [name for name in folders if not _is_hidden(name)]
        found += [Path(above) / name for name in files if not _is_hidden(name)]
    return sorted(found)


def _is_hidden(name: str) -> bool:
    return name.startswith(("~", "."))


def _raise(error: OSError) -> NoReturn:
    raise error


def read_workbook(path: Path, key: bytes, name: str = "") -> Returned:
    """Raises UnreadableFile where it is no whole workbook. ``key``: that of the checksums; ``name``: what it is called, where two folders
    have a file of one name."""
    name = name or path.name
    found, source = Returned(name), SourceFile(EXTRACTS["case_feedback"], path, name, 0)
    check_container(source, path)
    with reading(source), CalamineWorkbook.from_path(path) as book:
        there = set(book.sheet_names)
        if ABOUT in there:
            found.about = read_about([[str(c) for c in row] for row in islice(book.get_sheet_by_name(ABOUT).iter_rows(), 40)], key)
        if found.about is None:
            found.problems.append(Problem("unknown_book", found.file))
            return found
        for sheet in SHEETS.values():
            if sheet.zh in there:
                _read_sheet(found, sheet, list(book.get_sheet_by_name(sheet.zh).iter_rows()))
            elif found.about.rows.get(sheet.name):
                found.problems.append(Problem("no_sheet", found.file, sheet.zh))
    return found


def _read_sheet(found: Returned, sheet: Sheet, rows: Sequence[Sequence]) -> None:
    labels = {c.zh: c.name for c in sheet.columns}
    heads = [[str(cell).strip() for cell in row] for row in rows[:_HEADER_ROWS]]
    best = max(range(len(heads)), key=lambda n: len(labels.keys() & set(heads[n])), default=None)
    header = heads[best] if best is not None else []
    twice = tuple(label for label in labels if header.count(label) > 1)
    missing = tuple(label for label, name in labels.items() if label not in header and (name not in sheet.inputs or name == "result"))
    if twice or missing:
        found.problems.append(Problem("columns_twice" if twice else "columns_missing", found.file, sheet.zh, which=twice or missing))
        return
    body = rows[best + 1 :]
    if foreign := tuple(letters(n) for n, label in enumerate(header) if label not in labels and _holds(body, n)):
        found.problems.append(Problem("columns_added", found.file, sheet.zh, which=foreign))
    cells = {name: column_of([row[header.index(label)] for row in body]) for label, name in labels.items() if label in header}
    empty = {name: pl.lit("") for name in sheet.inputs if name not in cells}
    frame = pl.DataFrame({name: pl.from_arrow(texts) for name, texts in cells.items()}, schema=dict.fromkeys(cells, pl.String))
    frame = frame.with_columns(pl.all().fill_null("").str.strip_chars(), **empty).with_row_index("row", offset=best + 2)
    found.sheets[sheet.name] = frame.filter(pl.any_horizontal(pl.exclude("row") != ""))


def _holds(body: Sequence[Sequence], place: int) -> bool:
    """Whether any row has something in a column."""
    return any(place < len(row) and row[place] != "" for row in body)
