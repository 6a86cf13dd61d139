"""The one door to DuckDB: a connection with stated limits, and named SELECTs from .sql files turned into tables."""

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

import duckdb
import pyarrow as pa

ROOMS = Path(__file__).parent
_PARAMETER = re.compile(r"\$([a-z_]+)")
_COMMENT = re.compile(r"--[^\n]*")


class Engine:
    """A DuckDB database of one night. ``parameters`` are the values that any .sql file may name as ``$name``."""

    def __init__(self, spill: Path, memory: int, threads: int, parameters: Mapping[str, object]):
        self.parameters = dict(parameters)
        self.connection = duckdb.connect(
            ":memory:",
            config={
                "memory_limit": f"{memory}B",
                "threads": threads,
                "temp_directory": str(spill),
                # nothing is fetched at run time, and a typo never finds a Python variable
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
                "python_enable_replacements": False,
                # every table that is published is ordered by its key when it is written
                "preserve_insertion_order": False,
            },
        )

    def secret(self, key: bytes) -> None:
        """Define ``keyed_hash(text)``, the first 128 bits in hex of HMAC-SHA-256 (RFC 2104) with ``key``."""
        block = (hashlib.sha256(key).digest() if len(key) > 64 else key).ljust(64, b"\0")
        for name, pad in (("inner_pad", 0x36), ("outer_pad", 0x5C)):
            self.connection.execute(f"SET VARIABLE {name} = unhex('{bytes(b ^ pad for b in block).hex()}')")
        self.connection.execute(
            "CREATE MACRO keyed_hash(t) AS sha256(getvariable('outer_pad') || unhex(sha256(getvariable('inner_pad') || encode(t))))[1:32]"
        )

    def keep(self, name: str, files: list[str], dropped: str | None, narrowed: bool) -> str:
        """The typed rows of an extract, from Parquet files that this night wrote itself, less the rows that
        ``dropped`` names and, unless they are ``narrowed`` already, those of persons who are not in question (table ``wanted``)."""
        chosen = "" if narrowed else " WHERE person_key IN (SELECT person_key FROM wanted)"
        rows = f"SELECT * FROM read_parquet({_literal(files)}){chosen}"
        if dropped:
            rows = f"SELECT * FROM ({rows}) WHERE row_id NOT IN (SELECT row_id FROM read_parquet({_literal([dropped])}))"
        self.connection.execute(f"CREATE OR REPLACE {'VIEW' if narrowed else 'TABLE'} {name} AS {rows}")
        return name

    def refused(self, files: Mapping[str, list[str]]) -> None:
        """The view ``refused``: rejected rows of every extract, from the quarantine parts this night wrote itself."""
        empty = "SELECT NULL::VARCHAR AS extract, 0::BIGINT AS row_id, []::VARCHAR[] AS reasons, []::VARCHAR[] AS columns, MAP {}::MAP(VARCHAR, VARCHAR) AS raw WHERE false"
        parts = [
            f"SELECT '{extract}', row_id, reasons, columns, raw FROM read_parquet({_literal(paths)})" for extract, paths in files.items()
        ]
        self.connection.execute("CREATE OR REPLACE VIEW refused AS " + " UNION ALL ".join([empty, *parts]))

    def published(self, name: str, file: Path) -> None:
        """A view over a dataset of an earlier night."""
        self.connection.execute(
            f"CREATE OR REPLACE VIEW {name} AS SELECT * FROM read_parquet({_literal([str(file)])}, hive_partitioning = false)"
        )

    def register(self, name: str, table: pa.Table) -> None:
        """A small table of policy or settings."""
        self.connection.register(f"_{name}", table)
        self.connection.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM _{name}")
        self.connection.unregister(f"_{name}")

    def build(self, path: str) -> str:
        """Run ``room/table.sql`` and keep its rows as table ``table``; returns the name."""
        name = Path(path).stem
        self.connection.execute(f"CREATE OR REPLACE TABLE {name} AS {self._text(path)}", self._named(path))
        return name

    def define(self, path: str) -> None:
        """Make ``room/view.sql``, which names no parameter, the view ``view``."""
        self.connection.execute(f"CREATE OR REPLACE VIEW {Path(path).stem} AS {self._text(path)}")

    def rows(self, path: str) -> list[dict]:
        """Run a small SELECT and return its rows."""
        return self.connection.sql(self._text(path), params=self._named(path)).to_arrow_table().to_pylist()

    def batches(self, path: str, size: int = 122_880) -> pa.RecordBatchReader:
        """Run a SELECT on a connection of its own and stream its rows; several may be read at once."""
        return self.connection.cursor().sql(self._text(path), params=self._named(path)).to_arrow_reader(size)

    def count(self, table: str) -> int:
        return self.connection.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0]

    def drop(self, *tables: str) -> None:
        for table in tables:
            self.connection.execute(f"DROP TABLE IF EXISTS {table}")

    def close(self) -> None:
        self.connection.close()

    def _text(self, path: str) -> str:
        return (ROOMS / path if not Path(path).is_absolute() else Path(path)).read_text(encoding="utf-8").rstrip().rstrip(";")

    def _named(self, path: str) -> dict[str, object]:
        wanted = set(_PARAMETER.findall(_COMMENT.sub("", self._text(path))))
        return {name: self.parameters[name] for name in wanted}


def _literal(files: list[str]) -> str:
    return "[" + ", ".join("'" + f.replace("'", "''") + "'" for f in files) + "]"
