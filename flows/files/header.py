"""The header of a file: found below title rows, matched to the contract's columns, extra columns named and left out."""

from collections.abc import Sequence
from dataclasses import dataclass

from contracts.aliases import fold, header_map
from flows.files.source import SourceFile, without_certificate_numbers

#: A header stands among the first rows that hold something; what comes above it are titles.
HEADER_ROWS = 20


@dataclass(frozen=True)
class Header:
    """``names``: for each position of a row the contract's column, None where there is none of ours; ``cells``: what the
    file writes there; ``place``: which of the rows given it is; ``after``: the first row of data among them."""

    names: tuple[str | None, ...]
    cells: tuple[str, ...]
    place: int
    after: int

    @property
    def positions(self) -> dict[str, int]:
        return {name: place for place, name in enumerate(self.names) if name}

    @property
    def matched(self) -> int:
        return len(set(filter(None, self.names)))


def best_header(source: SourceFile, rows: Sequence[Sequence[str]]) -> Header | None:
    """The first of ``rows`` that carries every column the file needs, else the one that carries most; None where no row
    carries a column. A second header straight below it (codes above, labels below) belongs to it."""
    spellings = header_map(source.extract, source.site.aliases.get(source.extract.name, {}))
    needed = {f.name for f in source.extract.fields if f.header}
    matches = [tuple(spellings.get(fold(cell)) for cell in row) for row in rows]
    best = max(range(len(rows)), key=lambda n: (needed <= set(matches[n]), len(set(filter(None, matches[n]))), -n), default=None)
    if best is None or not any(matches[best]):
        return None
    after = best + 1
    while after < len(rows) and carries_enough(source, matches[after]):
        after += 1
    return Header(matches[best], tuple(rows[best]), best, after)


def carries_enough(source: SourceFile, names: Sequence[str | None]) -> bool:
    """Whether a row is a header of the extract: half of the columns that the file needs, and two at least."""
    needed = {f.name for f in source.extract.fields if f.header}
    found = set(filter(None, names))
    return len(found) >= 2 and 2 * len(needed & found) >= len(needed)


def accept(source: SourceFile, header: Header | None, where: str = "") -> Header:
    """Note the columns of ``header`` in ``source``. Raises UnreadableFile where one is missing or there twice.

    ``where`` names the part of the file (a sheet) in the error, with a blank behind it.
    """
    if header is None:
        raise source.unreadable(f"{where}the first {HEADER_ROWS} rows have no header", _dictionary(source))
    twice = {name for name in header.names if name and header.names.count(name) > 1}
    if twice:
        name = min(twice)
        cells = " and ".join(repr(cell) for cell, found in zip(header.cells, header.names, strict=True) if found == name)
        raise source.unreadable(f"{where}two columns are {name} ({cells})", "one column of each kind")
    missing = [f for f in source.extract.fields if f.header and f.name not in header.names]
    if missing:
        labels = ", ".join(f"{f.name} ({f.column.zh})" for f in missing)
        raise source.unreadable(f"{where}the header lacks {labels}", _dictionary(source))
    for cell, name in zip(header.cells, header.names, strict=True):
        if name:
            source.columns.setdefault(name, cell)
        elif fold(cell) and (told := without_certificate_numbers(cell.strip())) not in source.extra:
            source.extra.append(told)
    return header


def _dictionary(source: SourceFile) -> str:
    return f"the columns of {source.extract.name} in docs/data_dictionary.md"
