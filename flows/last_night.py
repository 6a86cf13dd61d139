"""What a night carries on from the one before: its state between nights is what was published, nothing else."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from contracts import DATASETS
from flows.dataset_files import file_of, read_restricted, show
from transforms.engine import Engine
from transforms.parquet_views import rename_persons
from transforms.reading.columns import Column
from transforms.reading.members import distinct

#: Table of the engine -> dataset of the night before.
STATE = {
    "last_deduction": "subsidy_deductions",
    "last_refund": "refunds",
    "last_decision": "decisions",
    "last_case": "cases",
    "last_termination": "terminations",
    "last_suspension": "suspensions",
    "last_person": "persons",
}

#: Their files below a run.
STATE_FILES = tuple(str(file_of(Path(), DATASETS[name])) for name in STATE.values())


def _awaited(since: date) -> dict[str, list]:
    """Ledgers that ask tonight's extracts whether what is open in them was carried out, and of which rows; what was withdrawn may still be
    paid back while the look-back sees its months."""
    opened = ("status", "in", ["new", "reported"])
    return {
        "refunds": [[opened], [("status", "=", "withdrawn"), ("period_end", ">", since)]],
        "subsidy_deductions": [opened, ("fiscal_year", ">=", since.year)],
    }


def register_awaited(engine: Engine, before: Path | None, since: date) -> None:
    """Enrollments of which something is open in the ledgers of the night before, by the hashes of their ids, as the table
    `awaited_enrollment`. ``since``: the first day of the look-back."""
    files = {file_of(before, DATASETS[name]): rows for name, rows in _awaited(since).items()} if before else {}
    ids = [pq.read_table(file, columns=["enrollment_id"], filters=rows)["enrollment_id"] for file, rows in files.items() if file.exists()]
    hashes = [Column(None, None, chunk).hashes() for column in ids for chunk in column.cast(pa.string()).chunks]
    engine.register("awaited_enrollment", pa.table({"enrollment_hash": distinct(np.concatenate([np.empty(0, np.uint64), *hashes]))}))


def show_last_night(engine: Engine, names: Iterable[str], before: Path | None, key: bytes | None, renamed: Path | None) -> None:
    """Datasets of the night before as tables, by their ``names`` in STATE. ``key``: what restricted ones may be encrypted with;
    ``renamed``: the old and new person_id (flows/rotation.py) where the site's key has changed since."""
    if renamed:
        engine.register("person_id_map", read_restricted(renamed, key))
    for table in names:
        shown = f"{table}_before" if renamed else table
        show(engine, shown, before, DATASETS[STATE[table]], key)
        if renamed:
            rename_persons(engine, shown, table)
