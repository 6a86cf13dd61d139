"""A clerk with a spreadsheet: opens a workbook, types into its cells, and saves it as another program would."""

from collections.abc import Callable
from pathlib import Path

import xlsxwriter
from python_calamine import CalamineWorkbook

from contracts.worklists import SHEETS

Rows = list[list]


class Clerk:
    """One workbook on the desk. ``sheets``: name -> rows of cells, the header first."""

    def __init__(self, path: Path):
        book = CalamineWorkbook.from_path(path)
        self.name = path.name
        self.sheets: dict[str, Rows] = {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}

    def types(self, sheet: str, row: int, **cells) -> "Clerk":
        """Type into cells, by the names of their columns; ``row`` 1 is the first below the header."""
        for name, value in cells.items():
            self.sheets[SHEETS[sheet].zh][row][self.column(sheet, name)] = value
        return self

    def pastes(self, sheet: str, name: str, of: Callable[[int], object]) -> "Clerk":
        """Something over a whole column."""
        for n, row in enumerate(self.rows(sheet)):
            row[self.column(sheet, name)] = of(n)
        return self

    def deletes(self, sheet: str, row: int) -> "Clerk":
        del self.sheets[SHEETS[sheet].zh][row]
        return self

    def rows(self, sheet: str) -> Rows:
        return self.sheets[SHEETS[sheet].zh][1:]

    def column(self, sheet: str, name: str) -> int:
        label = next(c.zh for c in SHEETS[sheet].columns if c.name == name)
        return self.sheets[SHEETS[sheet].zh][0].index(label)

    def cell(self, sheet: str, row: int, name: str):
        return self.sheets[SHEETS[sheet].zh][row][self.column(sheet, name)]

    def saves(self, folder: Path, name: str = "") -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / (name or self.name)
        with xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_numbers": False}) as book:
            for title, rows in self.sheets.items():
                page = book.add_worksheet(title)
                for at, cells in enumerate(rows):
                    page.write_row(at, 0, cells)
        return path
