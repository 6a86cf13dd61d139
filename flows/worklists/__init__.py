"""Worklists: one workbook for each pooling area, or county, with what its clerks have to do; as private as restricted/.

The rows are those of the published datasets (transforms/worklists/*.sql), read area by area: memory holds the rows of a few
workbooks, whatever their number. What comes back is read by flows/feedback.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl
import pyarrow as pa

from contracts import DATASETS, divisions
from contracts.worklists import SHEETS
from flows.dataset_files import show
from flows.disk import make_private
from flows.errors import NightError
from flows.workers import workers
from flows.worklists.about import About
from flows.worklists.book import MOST_ROWS, Template, template, write_book
from flows.worklists.cells import key_of, shown
from policy import Policy
from transforms.engine import Engine

__all__ = ["FOLDER", "Lists", "key_of", "write"]
FOLDER = "worklists"
#: Below this many rows, starting worker processes costs more than they save.
WORTH_PROCESSES = 100_000
#: The schema of the engine in which worklists see the published datasets.
SCHEMA = "work"


@dataclass(frozen=True)
class Lists:
    """What is the same for all workbooks of a night. ``by``: pool or county; ``key``: of the checksums."""

    run: Path
    as_of: date
    by: str
    policy: Policy
    key: bytes


def write(lists: Lists, engine: Engine, processes: int) -> dict[str, int]:
    """The workbooks of a night whose datasets are written; how many, and the rows of each sheet.

    Raises NightError where a sheet does not hold the rows of its dataset.
    """
    folder, made = make_private(lists.run / FOLDER), template(lists.as_of)
    expected = _look_up(lists, engine)
    counts = dict.fromkeys(SHEETS, 0)
    books = 0
    with workers(processes if sum(expected.values()) >= WORTH_PROCESSES else 1) as pool:
        # one more than there are processes: none of them waits for rows
        running: list = []
        for area, number, sheets in _books(_streams(engine)):
            while len(running) > processes:
                running.pop(0).result()
            running.append(pool.submit(_write_one, lists, folder, made, area, number, sheets))
            books += 1
            for name, rows in sheets.items():
                counts[name] += rows.height
        for last in running:
            last.result()
    if counts != expected:
        wrong = next(name for name in counts if counts[name] != expected[name])
        raise NightError(
            f"worklists: {expected[wrong]} {wrong} expected, {counts[wrong]} written; nothing was published. Keep the run folder and report it"
        )
    return {"workbooks": books, **counts}


def _look_up(lists: Lists, engine: Engine) -> dict[str, int]:
    """Datasets as views, whose work is whose as a table; returns the rows that each sheet must have."""
    engine.parameters["worklists"] = lists.by
    with engine.within(SCHEMA):
        for name in {*(s.dataset for s in SHEETS.values()), "overlaps"}:
            show(engine, f"{SCHEMA}.{name}", lists.run, DATASETS[name])
        engine.build("worklists/persons.sql")
        engine.build("worklists/work_area.sql")
        return {row["sheet"]: row["rows"] for row in engine.rows("worklists/expected.sql")}


def _streams(engine: Engine) -> dict[str, Iterator[pl.DataFrame]]:
    """Sheet -> its rows in blocks, ordered by area."""
    return {name: _blocks(engine.batches(f"worklists/{name}.sql", MOST_ROWS)) for name in SHEETS}


def _blocks(batches: pa.RecordBatchReader) -> Iterator[pl.DataFrame]:
    for batch in batches:
        if batch.num_rows:
            yield pl.from_arrow(batch)


def _books(streams: Mapping[str, Iterator[pl.DataFrame]]) -> Iterator[tuple[str, int, dict[str, pl.DataFrame]]]:
    """(area, number of the workbook in it, sheet -> rows): areas in order, each sheet with at most MOST_ROWS rows."""
    heads = {name: next(stream, None) for name, stream in streams.items()}
    while waiting := [rows["area"][0] for rows in heads.values() if rows is not None]:
        area, number = min(waiting), 0
        while any(rows is not None and rows["area"][0] == area for rows in heads.values()):
            sheets = {}
            for name, stream in streams.items():
                sheets[name], heads[name] = _take(heads[name], stream, area)
            number += 1
            yield area, number, {name: rows for name, rows in sheets.items() if rows is not None}


def _take(head: pl.DataFrame | None, stream: Iterator[pl.DataFrame], area: str) -> tuple[pl.DataFrame | None, pl.DataFrame | None]:
    """Up to MOST_ROWS rows of ``area`` from the head of a stream, and the head that is left."""
    taken, held = [], 0
    while head is not None and held < MOST_ROWS and head["area"][0] == area:
        mine = min(int((head["area"] == area).sum()), MOST_ROWS - held)
        taken.append(head.head(mine))
        held += mine
        head = head.slice(mine) if mine < head.height else next(stream, None)
    return (pl.concat(taken) if taken else None), head


def _write_one(lists: Lists, folder: Path, made: Template, area: str, number: int, sheets: Mapping[str, pl.DataFrame]) -> None:
    stem = area if number == 1 else f"{area}_{number}"
    rows = {name: frame.height for name, frame in sheets.items()}
    about = About(lists.as_of, stem, rows, lists.policy.policy_id, lists.policy.version)
    texts = {name: shown(frame, SHEETS[name], lists.policy, about.book, lists.key) for name, frame in sheets.items()}
    place = divisions.name_of(area, lists.as_of) or ""
    chosen = [rule.title_zh for rule in lists.policy.rules.values() if rule.choice_first]
    write_book(folder / f"{stem}.xlsx", made, texts, about.cells(place, lists.key, chosen))
