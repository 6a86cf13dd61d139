"""OneCover's own parts: numbers read from their bytes on two threads, exact keys of 64 bits, a prefilter, and a sweep in DuckDB over
the rows of whom is enrolled twice."""

import tempfile
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq

from bench.peers.text import ISO
from flows.settings import default_memory
from transforms.engine import Engine
from transforms.identifiers import identify
from transforms.identifiers.flags import FLAG_BIT
from transforms.reading.members import Members

CODED = ["insutype", "psn_insu_stas", "crt_insu_date", "paus_insu_date"]
#: Repairs that the job speaks of; whoever needs another one is left out here.
OF_THE_JOB = np.uint16(sum(FLAG_BIT[flag] for flag in ("case", "width", "spaces", "type_corrected")))
#: No self-join: whoever begins before the furthest end so far is met, and so is whoever the next one begins before the end of.
SWEEP = """
COPY (
    WITH span AS (
        SELECT key, id, min(starts) AS starts, max(ends) AS ends
        FROM again
        WHERE id IS NOT NULL
        GROUP BY key, id
        HAVING min(starts) < max(ends)
    ),
    swept AS (
        SELECT *, max(ends) OVER (PARTITION BY key ORDER BY starts, id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reached,
            lead(starts) OVER (PARTITION BY key ORDER BY starts, id) AS next_start
        FROM span
    ),
    ranked AS (
        SELECT key, id, first_value(id) OVER (PARTITION BY key ORDER BY starts DESC, id) AS kept_id
        FROM swept
        WHERE starts < reached OR next_start < ends
    )
    SELECT certificate_number(key, NULL) AS number, id AS removed_id, kept_id FROM ranked WHERE id <> kept_id ORDER BY number, removed_id
) TO $out"""


def read(file: Path, group: int, part: Path, as_of: date) -> Path:
    """The rows of a row group that the job is about, as ``key``, ``id``, ``starts``, ``ends``, in a file that can be mapped."""
    with pq.ParquetFile(file, read_dictionary=CODED) as opened:
        table = opened.read_row_group(group, columns=["psn_insu_rlts_id", "certno", *CODED], use_threads=False).combine_chunks()
    found = identify(table["certno"].chunk(0), (pl.Series([None], dtype=pl.String), np.zeros(len(table), np.int32)), as_of)
    good = (found["person_key"].fill_null(0).to_numpy() > 0) & ((found["id_flags"].to_numpy() & ~OF_THE_JOB) == 0)
    for name, test in (
        ("insutype", lambda v: v.is_in(["310", "390", "380", "391"])),
        ("psn_insu_stas", lambda v: v.is_in(["1", "2", "4"])),
        ("crt_insu_date", lambda v: v.str.contains(ISO)),
        ("paus_insu_date", lambda v: v.str.contains(ISO)),
    ):
        column = table[name].chunk(0)
        values, places = pl.Series(column.dictionary), column.indices
        holds = np.append(test(values).to_numpy(), name == "paus_insu_date")
        good &= holds[places.fill_null(len(values)).to_numpy()]
    at = np.flatnonzero(good)
    days = {"starts": _days(table["crt_insu_date"].chunk(0), at), "ends": _days(table["paus_insu_date"].chunk(0), at)}
    keys = found["person_key"].gather(at).to_numpy()
    rows = pa.table({"key": keys, "id": table["psn_insu_rlts_id"].take(pa.array(at))} | days)
    feather.write_feather(rows, part, compression="uncompressed")
    return part


def _keys(part: Path) -> np.ndarray:
    return feather.read_table(part, columns=["key"])["key"].to_numpy()


def _of(part: Path, wanted: Members) -> pa.Table:
    """The rows of a part whose key is one of ``wanted``."""
    rows = feather.read_table(part)
    return rows.take(pa.array(np.flatnonzero(wanted.hold(rows["key"].to_numpy()))))


def _days(column: pa.DictionaryArray, at: np.ndarray) -> pa.Array:
    """Dates of some rows, read once per value; an open end is 9999-12-31."""
    values = pl.Series(column.dictionary).str.to_date("%Y-%m-%d", strict=False).extend_constant(date(9999, 12, 31), 1)
    return values.gather(column.indices.fill_null(len(values) - 1).to_numpy()[at]).to_arrow()


def main(inbox: Path, out: Path, as_of: str) -> None:
    with tempfile.TemporaryDirectory(prefix="onecover-peer-") as folder, ThreadPoolExecutor(2) as pool:
        files = sorted(inbox.glob("medical_insurance/enrollment*.parquet"))
        groups = [(file, group) for file in files for group in range(pq.read_metadata(file).num_row_groups)]
        day = date.fromisoformat(as_of)
        parts = list(pool.map(lambda n: read(*groups[n], Path(folder) / f"{n}.arrow", day), range(len(groups))))
        keys = np.sort(np.concatenate(list(map(_keys, parts))))
        again = Members.of(keys[1:][keys[1:] == keys[:-1]])
        engine = Engine(Path(folder), default_memory(), 2, {})
        engine.register("again", pa.concat_tables(pool.map(lambda part: _of(part, again), parts)))
        engine.connection.execute(SWEEP, {"out": str(out)})
        engine.close()
