"""Between files and the engine: what was read as tables and views, and what Python works out column by column."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from contracts.divisions import STATUSES, place_status
from contracts.site import Site
from flows.ingest import Ingested
from transforms import parquet_views
from transforms.engine import Engine
from transforms.reading import UNREAD
from transforms.reading.likeness import damaged, forms, newborns
from transforms.reading.members import Members, save
from transforms.reading.wanted import Linked


def keep(engine: Engine, done: Ingested, narrowed: bool, linked: str | None = None) -> str:
    """The accepted rows of an extract that speak of persons in question, as a table of its name; beside it a view over
    those of everybody, which are narrow where the table's rows were chosen while reading, and a table of those in quarantine that
    are looked at."""
    dropped = str(done.dropped) if done.dropped else None
    parquet_views.everybody(engine, done.extract.name, [str(p) for p in done.everybody], dropped, linked)
    typed = [str(p) for p in done.parts]
    if done.extract.name in UNREAD:
        columns = UNREAD[done.extract.name]
        parquet_views.unread(
            engine, done.extract.name, columns, [str(p) for p in done.unread], typed, dropped if done.in_doubt else None, linked
        )
    return parquet_views.keep(engine, done.extract.name, typed, dropped, narrowed, linked)


def show(engine: Engine, done: Ingested) -> None:
    """The rows of everybody in an extract, as long as it is not known yet which persons are in question."""
    parquet_views.show(engine, done.extract.name, [str(p) for p in done.parts])


def place_counts(engine: Engine, as_of: date) -> dict[str, int]:
    """How many resident IDs of enrollments are of a place that is known now, was once, is of a province only, or is unknown:
    a soft signal about an extract, never a reason to reject a number (contracts/divisions)."""
    places = pl.from_arrow(engine.table("identifiers/place_count.sql")).with_columns(status=place_status(pl.col("place"), as_of))
    counts = dict(places.group_by("status").agg(pl.col("enrollments").sum()).iter_rows())
    return {f"places_{status}": counts.get(status, 0) for status in STATUSES}


def links(engine: Engine) -> Linked:
    """Which documents are one person's, for lookups without the engine."""
    linked = engine.table("identifiers/person_of_document.sql").combine_chunks()
    return Linked.of(*(linked[c].to_numpy() for c in ("document_key", "person_key")))


def save_wanted(engine: Engine, persons: Members, enrollments: Members, folder: Path) -> None:
    """Who is in question: the table `wanted` for the engine, ``folder`` for the workers."""
    engine.register("wanted", pa.table({"person_key": persons.numbers}))
    save(folder, "persons", persons)
    save(folder, "enrollments", enrollments)


def save_covered(engine: Engine, persons: Iterable[np.ndarray], folder: Path) -> None:
    """Who is plainly covered, as the view `covered_person`."""
    path, schema = folder / "covered.parquet", pa.schema([("person_key", pa.int64())])
    with pq.ParquetWriter(path, schema, compression="lz4", use_dictionary=False) as writer:
        for share in persons:
            writer.write_table(pa.table([share], schema))
    parquet_views.published(engine, "covered_person", path)


def show_quarantine(engine: Engine, everything: Iterable[Ingested]) -> None:
    """All quarantined rows as the view `quarantined_row`, and the files they came from."""
    everything = list(everything)
    parquet_views.quarantine(engine, {d.extract.name: [str(p) for p in d.quarantine] for d in everything if d.quarantine})
    files = [(d.extract.name, s.name, s.number) for d in everything for s in d.files]
    columns = list(zip(*files, strict=True)) or [[]] * 3
    engine.register("source_file", pa.table(dict(zip(("extract", "file", "number"), map(list, columns), strict=True))))


def register_name_forms(engine: Engine) -> None:
    """Comparable forms of the few spellings that differ within a person, as the table `name_form`."""
    engine.register("name_form", forms(pl.from_arrow(engine.table("facts/differing_name.sql"))["psn_name"]).to_arrow())


def register_damaged_numbers(engine: Engine, site: Site) -> None:
    """Rejected enrollments with a damaged number as the table `damaged_number`."""
    rows = pl.from_arrow(engine.table("identifiers/damaged_row.sql"))
    engine.register("damaged_number", damaged(rows, site.drift("enrollment", "gend")).to_arrow())


def register_newborns(engine: Engine) -> None:
    """Enrollments of newborns, with their mother's name and their place among her children, as the table `newborn`."""
    engine.register("newborn", newborns(pl.from_arrow(engine.table("identifiers/newborn_row.sql"))).to_arrow())


def register_candidate_forms(engine: Engine) -> None:
    """Comparable forms of the names that candidates are compared by, as the table `candidate_form`."""
    engine.register("candidate_form", forms(pl.from_arrow(engine.table("identifiers/candidate_spelling.sql"))["psn_name"]).to_arrow())
