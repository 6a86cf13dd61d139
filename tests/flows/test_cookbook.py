"""Every query of the cookbook gives the answer that is printed beside it, on the night of the sample."""

import shutil
from pathlib import Path

import pytest

from docs.cookbook import POLARS, PYSPARK, WAREHOUSE, questions, shown
from flows.explore import opened

QUESTIONS = questions()
NAMED = [q["en"] for q in QUESTIONS]


def table(columns: list[str], rows: list[tuple]) -> list[list[str]]:
    return [list(columns), *[[shown(value) for value in row] for row in rows]]


def answered(code: str, preamble: str, warehouse: Path):
    names: dict = {}
    exec(preamble.replace(f'"{WAREHOUSE}"', repr(str(warehouse))), names)
    exec(code, names)
    return names["answer"]


def test_there_are_twenty_with_an_answer_each():
    assert len(QUESTIONS) == 20 == len(set(NAMED))
    assert all(len(q["answer"]) > 1 and q["zh"] for q in QUESTIONS)


@pytest.mark.parametrize("q", QUESTIONS, ids=NAMED)
def test_in_sql(published, q):
    with opened(published, None, restricted=False) as engine:
        found = engine.connection.sql(q["sql"])
        assert table(found.columns, found.fetchall()) == q["answer"]


@pytest.mark.parametrize("q", QUESTIONS, ids=NAMED)
def test_in_polars(published, q):
    found = answered(q["polars"], POLARS, published)
    assert table(found.columns, found.rows()) == q["answer"]


@pytest.mark.long
def test_in_pyspark(published):
    """Not among the locked packages: run where somebody has installed it, with Java."""
    pytest.importorskip("pyspark", reason="PySpark is not installed here")
    if not shutil.which("java"):
        pytest.skip("no Java here")
    wrong = []
    for q in QUESTIONS:
        found = answered(q["pyspark"], PYSPARK, published)
        if table(found.columns, found.collect()) != q["answer"]:
            wrong.append(q["en"])
    assert wrong == []
