"""``python -m bench.skew --persons N``: nights over extracts that are crowded in one place, at N and at twice N persons.

Of the generated inbox a tenth of all rows is given one number; or ten thousand enrollments (and twice as many) are given to
one person, or to persons with fifty each, the most that is decided about; or everybody lives, works and is insured in one area.
Whole processes; linear is twice the time for twice the rows, and no more than the plain inbox of the same size takes.
"""

import argparse
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb

from bench.__main__ import OUT, generated, night_over
from bench.measuring import Measured

#: From an extract and its columns to a SELECT of its rows, over the view ``original``, which numbers them.
Rows = Callable[[str, list[str]], str]
#: Enrollments of the long histories for each person of the smaller inbox.
OF_LONG_HISTORIES = 10_000
PERSON = ("psn_cert_type", "certno", "psn_name")
AREAS = ("insu_admdvs", "poolarea_no", "hsreg_admdvs", "live_admdvs", "permit_admdvs", "school_admdvs", "admdvs")


def as_it_is(extract: str, columns: list[str]) -> str:
    return "SELECT * FROM original"


def one_number(extract: str, columns: list[str]) -> str:
    """A tenth of the rows of the great extracts: of the person who stands first."""
    if extract not in ("enrollment", "contribution", "resident"):
        return "SELECT * FROM original"
    whose = ", ".join(f"if(n % 10 = 0, first.{c}, original.{c}) AS {c}" for c in PERSON)
    return f"SELECT original.* REPLACE ({whose}) FROM original, first"


def long_histories(enrollments: int, each: int) -> Rows:
    """So many ``enrollments`` and what was paid for them, given to persons who get so many ``each``."""

    def rows(extract: str, columns: list[str]) -> str:
        if extract not in ("enrollment", "contribution"):
            return "SELECT * FROM original"
        whose = ", ".join(f"coalesce(h.{c}, original.{c}) AS {c}" for c in PERSON)
        held = ", ".join(f"first_value(e.{c}) OVER (PARTITION BY e.n // {each} ORDER BY e.n) AS {c}" for c in PERSON)
        return (
            f"SELECT original.* REPLACE ({whose}) FROM original LEFT JOIN (SELECT DISTINCT ON (psn_insu_rlts_id) psn_insu_rlts_id, {held}"
            f" FROM enrolled e WHERE e.n < {enrollments}) h USING (psn_insu_rlts_id)"
        )

    return rows


def one_area(extract: str, columns: list[str]) -> str:
    """Whatever place a row names is the first one of the enrollments."""
    areas = [
        f"if(original.{c} IS NULL, NULL, first.{'poolarea_no' if c == 'poolarea_no' else 'insu_admdvs'}) AS {c}"
        for c in columns
        if c in AREAS
    ]
    return f"SELECT original.* REPLACE ({', '.join(areas)}) FROM original, first" if areas else "SELECT * FROM original"


#: World -> what is done to an extract; the number is that of the enrollments in long histories.
WORLDS: dict[str, Callable[[int], Rows]] = {
    "plain": lambda _: as_it_is,
    "one number on a tenth of the rows": lambda _: one_number,
    "one person with 10,000 enrollments": lambda n: long_histories(n, n),
    "persons with 50 enrollments": lambda n: long_histories(n, 50),
    "one area": lambda _: one_area,
}


def crowded(inbox: Path, into: Path, rows: Rows) -> Path:
    """A copy of ``inbox`` with every extract made of ``rows``."""
    shutil.rmtree(into, ignore_errors=True)
    connection = duckdb.connect(config={"threads": 2, "temp_directory": str(OUT), "memory_limit": "6GB"})
    numbered = "SELECT * EXCLUDE (file_row_number), file_row_number AS n FROM read_parquet('{}', file_row_number = true)"
    first = sorted(inbox.glob("medical_insurance/enrollment_*"))[0]
    connection.execute(f"CREATE VIEW enrolled AS {numbered.format(first)}")
    connection.execute(
        "CREATE TABLE first AS SELECT * EXCLUDE (n) FROM enrolled WHERE psn_cert_type = '01' AND n < 1000 ORDER BY n LIMIT 1"
    )
    for file in sorted(inbox.glob("*/*.parquet")):
        connection.execute(f"CREATE OR REPLACE VIEW original AS {numbered.format(file)}")
        columns = [column for column, *_ in connection.execute("DESCRIBE original").fetchall()]
        out = into / file.relative_to(inbox)
        out.parent.mkdir(parents=True, exist_ok=True)
        made = f"SELECT * EXCLUDE (n) FROM ({rows(file.name.split('_2')[0], columns)})"
        connection.execute(f"COPY ({made}) TO '{out}' (FORMAT parquet, COMPRESSION zstd)")
    return into


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.skew", description=__doc__.splitlines()[0])
    parser.add_argument("--persons", type=int, default=1_000_000)
    parser.add_argument("--memory", default="4GB", help="--memory of the nights")
    options = parser.parse_args()
    for world, made in WORLDS.items():
        runs: list[Measured] = []
        for times in (1, 2):
            inbox = crowded(generated(times * options.persons), OUT / "skewed", made(times * OF_LONG_HISTORIES))
            runs.append(night_over(inbox, OUT / "warehouse-skewed", options.memory))
        once, twice = runs
        print(
            f"{world:36} {once.wall:7.1f} s   twice as many {twice.wall:7.1f} s, {twice.wall / once.wall:.2f} times   "
            f"peak {once.peak / 2**30:.2f} and {twice.peak / 2**30:.2f} GiB",
            flush=True,
        )
    shutil.rmtree(OUT / "skewed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
