"""The cookbook: questions with their answers in three languages, from docs/cookbook.yaml."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import yaml

QUESTIONS = Path(__file__).parent / "cookbook.yaml"
WAREHOUSE = "warehouse"
#: What stands above the queries of a language; WAREHOUSE is the only place that they name.
POLARS = f'''
from pathlib import Path

import polars as pl

warehouse = Path("{WAREHOUSE}")


def read(dataset):
    return pl.read_parquet(warehouse / "current" / dataset / "*.parquet")


def read_nights(dataset):
    return pl.read_parquet(warehouse / "as_of=*" / dataset / "*.parquet", hive_partitioning=True)
'''.strip()
PYSPARK = f'''
from pathlib import Path

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

spark = SparkSession.builder.master("local[2]").getOrCreate()
warehouse = Path("{WAREHOUSE}")


def read(dataset):
    return spark.read.parquet(str(warehouse / "current" / dataset))


def read_nights(dataset):
    nights = [str(night / dataset) for night in sorted(warehouse.glob("as_of=*"))]
    return spark.read.option("basePath", str(warehouse)).parquet(*nights)
'''.strip()


def questions() -> list[dict]:
    """en, zh, sql, polars, pyspark; answer: its columns, then its rows as `shown`."""
    return yaml.safe_load(QUESTIONS.read_text(encoding="utf-8"))


def shown(value: str | int | Decimal | date | bool | None) -> str:
    """A cell of an answer, the same in every language."""
    if value is None:
        return ""
    return f"{value:,.2f}" if isinstance(value, Decimal) else str(value)
