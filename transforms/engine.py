"""The one door to DuckDB: a connection with stated limits, and named SELECTs from .sql files turned into tables."""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import wraps
from pathlib import Path
from typing import TypeVar
from weakref import WeakSet

import duckdb
import pyarrow as pa

SQL_ROOT = Path(__file__).parent
#: Expressions that several statements share.
MACROS = SQL_ROOT / "macros.sql"
#: Bytes that the build sides of joins (in this engine the right ones) take for each row of decisions, mostly ids. One share of them
#: may take a third of the memory.
_BESIDE_ROW = 300
#: Rows that leave the engine together.
BATCH = 122_880
LIST_OF_TABLES = "SELECT table_schema AS schema, table_name AS dataset FROM information_schema.tables ORDER BY ALL"
_PARAMETER = re.compile(r"\$([a-z_]+)")
_COMMENT = re.compile(r"--[^\n]*")
#: What a question to the engine gives.
_Answer = TypeVar("_Answer")

#: Errors that speak of the question and of no row.
_OF_THE_QUESTION = (
    duckdb.ParserException, duckdb.SyntaxException, duckdb.BinderException, duckdb.CatalogException, duckdb.PermissionException,
    duckdb.NotImplementedException, duckdb.IOException,
)  # fmt: skip


#: Engines of this process.
_OPEN: WeakSet["Engine"] = WeakSet()


class Unanswerable(Exception):
    """The SQL that a person typed cannot be run; the message quotes no row."""


def _interruptible(method: Callable[..., _Answer]) -> Callable[..., _Answer]:
    """What the engine makes of Ctrl-C and SIGTERM inside a query is an interruption again, which everybody knows how to treat."""

    @wraps(method)
    def asked(*these: object, **more: object) -> _Answer:
        try:
            return method(*these, **more)
        except RuntimeError as error:
            if str(error) == "Query interrupted":
                raise KeyboardInterrupt from None
            raise

    return asked


class Engine:
    """A DuckDB database of one night. ``parameters`` are the values that any .sql file may name as ``$name``."""

    def __init__(self, spill: Path, memory: int, threads: int, parameters: Mapping[str, object]):
        _OPEN.add(self)
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
        # the right side of a join is the one that memory holds, as written in the .sql files: the optimizer estimates the rows of a file
        # five times too low, and would hold the contributions of a province in memory to look up a few documents
        self.connection.execute("SET disabled_optimizers = 'build_side_probe_side'")
        self.connection.execute(MACROS.read_text(encoding="utf-8"))
        _take_share(self.connection, 0, 1)

    def limit(self, memory: int) -> None:
        """Set the memory limit to so many bytes; what exceeds it goes to the spill folder."""
        self.connection.execute(f"SET memory_limit = '{memory}B'")

    def secret(self, key: bytes) -> None:
        """Define ``keyed_hash(text)``, the first 128 bits in hex of HMAC-SHA-256 (RFC 2104) with ``key``."""
        block = (hashlib.sha256(key).digest() if len(key) > 64 else key).ljust(64, b"\0")
        for name, pad in (("inner_pad", 0x36), ("outer_pad", 0x5C)):
            self.connection.execute(f"SET VARIABLE {name} = unhex('{bytes(b ^ pad for b in block).hex()}')")
        self.connection.execute(
            "CREATE MACRO keyed_hash(t) AS sha256(getvariable('outer_pad') || unhex(sha256(getvariable('inner_pad') || encode(t))))[1:32]"
        )

    @_interruptible
    def run(self, statement: str) -> None:
        """A statement that a module of ours wrote."""
        self.connection.execute(statement)

    @_interruptible
    def columns(self, rows: str) -> list[str]:
        """The names of the columns of a SELECT."""
        return self.connection.sql(rows).columns

    @contextmanager
    def within(self, schema: str) -> Iterator[None]:
        """Tables that are built go into ``schema``, and are found there first: the same .sql file over other rows."""
        self.connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
        self.connection.execute(f"SET search_path = '{schema},main'")
        try:
            yield
        finally:
            self.connection.execute("SET search_path = 'main'")

    @_interruptible
    def register(self, name: str, table: pa.Table) -> None:
        """A small table of policy or settings."""
        self.connection.register("_registered", table)
        self.connection.execute(f"CREATE OR REPLACE TABLE {quoted(name)} AS FROM _registered")
        self.connection.unregister("_registered")

    @_interruptible
    def build(self, path: str, name: str = "", shares: int = 1) -> str:
        """Run ``topic/table.sql`` and keep its rows as table ``table``, or under another ``name``; returns the name.

        ``shares``, a power of two: run it for so many shares of the persons, one after the other; its text asks in_share(person_key).
        """
        name = name or Path(path).stem
        for share in range(shares):
            _take_share(self.connection, share, shares)
            into = f"INSERT INTO {name}" if share else f"CREATE OR REPLACE TABLE {name} AS"
            self.connection.execute(f"{into} {self._text(path)}", self._named(path))
        _take_share(self.connection, 0, 1)
        return name

    def define(self, path: str) -> None:
        """Make ``topic/view.sql``, which names no parameter, the view ``view``."""
        self.connection.execute(f"CREATE OR REPLACE VIEW {Path(path).stem} AS {self._text(path)}")

    def rows(self, path: str) -> list[dict]:
        """Run a small SELECT and return its rows."""
        return self.table(path).to_pylist()

    @_interruptible
    def table(self, path: str) -> pa.Table:
        """Run a SELECT whose rows Python works on column by column."""
        return self.connection.sql(self._text(path), params=self._named(path)).to_arrow_table()

    def batches(self, path: str, size: int = BATCH, share: int = 0, shares: int = 1) -> pa.RecordBatchReader:
        """Run a SELECT on a connection of its own and stream its rows, ``size`` at a time; several may be read at once. Of several
        ``shares`` (`build`) the rows of one."""
        connection = self.connection.cursor()
        _take_share(connection, share, shares)
        return connection.sql(self._text(path), params=self._named(path)).to_arrow_reader(size)

    def confine(self, files: Sequence[Path]) -> None:
        """From now on only ``files`` can be read, none written, and nothing of this can be undone."""
        self.connection.execute(f"SET allowed_paths = {literal([str(file) for file in files])}")
        self.connection.execute("SET enable_external_access = false")
        self.connection.execute("SET lock_configuration = true")

    @_interruptible
    def answer(self, question: str) -> str:
        """What a person asks in SQL; the rows of each statement as a table of text."""
        try:
            statements = duckdb.extract_statements(question)
            if any(statement.type == duckdb.StatementType.SET for statement in statements):
                raise Unanswerable("the settings of the engine are fixed; ask a question")
            rows = [self.connection.sql(statement.query) for statement in statements]
            return "\n".join(str(found).rstrip() for found in rows if found is not None)
        except _OF_THE_QUESTION as error:
            raise Unanswerable(str(error).splitlines()[0]) from None
        except duckdb.Error as error:  # its message may quote the row on which the question fails
            raise Unanswerable(
                f"{type(error).__name__}: a value does not go through what is asked of it; try_cast passes over it"
            ) from None

    @_interruptible
    def count(self, table: str) -> int:
        return self.connection.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0]

    @_interruptible
    def set_aside(self, table: str, persons: str) -> None:
        """Take the rows of ``persons``, a table with person_key, out of ``table``."""
        self.connection.execute(f"DELETE FROM {table} WHERE person_key IN (SELECT person_key FROM {persons})")

    def drop(self, *tables: str) -> None:
        """Give back the memory of tables, which must be there: one under another name would be kept for nothing."""
        for table in tables:
            self.connection.execute(f"DROP TABLE {table}")

    def close(self) -> None:
        self.connection.close()

    def _text(self, path: str) -> str:
        return (SQL_ROOT / path).read_text(encoding="utf-8").rstrip().rstrip(";")

    def _named(self, path: str) -> dict[str, object]:
        wanted = set(_PARAMETER.findall(_COMMENT.sub("", self._text(path))))
        return {name: self.parameters[name] for name in wanted}


def interrupt() -> None:
    """Let the queries of every engine end at once: else one that the interruption has met is waited for. For a signal's handler."""
    for engine in list(_OPEN):
        with suppress(AttributeError, duckdb.Error):  # it is only just made, or closed
            engine.connection.interrupt()


def shares_of(rows: int, memory: int) -> int:
    """In how many shares a table of so many ``rows`` is built, so that ``memory``, in bytes, holds what is joined to them."""
    return 1 << (3 * rows * _BESIDE_ROW // memory).bit_length()


def _take_share(connection: duckdb.DuckDBPyConnection, share: int, shares: int) -> None:
    connection.execute(f"SET VARIABLE share = {share}")
    connection.execute(f"SET VARIABLE shares = {shares}")


def quoted(name: str) -> str:
    """A name that may be a word of SQL, as ``overlaps`` is, with the schema before it, if any."""
    return ".".join(f'"{part}"' for part in name.split("."))


def literal(files: Sequence[str]) -> str:
    """Names of files as a list in SQL."""
    return "[" + ", ".join("'" + f.replace("'", "''") + "'" for f in files) + "]"
