"""Extracts and earlier nights as tables and views: whose rows they hold, under which key, and what was not published is null."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from transforms.engine import Engine
from transforms.parquet_views import everybody, keep, published, quarantine, unread


@pytest.fixture
def engine(tmp_path) -> Engine:
    engine = Engine(tmp_path, 1 << 30, 2, {})
    yield engine
    engine.close()


def test_kept_rows_are_those_in_question_less_the_dropped(engine, tmp_path):
    folder = tmp_path / "o'clock"
    folder.mkdir()
    paths = [folder / "one.parquet", folder / "two.parquet", folder / "dropped.parquet"]
    pq.write_table(pa.table({"row_id": [1, 2, 3], "person_key": [10, 20, 30]}), paths[0])
    pq.write_table(pa.table({"row_id": [4, 5], "person_key": [10, None]}), paths[1])
    pq.write_table(pa.table({"row_id": [4, 99]}), paths[2])
    engine.register("wanted", pa.table({"person_key": [10, 30, 40]}))
    files = [str(p) for p in paths[:2]]

    def kept(dropped, narrowed) -> list[int]:
        name = f"kept_{narrowed}_{bool(dropped)}".lower()
        assert keep(engine, name, files, dropped, narrowed) == name
        return sorted(row for (row,) in engine.connection.execute(f"SELECT row_id FROM {name}").fetchall())

    assert kept(None, False) == [1, 3, 4]
    assert kept(str(paths[2]), False) == [1, 3]
    assert kept(None, True) == [1, 2, 3, 4, 5], "who is in question was asked while reading"
    assert kept(str(paths[2]), True) == [1, 2, 3, 5]


@pytest.mark.parametrize("linked", [None, "linked"])
def test_unread_rows_are_those_of_their_files_and_those_of_one_key_that_nothing_orders(engine, tmp_path, linked):
    typed, bad, fates = (tmp_path / f"{name}.parquet" for name in ("typed", "bad", "fates"))
    pq.write_table(pa.table({"row_id": [1, 2, 3], "person_key": [10, 20, 30]}), typed)
    pq.write_table(pa.table({"row_id": [4, 5], "person_key": [20, None], "reasons": ["bad_date", "id_masked"]}), bad)
    pq.write_table(pa.table({"row_id": [1, 2], "fate": ["copy", "duplicate_key"]}), fates)
    engine.register("linked", pa.table({"document_key": [20], "person_key": [11], "full_key": [20]}))
    person = 11 if linked else 20
    for files, in_doubt, expected in (
        ([], None, []),
        ([], str(fates), [(2, person, "duplicate_key")]),
        ([str(bad)], str(fates), [(2, person, "duplicate_key"), (4, person, "bad_date"), (5, None, "id_masked")]),
    ):
        unread(engine, "student", ("person_key",), files, [str(typed)], in_doubt, linked)
        assert engine.connection.execute("SELECT row_id, person_key, reasons FROM unread_student ORDER BY row_id").fetchall() == expected


@pytest.mark.parametrize("linked", [None, "linked"])
def test_everybodys_rows_are_seen_under_the_document_and_under_the_person(engine, tmp_path, linked):
    pq.write_table(pa.table({"row_id": [1, 2, 3, 4], "person_key": [10, 20, None, 10]}), tmp_path / "rows.parquet")
    pq.write_table(pa.table({"row_id": [4]}), tmp_path / "dropped.parquet")
    engine.register("linked", pa.table({"document_key": [20, 11], "person_key": [11, 11], "full_key": [21, 11]}))
    everybody(engine, "resident", [str(tmp_path / "rows.parquet")], str(tmp_path / "dropped.parquet"), linked)

    def seen(columns: str, view: str) -> list[tuple]:
        return engine.connection.execute(f"SELECT {columns} FROM {view} ORDER BY row_id").fetchall()

    assert seen("row_id, person_key", "every_resident") == [(1, 10), (2, 20), (3, None)]
    assert seen("row_id, person_key", "read_resident") == [(1, 10), (2, 20), (3, None), (4, 10)], "and which of them is dropped:"
    assert seen("row_id", "dropped_resident") == [(4,)]
    person, document = (11, 21) if linked else (20, 20)
    assert seen("row_id, person_key, document_key", "everybody_resident") == [(1, 10, 10), (2, person, document), (3, None, None)]


def test_refused_rows_of_all_extracts_are_one_view_even_where_there_are_none(engine, tmp_path):
    quarantine(engine, {})
    assert engine.count("quarantined_row") == 0
    raw = pa.array([[("certno", None), ("gend", "7")]], pa.map_(pa.string(), pa.string()))
    table = pa.table({"row_id": [7], "reasons": [["unknown_code"]], "columns": [["gend"]], "raw": raw})
    pq.write_table(table, tmp_path / "r.parquet")
    quarantine(engine, {"enrollment": [str(tmp_path / "r.parquet")], "death": [str(tmp_path / "r.parquet")]})
    found = engine.connection.execute(
        "SELECT extract, row_id, reasons, columns, raw['gend'] FROM quarantined_row ORDER BY extract"
    ).fetchall()
    assert found == [("death", 7, ["unknown_code"], ["gend"], "7"), ("enrollment", 7, ["unknown_code"], ["gend"], "7")]


def test_documents_are_looked_up_without_holding_the_rows_that_name_them(engine, tmp_path):
    """The first file makes all look small; still it is the table of documents that memory holds, never the contributions."""
    files = []
    for n, rows in enumerate((1, 50_000, 50_000)):
        files.append(tmp_path / f"{n}.parquet")
        pq.write_table(pa.table({"row_id": range(n * 100_000, n * 100_000 + rows), "person_key": range(rows)}), files[-1])
    engine.register("linked", pa.table({"document_key": range(2_000), "person_key": range(2_000), "full_key": range(2_000)}))
    name = keep(engine, "contribution", [str(f) for f in files], None, narrowed=True, linked="linked")
    [(_, plan)] = engine.connection.execute(f"EXPLAIN SELECT * FROM {name}").fetchall()
    assert "LEFT" in plan and "RIGHT" not in plan


def test_what_an_earlier_version_did_not_publish_is_null(engine, tmp_path):
    pq.write_table(pa.table({"name": ["a"]}), tmp_path / "before.parquet")
    schema = pa.schema([("name", pa.string()), ("day", pa.date32()), ("yuan", pa.decimal128(12, 2))])
    published(engine, "before", tmp_path / "before.parquet", schema=schema)
    found = engine.connection.sql("SELECT * FROM before").to_arrow_table()
    assert found.schema.types == schema.types and found.to_pylist() == [{"name": "a", "day": None, "yuan": None}]
