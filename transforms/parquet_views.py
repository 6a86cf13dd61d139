"""Tables and views over Parquet files: extracts as this night typed them, and datasets that earlier nights published."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa

from transforms.engine import Engine, literal, quoted


def keep(engine: Engine, name: str, files: list[str], dropped: str | None, narrowed: bool, linked: str | None = None) -> str:
    """The typed rows of an extract, from Parquet files that this night wrote itself, less the rows that
    ``dropped`` names and, unless they are ``narrowed`` already, those of persons who are not in question (table ``wanted``).

    ``linked``: the table that says which documents are one person's; None where no two are. Then ``person_key``, the key
    of the document in the files, is that of the person, and the document's is ``document_key``.
    """
    read = f"SELECT * FROM read_parquet({literal(files)})"
    rest = f"row_id NOT IN (SELECT row_id FROM read_parquet({literal([dropped])}))" if dropped else "true"
    rows = read if narrowed else f"{read} WHERE person_key IN (SELECT person_key FROM wanted)"
    rows = f"SELECT * FROM ({rows}) WHERE {rest}"
    engine.run(f"CREATE OR REPLACE {'VIEW' if narrowed else 'TABLE'} {name} AS {_of_persons(engine, rows, linked)}")
    return name


def unread(
    engine: Engine, name: str, columns: Sequence[str], files: list[str], typed: list[str], in_doubt: str | None, linked: str | None = None
) -> None:
    """The rows of an extract in quarantine that were typed as far as they can be read, as the table ``unread_<name>``: ``columns`` of
    those in ``files``, and of the ``typed`` ones those of one key that nothing orders, if ``in_doubt`` names any."""
    nothing = f"SELECT row_id, {', '.join(columns)}, '' AS reasons FROM read_parquet({literal(typed)})"
    rows = [f"SELECT * FROM read_parquet({literal(files)})"] if files else [f"{nothing} WHERE false"]
    if in_doubt:
        of_one_key = f"SELECT row_id FROM read_parquet({literal([in_doubt])}) WHERE fate = 'duplicate_key'"
        rows.append(f"SELECT * REPLACE ('duplicate_key' AS reasons) FROM ({nothing}) WHERE row_id IN ({of_one_key})")
    engine.run(f"CREATE OR REPLACE TABLE unread_{name} AS {_of_persons(engine, ' UNION ALL BY NAME '.join(rows), linked)}")


def show(engine: Engine, name: str, files: list[str]) -> None:
    """The typed rows of an extract as they are in the files, as the view ``read_<name>``."""
    engine.run(f"CREATE OR REPLACE VIEW read_{name} AS SELECT * FROM read_parquet({literal(files)})")


def _of_persons(engine: Engine, rows: str, linked: str | None) -> str:
    """``rows`` with the key of the person in place of the document's, wherever a column ends in person_key. A row that says its passport
    is China's (``is_chinese``) is none of a foreign one's that is known by the same number (docs/decisions/0031)."""
    columns = engine.columns(rows)
    keys = [column for column in columns if column.endswith("person_key")]
    of_one = "person_key" in columns
    if linked is None or not keys:
        return f"SELECT *, person_key AS document_key FROM ({rows})" if of_one else rows
    document = ", coalesce(by_person_key.full_key, r.person_key) AS document_key" if of_one else ""
    of_person = ", ".join(f"coalesce(by_{k}.person_key, r.{k}) AS {k}" for k in keys)
    own = " AND NOT (r.is_chinese AND by_{k}.full_key <> by_{k}.document_key)" if "is_chinese" in columns else ""
    joins = " ".join(f"LEFT JOIN {linked} by_{k} ON by_{k}.document_key = r.{k}{own.format(k=k)}" for k in keys)
    return f"SELECT r.* REPLACE ({of_person}){document} FROM ({rows}) r {joins}"


def everybody(engine: Engine, name: str, files: list[str], dropped: str | None, linked: str | None = None) -> None:
    """Views over the rows of everybody. ``read_<name>``: as they are in the files; whoever looks for a few takes those away that
    stand in ``dropped_<name>``. ``every_<name>``: without the dropped, a lookup for each row. ``everybody_<name>``: the same
    with the key of the person in place of the document's, another lookup for each row."""
    drops = f"SELECT row_id FROM read_parquet({literal([dropped])})" if dropped else "SELECT 0::BIGINT AS row_id WHERE false"
    engine.run(f"CREATE OR REPLACE TABLE dropped_{name} AS {drops}")
    show(engine, name, files)
    rest = f" WHERE row_id NOT IN (SELECT row_id FROM dropped_{name})" if dropped else ""
    engine.run(f"CREATE OR REPLACE VIEW every_{name} AS SELECT * FROM read_{name}{rest}")
    engine.run(f"CREATE OR REPLACE VIEW everybody_{name} AS {_of_persons(engine, f'SELECT * FROM every_{name}', linked)}")


def quarantine(engine: Engine, files: Mapping[str, list[str]]) -> None:
    """The view ``quarantined_row``: quarantined rows of every extract, from the quarantine parts this night wrote itself."""
    empty = "SELECT NULL::VARCHAR AS extract, 0::BIGINT AS row_id, []::VARCHAR[] AS reasons, []::VARCHAR[] AS columns, MAP {}::MAP(VARCHAR, VARCHAR) AS raw WHERE false"
    parts = [f"SELECT '{extract}', row_id, reasons, columns, raw FROM read_parquet({literal(paths)})" for extract, paths in files.items()]
    engine.run("CREATE OR REPLACE VIEW quarantined_row AS " + " UNION ALL ".join([empty, *parts]))


def published(engine: Engine, name: str, *files: Path, schema: pa.Schema | None = None) -> None:
    """A view over a dataset on disk, of an earlier night or of this one; columns of ``schema`` that an earlier version did not publish are null."""
    rows = f"FROM read_parquet({literal([str(file) for file in files])}, hive_partitioning = false)"
    missing = ""
    if schema:
        there, known = engine.columns(rows), engine.connection.from_arrow(schema.empty_table())
        missing = "".join(f", NULL::{kind} AS {quoted(c)}" for c, kind in zip(known.columns, known.types, strict=True) if c not in there)
    engine.run(f"CREATE OR REPLACE VIEW {quoted(name)} AS SELECT *{missing} {rows}")


def rename_persons(engine: Engine, table: str, name: str) -> None:
    """The view ``name`` over ``table`` with new ids for persons, by the table ``person_id_map``, wherever a column ends in
    person_id."""
    ids = [column for column in engine.columns(f"FROM {table}") if column.endswith("person_id")]
    renamed = ", ".join(f"coalesce(by_{i}.new_person_id, t.{i}) AS {i}" for i in ids)
    joins = " ".join(f"LEFT JOIN person_id_map by_{i} ON by_{i}.old_person_id = t.{i}" for i in ids)
    engine.run(f"CREATE OR REPLACE VIEW {name} AS SELECT t.* REPLACE ({renamed}) FROM {table} t {joins}")


def over_nights(engine: Engine, name: str, *files: Path) -> None:
    """A view over one dataset of several nights, with ``as_of`` from the names of their folders; a column that an
    earlier night did not have yet is null there."""
    if "." in name:
        engine.run(f"CREATE SCHEMA IF NOT EXISTS {name.split('.')[0]}")
    parts, nights = literal([str(file) for file in files]), "hive_partitioning = true, hive_types = {'as_of': DATE}"
    engine.run(f"CREATE OR REPLACE VIEW {name} AS SELECT * FROM read_parquet({parts}, {nights}, union_by_name = true)")
