"""Text in columns on a terminal, where a Chinese character takes two."""

import unicodedata
from collections.abc import Sequence


def width(text: str) -> int:
    """Columns of a terminal: wide and full-width characters take two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def pad(text: str, columns: int) -> str:
    return text + " " * (columns - width(text))


def aligned(rows: Sequence[Sequence[str]], texts: Sequence[int] = (0,)) -> list[str]:
    """Rows of equal length side by side: cells of the columns ``texts`` to the left, figures to the right."""
    wide = [max(width(row[n]) for row in rows) for n in range(len(rows[0]))]

    def placed(n: int, cell: str) -> str:
        return pad(cell, wide[n]) if n in texts else " " * (wide[n] - width(cell)) + cell

    return ["  ".join(placed(n, cell) for n, cell in enumerate(row)).rstrip() for row in rows]
