"""The one door to DuckDB: parameters by name, limits that hold, nothing fetched, and a keyed hash that is HMAC."""

import hashlib
import hmac
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from transforms.engine import Engine, shares_of
from transforms.identifiers.mod11 import check_value

AS_OF = date(2026, 11, 22)


def open_engine(folder: Path, memory: int = 1 << 30, **parameters) -> Engine:
    return Engine(folder, memory, 2, {"as_of": AS_OF, "min_overlap_days": 1} | parameters)


@pytest.fixture
def engine(tmp_path) -> Engine:
    engine = open_engine(tmp_path)
    yield engine
    engine.close()


@pytest.fixture
def sql(tmp_path):
    """`sql(name, text)`: a .sql file of one's own; its path."""

    def write(name: str, text: str) -> str:
        path = tmp_path / f"{name}.sql"
        path.write_text(text, encoding="utf-8")
        return str(path)

    return write


# the keyed hash ---------------------------------------------------------------------------------------------------------
@settings(max_examples=40, deadline=None)
@given(key=st.binary(min_size=1, max_size=200), text=st.text(max_size=40))
@example(key=b"k" * 64, text="379901198506170017")
@example(key=b"k" * 65, text="379901198506170017")
@example(key=b"\0" * 16, text="")
@example(key=b"key", text="passport:DEU C01X00T47 䶮")
def test_keyed_hash_is_the_first_128_bits_of_hmac_sha_256(tmp_path_factory, key, text):
    engine = open_engine(tmp_path_factory.mktemp("hash"), text=text.replace("\0", ""))
    engine.secret(key)
    expected = hmac.new(key, text.replace("\0", "").encode(), hashlib.sha256).hexdigest()[:32]
    assert engine.connection.execute("SELECT keyed_hash($t)", {"t": text.replace("\0", "")}).fetchall() == [(expected,)]
    engine.close()


# the macros -------------------------------------------------------------------------------------------------------------
@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(10**16, 10**17 - 1), min_size=1, max_size=50))
def test_a_certificate_number_is_its_key_with_the_check_character(tmp_path_factory, keys):
    engine = open_engine(tmp_path_factory.mktemp("numbers"))
    engine.register("number", pa.table({"key": keys}))
    checked = [f"{key}{'X' if value == 10 else value}" for key, value in zip(keys, check_value(np.array(keys)), strict=True)]
    assert engine.connection.execute("SELECT certificate_number(key, NULL) FROM number").fetchall() == [(number,) for number in checked]
    assert engine.connection.execute("SELECT certificate_number(-1, 'AB1')").fetchall() == [("AB1",)]
    engine.close()


def test_a_month_is_that_of_its_first_and_of_its_last_day(engine):
    asked = "SELECT month_of(first_day(m)), month_of(first_day(m + 1) - 1), month_text(m) FROM (SELECT unnest([24311, 24312]) AS m)"
    assert engine.connection.execute(asked).fetchall() == [(24311, 24311, "2025-12"), (24312, 24312, "2026-01")]


def test_nothing_has_no_hash(engine):
    engine.secret(b"0123456789abcdef")
    assert engine.connection.execute("SELECT keyed_hash(NULL)").fetchall() == [(None,)]


# parameters ---------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("value", "type_"),
    [(AS_OF, "DATE"), (3, "INTEGER"), (True, "BOOLEAN"), ("'; DROP TABLE kept; --", "VARCHAR"), (Decimal("724.00"), "DECIMAL(5,2)")],
)
def test_a_parameter_arrives_as_the_value_it_is(tmp_path, sql, value, type_):
    engine = open_engine(tmp_path, given=value)
    engine.register("kept", pa.table({"n": [1]}))
    rows = engine.rows(sql("said", "SELECT $given AS said, typeof($given) AS kind FROM kept"))
    assert rows == [{"said": value, "kind": type_}]
    assert engine.count("kept") == 1
    engine.close()


def test_a_parameter_that_the_night_does_not_have_is_an_error_before_anything_runs(engine, sql):
    with pytest.raises(KeyError, match="as_off"):
        engine.build(sql("wrong", "SELECT $as_off AS day"))
    with pytest.raises(duckdb.CatalogException):
        engine.count("wrong")


def test_a_parameter_named_in_a_comment_is_not_asked_for(engine, sql):
    assert engine.rows(sql("commented", "-- as $somebody said\nSELECT $as_of AS day -- not $other")) == [{"day": AS_OF}]


def test_a_query_gets_only_the_parameters_that_it_names(engine, sql):
    """DuckDB refuses values that a statement does not ask for."""
    assert engine.rows(sql("none", "SELECT 1 AS n")) == [{"n": 1}]


# tables -------------------------------------------------------------------------------------------------------------------
def test_a_file_becomes_the_table_of_its_name_and_again_replaces_it(engine, sql):
    assert engine.build(sql("spell", "SELECT range AS n FROM range(5);\n")) == "spell"
    assert engine.count("spell") == 5
    engine.build(sql("spell", "SELECT 1 AS n"))
    assert engine.count("spell") == 1
    engine.drop("spell")
    with pytest.raises(duckdb.CatalogException):
        engine.count("spell")
    with pytest.raises(duckdb.CatalogException, match="never_there"):
        engine.drop("never_there")


def test_a_table_is_built_of_shares_that_are_all_its_rows_once(engine, sql):
    engine.register("person", pa.table({"person_key": pa.array([*range(-50, 50)], pa.int64())}))
    path = sql("spell", "SELECT person_key FROM person WHERE in_share(person_key)")
    engine.build(path, shares=4)
    assert engine.count("spell") == 100
    parts = [[n for batch in engine.batches(path, share=share, shares=4) for n in batch.column(0).to_pylist()] for share in range(4)]
    assert sorted(sum(parts, [])) == [*range(-50, 50)] and all(parts)
    engine.build(path)
    assert engine.count("spell") == 100


def test_the_more_rows_and_the_less_memory_the_more_shares():
    shares = [shares_of(rows, 1 << 30) for rows in (0, 100_000, 1_500_000, 12_000_000)]
    assert shares == [1, 1, 2, 16]
    assert shares_of(12_000_000, 1 << 32) == 4


def test_tables_are_built_in_the_order_in_which_they_are_asked_for(engine, sql):
    engine.register("start", pa.table({"n": [1, 2, 3]}))
    second = sql("second", "SELECT n + 1 AS n FROM first")
    with pytest.raises(duckdb.CatalogException, match="first"):
        engine.build(second)
    engine.build(sql("first", "SELECT n * 10 AS n FROM start"))
    engine.build(second)
    assert engine.rows(sql("all", "SELECT n FROM second ORDER BY n")) == [{"n": 11}, {"n": 21}, {"n": 31}]


def test_a_registered_table_is_copied_and_replaced(engine):
    engine.register("rule", pa.table({"rule_id": ["a"]}))
    engine.register("rule", pa.table({"rule_id": ["b", "c"]}))
    assert engine.count("rule") == 2


def test_rows_are_streamed_in_order_and_several_queries_at_once(engine, sql):
    engine.register("numbers", pa.table({"n": list(range(300_000))}))
    path = sql("ordered", "SELECT n FROM numbers ORDER BY n DESC")

    def read(_) -> list[int]:
        return [n for batch in engine.batches(path, 50_000) for n in batch.column(0).to_pylist()]

    with ThreadPoolExecutor(3) as pool:
        for found in pool.map(read, range(3)):
            assert found == list(range(299_999, -1, -1))
    sizes = [batch.num_rows for batch in engine.batches(path, 50_000)]
    assert len(sizes) > 1 and max(sizes) < 300_000


# limits and seals ---------------------------------------------------------------------------------------------------------
def setting(engine: Engine, name: str):
    return engine.connection.execute("SELECT current_setting($n)", {"n": name}).fetchall()[0][0]


def test_memory_threads_and_spill_are_those_asked_for(tmp_path):
    engine = Engine(tmp_path, 512 << 20, 1, {})
    assert setting(engine, "memory_limit") == "512.0 MiB"
    assert setting(engine, "threads") == 1
    assert setting(engine, "temp_directory") == str(tmp_path)
    engine.limit(256 << 20)
    assert setting(engine, "memory_limit") == "256.0 MiB"
    engine.close()


def test_more_than_the_memory_goes_to_the_spill_folder_and_is_gone_with_the_engine(tmp_path, sql):
    spill = tmp_path / "spill"
    spill.mkdir()
    engine = Engine(spill, 96 << 20, 1, {})
    engine.build(sql("large", "SELECT range AS n, md5(CAST(range AS VARCHAR)) AS h FROM range(3_000_000) ORDER BY h"))
    assert engine.count("large") == 3_000_000
    assert sum(p.stat().st_size for p in spill.rglob("*")) > 64 << 20
    engine.close()
    assert not list(spill.rglob("*.tmp"))


def test_nothing_is_fetched(engine):
    assert setting(engine, "autoinstall_known_extensions") is False
    assert setting(engine, "autoload_known_extensions") is False
    with pytest.raises(duckdb.Error, match="httpfs"):
        engine.connection.execute("SELECT * FROM read_parquet('https://192.0.2.1/terminations.parquet')")


def test_a_table_is_never_a_variable_of_the_program(engine):
    enrolment = pa.table({"n": [1]})
    assert enrolment.num_rows == 1
    with pytest.raises(duckdb.CatalogException, match="enrolment"):
        engine.connection.execute("SELECT * FROM enrolment")
