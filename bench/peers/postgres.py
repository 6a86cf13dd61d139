"""PostgreSQL of this machine, a fresh cluster in memory-friendly settings without durability: load, index, query."""

import os
import subprocess
import tempfile
from pathlib import Path

import duckdb

from bench.peers.text import CHECKED, FORM, NUMBER, REMOVED, rows

SETTINGS = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c shared_buffers=2GB -c work_mem=512MB -c max_wal_size=8GB -c listen_addresses="


def main(inbox: Path, out: Path, as_of: str) -> None:
    files = [str(p) for p in sorted(inbox.glob("medical_insurance/enrollment*.parquet"))]
    with tempfile.TemporaryDirectory(prefix="onecover-pg-") as folder:
        home, csv, found = Path(folder), Path(folder) / "rows.csv", Path(folder) / "found.csv"
        home.chmod(0o777)
        wanted = "psn_insu_rlts_id, certno, insutype, psn_insu_stas, crt_insu_date, paus_insu_date"
        duckdb.connect(config={"threads": 2}).sql(f"SELECT {wanted} FROM read_parquet($files)", params={"files": files}).write_csv(str(csv))
        csv.chmod(0o644)
        as_user("initdb", "-D", home / "data", "-A", "trust", "-E", "UTF8", "--locale=C")
        as_user("pg_ctl", "-D", home / "data", "-w", "-l", home / "log", "-o", f"{SETTINGS} -k {home}", "start")
        try:
            as_user("psql", "-h", home, "-d", "postgres", "-v", "ON_ERROR_STOP=1", "-q", "-c", script(csv, found, as_of))
            duckdb.read_csv(str(found), all_varchar=True).write_parquet(str(out))
        finally:
            as_user("pg_ctl", "-D", home / "data", "-m", "immediate", "stop")


def script(csv: Path, found: Path, as_of: str) -> str:
    form = f"number ~ '{FORM}'"
    wanted = rows("regexp_like")
    return f"""
CREATE UNLOGGED TABLE enrollment (psn_insu_rlts_id text, certno text, insutype text, psn_insu_stas text, crt_insu_date text, paus_insu_date text);
COPY enrollment FROM '{csv}' (FORMAT csv, HEADER);
CREATE FUNCTION born(text) RETURNS date LANGUAGE plpgsql AS 'BEGIN RETURN to_date($1, ''YYYYMMDD''); EXCEPTION WHEN others THEN RETURN NULL; END';
CREATE UNLOGGED TABLE span AS
WITH cleaned AS MATERIALIZED (
    SELECT psn_insu_rlts_id AS id, {NUMBER} AS number, crt_insu_date AS starts, coalesce(paus_insu_date, '9999-12-31') AS ends
    FROM enrollment WHERE {wanted}
),
valid AS MATERIALIZED (
    SELECT id, number, starts, ends FROM cleaned WHERE CASE WHEN {form} THEN substr(number, 18, 1) = {CHECKED} ELSE false END
)
SELECT number, id, min(starts) AS starts, max(ends) AS ends FROM valid
WHERE born(substr(number, 7, 8)) BETWEEN DATE '1800-01-01' AND DATE '{as_of}'
GROUP BY number, id HAVING min(starts) < max(ends);
CREATE INDEX ON span (number);
ANALYZE span;
COPY (WITH {REMOVED}) TO '{found}' (FORMAT csv, HEADER)"""


def as_user(program: str, *arguments: object) -> None:
    """The server does not run as root."""
    command = [program, *map(str, arguments)]
    if os.geteuid() == 0:
        command = ["runuser", "-u", "postgres", "--", *command]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")
