"""DuckDB as one plain query: regular expressions and casts on every row, a self-join."""

from pathlib import Path

import duckdb

from bench.peers.text import CHECKED, FORM, NUMBER, REMOVED, rows

QUERY = f"""
WITH cleaned AS (
    SELECT psn_insu_rlts_id AS id, {NUMBER} AS number, crt_insu_date AS starts, coalesce(paus_insu_date, '9999-12-31') AS ends
    FROM read_parquet($files)
    WHERE {rows("regexp_matches")}
),
valid AS (
    SELECT id, number, starts, ends FROM cleaned
    WHERE CASE WHEN regexp_matches(number, '{FORM}') THEN substr(number, 18, 1) = {CHECKED} ELSE false END
      AND try_strptime(substr(number, 7, 8), '%Y%m%d') BETWEEN DATE '1800-01-01' AND CAST($as_of AS DATE)
),
span AS (
    SELECT number, id, min(starts) AS starts, max(ends) AS ends FROM valid GROUP BY number, id HAVING min(starts) < max(ends)
),
{REMOVED}"""


def main(inbox: Path, out: Path, as_of: str) -> None:
    connection = duckdb.connect(config={"threads": 2})
    files = [str(p) for p in sorted(inbox.glob("medical_insurance/enrollment*.parquet"))]
    connection.sql(QUERY, params={"files": files, "as_of": as_of}).write_parquet(str(out))
