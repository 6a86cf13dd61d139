"""The house rules of SQL: one SELECT per file, told by its header, pure in its inputs, and used by the night."""

import json
import re
from pathlib import Path

import duckdb
import pytest
from nights import CHECKOUT, PUBLISHED, arguments_of, run_here, write_few

from contracts import DATASETS
from transforms.engine import SQL_ROOT, Engine

FILES = sorted(str(p.relative_to(SQL_ROOT)) for p in SQL_ROOT.glob("*/*.sql"))
#: Rooms of other commands: `explain` and `whatif` have tests of their own that they use every file.
BESIDE_THE_NIGHT = ("explained/", "compared/", "rekeyed/")
#: Datasets are described by their contract: their header says so and no more.
TOLD = [f for f in FILES if not f.startswith("published/") or f.endswith("reconciliation.sql")]
#: Functions and types that give another answer tonight than last night, or another on the next machine.
UNSTABLE = re.compile(
    r"\b(?:now|today|random|uuid|gen_random_uuid|nextval|arbitrary|first|last|get_current_\w+|approx_\w+)\s*\("
    r"|\bcurrent_(?:date|time|timestamp)\b|\b(?:double|float|real)\b|\b(?:using sample|tablesample)\b",
    re.IGNORECASE,
)


def text_of(file: str) -> str:
    return (SQL_ROOT / file).read_text(encoding="utf-8")


def header_of(file: str) -> str:
    lines = text_of(file).splitlines()
    return " ".join(
        line.removeprefix("--").strip() for line in lines[: next(n for n, line in enumerate(lines) if not line.startswith("--"))]
    )


def statement_of(file: str) -> str:
    return re.sub(r"--[^\n]*", "", text_of(file)).strip().rstrip(";")


def tables_read(statement: str) -> set[str]:
    """Tables a SELECT reads, its own common table expressions aside."""
    tree = json.loads(duckdb.execute("SELECT json_serialize_sql($s)", {"s": statement}).fetchall()[0][0])
    assert not tree["error"], tree
    read, own = set(), set()

    def look(node) -> None:
        if isinstance(node, dict):
            if node.get("type") == "BASE_TABLE":
                # `recurring` is how a recursive expression names its own rows
                read.add(".".join(part for part in (node["schema_name"].replace("recurring", ""), node["table_name"]) if part))
            own.update(entry["key"] for entry in (node.get("cte_map") or {}).get("map", ()))
            for child in node.values():
                look(child)
        elif isinstance(node, list):
            for child in node:
                look(child)

    look(tree)
    return read - own


@pytest.mark.parametrize("file", FILES)
def test_a_file_is_one_select(file):
    (statement,) = duckdb.extract_statements(text_of(file))
    assert statement.type == duckdb.StatementType.SELECT


@pytest.mark.parametrize("file", TOLD)
def test_a_header_says_what_the_table_is_its_grain_and_its_inputs(file):
    header = header_of(file)
    assert re.match(r"[A-Z][^.]{20,}", header) and "grain: one row" in header and "inputs: " in header


@pytest.mark.parametrize("file", TOLD)
def test_the_inputs_in_a_header_are_the_tables_that_are_read(file):
    told = re.search(r"inputs: ((?:[a-z_]+\.)?[a-z_]+(?:,\s*(?:[a-z_]+\.)?[a-z_]+)*)", header_of(file)).group(1)
    assert set(re.split(r",\s*", told.strip())) == tables_read(statement_of(file))


@pytest.mark.parametrize("file", FILES)
def test_nothing_depends_on_the_clock_on_chance_or_on_floats(file):
    assert UNSTABLE.findall(statement_of(file)) == []


@pytest.mark.parametrize("file", FILES)
def test_table_names_are_unique_so_that_no_file_overwrites_another(file):
    stem = Path(file).stem
    same = [f for f in FILES if Path(f).stem == stem and f.startswith("published/") == file.startswith("published/")]
    assert same == [file]


#: Numbers in the order of the ids that they stand for (consequences/timeline.sql).
PLACES = {"enrollment_place": "enrollment_id"}


@pytest.mark.parametrize("name", [d.name for d in DATASETS.values() if (SQL_ROOT / "published" / f"{d.name}.sql").exists()])
def test_a_published_dataset_is_ordered_by_its_whole_key(name):
    """The order of rows is part of the bytes: the last ORDER BY names exactly the key, or the places of its ids."""
    clause = re.split(r"\bORDER BY\b", statement_of(f"published/{name}.sql"))[-1]
    named = [re.sub(r"^\w+\.", "", re.sub(r"\s+NULLS FIRST", "", part.strip())) for part in clause.split(",")]
    assert tuple(PLACES.get(part, part) for part in named) == DATASETS[name].key


@pytest.fixture(scope="module")
def asked_for(tmp_path_factory, key_file) -> list[str]:
    """Every file that a night asks the engine for, in order."""
    root, asked = tmp_path_factory.mktemp("asked"), []
    text = Engine._text
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Engine, "_text", lambda engine, path: asked.append(path) or text(engine, path))
        ran = run_here(arguments_of(write_few(root / "inbox"), root / "warehouse"), ONECOVER_KEY_FILE=str(key_file))
    assert ran.status == PUBLISHED, ran.err
    return list(dict.fromkeys(asked))


def test_the_night_uses_every_file(asked_for):
    assert sorted(asked_for) == [f for f in FILES if not f.startswith(BESIDE_THE_NIGHT)]


def test_a_table_is_built_after_the_tables_it_reads(asked_for):
    built = {Path(f).stem: at for at, f in enumerate(asked_for) if not f.startswith("published/")}
    for file in asked_for:
        at = asked_for.index(file)
        late = {t for t in tables_read(statement_of(file)) if built.get(t, -1) > at}
        assert late == set(), file


def test_sql_stands_in_files_only():
    """Outside the engine, and what shows Parquet files to it, no module of the pipeline spells out a query."""
    query = re.compile(r"\b(SELECT\s.+\sFROM|CREATE (OR REPLACE )?(TABLE|VIEW|MACRO)|INSERT INTO)\b", re.DOTALL)
    modules = [p for room in ("contracts", "policy", "transforms", "expectations", "flows") for p in (CHECKOUT / room).rglob("*.py")]
    assert len(modules) > 30
    assert [
        str(p) for p in modules if p.name not in ("engine.py", "parquet_views.py") and query.search(p.read_text(encoding="utf-8"))
    ] == []
