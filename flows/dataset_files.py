"""Datasets written as Parquet, exactly as their contract says: names, types, order, descriptions."""

import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyarrow.parquet.encryption import create_decryption_properties, create_encryption_properties

from contracts.datasets import Dataset
from flows.disk import PRIVATE_FILE, make_private
from flows.errors import NightError
from transforms.engine import Engine
from transforms.parquet_views import published

_EVIDENCE = pa.list_(pa.struct([(n, pa.string()) for n in ("fact", "value", "extract", "row_key")]))
_IDENTIFIERS = pa.list_(pa.struct([("kind", pa.string()), ("canonical", pa.string())]))
TYPES = {
    "text": pa.string(), "date": pa.date32(), "timestamp": pa.timestamp("us"), "month": pa.int32(), "int32": pa.int32(),
    "int64": pa.int64(), "boolean": pa.bool_(), "money": pa.decimal128(12, 2), "texts": pa.list_(pa.string()), "evidence": _EVIDENCE,
    "identifiers": _IDENTIFIERS, "raw": pa.map_(pa.string(), pa.string()),
}  # fmt: skip
#: Rows whose evidence is split together: on its way it stands in memory five times.
AT_A_TIME = 1 << 13


def schema_of(dataset: Dataset, metadata: dict[str, str]) -> pa.Schema:
    """Arrow schema of a dataset; zh label and meaning travel with every column, the policy with the table."""
    fields = [pa.field(c.name, TYPES[c.type], c.name in dataset.nullable, {"zh": c.zh, "description": c.meaning}) for c in dataset.columns]
    return pa.schema(fields, {"dataset": dataset.name, "zh": dataset.zh, "grain": dataset.grain, "key": " ".join(dataset.key), **metadata})


def folder_of(run: Path, dataset: Dataset) -> Path:
    return run / "restricted" / dataset.name if dataset.restricted else run / dataset.name


def file_of(run: Path, dataset: Dataset) -> Path:
    """Where a dataset stands below a run: in one file, though readers may look for part-*.parquet."""
    return folder_of(run, dataset) / "part-0.parquet"


def write(run: Path, dataset: Dataset, batches: Iterable[pa.RecordBatch] | None, metadata: dict[str, str], key: bytes | None = None) -> int:
    """Write one dataset from rows already in the order of its key; returns the number of rows.

    One writer, fixed row groups, no time stamp: the same rows give the same bytes. A restricted one is encrypted with
    ``key`` where there is one (AES-GCM, one key for footer and columns); then its bytes differ from run to run.
    """
    folder = folder_of(run, dataset)
    if dataset.restricted:
        make_private(run / "restricted")
        make_private(folder)
    folder.mkdir(parents=True, exist_ok=True)
    path, schema, rows = file_of(run, dataset), schema_of(dataset, metadata), 0
    sealed = create_encryption_properties(key) if key and dataset.restricted else None
    with pq.ParquetWriter(path, schema, compression="zstd", compression_level=1, encryption_properties=sealed) as writer:
        for batch in batches or ():
            columns = [_records(batch[name]) if schema.field(name).type == _EVIDENCE else batch[name] for name in dataset.names]
            writer.write_table(pa.Table.from_arrays(columns, dataset.names).cast(schema))
            rows += batch.num_rows
    if dataset.restricted:
        path.chmod(PRIVATE_FILE)
    return rows


def is_encrypted(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"PARE"


def read_restricted(path: Path, key: bytes | None) -> pa.Table:
    """A restricted dataset of an earlier night, encrypted or not. Raises NightError where the key is missing or another."""
    if not is_encrypted(path):
        return pq.read_table(path)
    if key is None:
        raise NightError(f"{path} is encrypted; name its key with ONECOVER_RESTRICTED_KEY_FILE")
    try:
        return pq.read_table(path, decryption_properties=create_decryption_properties(key))
    except (OSError, pa.ArrowException):
        raise NightError(f"{path} is encrypted with another key; name that one with ONECOVER_RESTRICTED_KEY_FILE") from None


def show(engine: Engine, name: str, run: Path | None, dataset: Dataset, key: bytes | None = None) -> None:
    """A dataset of a publication as the table ``name``; without rows where there is none. Of open ones what an earlier version did not
    publish is null. ``key``: what restricted ones may be encrypted with."""
    file, schema = file_of(run, dataset) if run else None, schema_of(dataset, {})
    if not (file and file.exists()):
        engine.register(name, schema.empty_table())
    elif is_encrypted(file):
        engine.register(name, read_restricted(file, key))
    else:
        published(engine, name, file, schema=schema)


def _records(items: pa.Array) -> pa.Array | pa.ChunkedArray:
    """Evidence from items of text (transforms/retention/overlap_evidence.sql): list of fact, value, extract, row_key."""
    if not pa.types.is_string(items.type):
        return items
    return pa.chunked_array([_split(items.slice(start, AT_A_TIME)) for start in range(0, len(items), AT_A_TIME)], _EVIDENCE)


def _split(items: pa.Array) -> pa.Array:
    lists = pc.split_pattern(items, "\x1e")
    fields = pc.split_pattern(lists.flatten(), "\x1f").flatten()
    struct = _EVIDENCE.value_type
    parts = [fields.take(pa.array(np.arange(n, len(fields), struct.num_fields))) for n in range(struct.num_fields)]
    return pa.ListArray.from_arrays(lists.offsets, pa.StructArray.from_arrays(parts, fields=list(struct)))


def write_json(path: Path, content: dict) -> None:
    fresh = path.with_name("." + path.name)
    fresh.write_text(json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True, default=str) + "\n", encoding="utf-8")
    fresh.replace(path)
