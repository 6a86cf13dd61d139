"""Protected persons: outside restricted/ and worklists/ nothing says where they live, work, study or are enrolled.

Who is protected: holders of a document of type 91 (contracts.codes), and the certificate numbers in ``protected.txt`` of the
site folder, one a line; behind a comma the type of the document where it is not a resident ID.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from flows.errors import NightError
from transforms.identifiers import identify

FILE = "protected.txt"
#: No division has this code.
NO_PLACE = "000000"
#: Columns of published datasets that say a place, and what stands there instead.
MASKED = {"insu_admdvs": NO_PLACE, "kept_admdvs": NO_PLACE, "admdvs": NO_PLACE, "emp_no": None}
#: Evidence whose value is a place, in the form of transforms/retention/overlap_evidence.sql.
_PLACE_ITEM = "(^|\x1e)(usual_residence|school_place|employment_place)\x1f[^\x1f]*"


def listed(site: Path | None, as_of: date) -> pa.Table:
    """document_key, id_kind, canonical of the site's list; without rows where there is none.

    Raises NightError at a line that is no certificate number, and where others may read the file; never quotes a line.
    """
    path = site / FILE if site else None
    rows = _lines(path) if path and path.exists() else []
    numbers = pl.Series("certno", [number for _, number, _ in rows], dtype=pl.String)
    types = pl.Series("type", [kind for _, _, kind in rows], dtype=pl.String)
    found = identify(numbers, types, as_of)
    if wrong := [place for (place, _, _), key in zip(rows, found["person_key"], strict=True) if key is None]:
        raise NightError(f"{FILE} of the site folder, line {wrong[0]}: no certificate number; mend the line, nothing was published")
    return found.select(pl.col("person_key").alias("document_key"), "id_kind", "canonical").to_arrow()


def _lines(path: Path) -> list[tuple[int, str, str | None]]:
    """Number of the line, certificate number, type or None; empty lines and those that begin with # left out."""
    if path.stat().st_mode & 0o077:
        raise NightError(f"{FILE} of the site folder may be read by others; chmod 600 {path}")
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise NightError(f"{FILE} of the site folder is not UTF-8; save it as UTF-8") from None
    parted = ((place, *(part.strip() for part in line.partition(",")[::2])) for place, line in enumerate(lines, 1))
    return [(place, number, kind or None) for place, number, kind in parted if (number or kind) and not number.startswith("#")]


def without_places(batches: Iterable[pa.RecordBatch] | None, persons: pa.Array) -> Iterator[pa.RecordBatch]:
    """``batches`` with no place in the rows of ``persons`` (their person_id)."""
    for batch in batches or ():
        names = batch.schema.names
        secret = pc.is_in(batch["person_id"], value_set=persons) if "person_id" in names and len(persons) else None
        if secret is None or not pc.any(secret).as_py():
            yield batch
            continue
        columns = [_masked(name, batch[name], secret) for name in names]
        yield pa.RecordBatch.from_arrays(columns, names=names)


def _masked(name: str, column: pa.Array, secret: pa.Array) -> pa.Array:
    if name in MASKED:
        there = pc.and_(secret, pc.is_valid(column))
        return pc.if_else(there, pa.scalar(MASKED[name], column.type), column)
    if name == "evidence":
        return pc.if_else(secret, pc.replace_substring_regex(column, _PLACE_ITEM, "\\1\\2\x1f***"), column)
    return column
