"""Rows that cannot be used, as they arrived, for the dataset quarantine: in the order in which they were read, never all at once."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from contracts.datasets import Dataset
from contracts.extracts import Extract
from flows.ingest import FILE_SHIFT, Ingested
from flows.merged import merged
from transforms.engine import BATCH


def quarantine_rows(ingested: Mapping[str, Ingested], dataset: Dataset) -> Iterator[pa.RecordBatch]:
    """The rows of all extracts in the order of extract, file and row. Those that are bad were put aside in it; so were those of one
    key that nothing orders, which were found later."""
    extracts = [done for _, done in sorted(ingested.items())]
    bad, in_doubt = _rows((done, done.quarantined) for done in extracts), _rows((done, done.in_doubt) for done in extracts)
    return merged([bad, in_doubt], dataset.key, BATCH)


def _rows(parts_of: Iterable[tuple[Ingested, list[Path]]]) -> Iterator[pa.RecordBatch]:
    for done, parts in parts_of:
        files = pa.array([source.name for source in done.files], pa.string())
        for part in parts:
            with pq.ParquetFile(part) as file:
                for batch in file.iter_batches(BATCH, use_threads=False):
                    yield _with_place(done.extract, files, batch)


def _with_place(extract: Extract, files: pa.Array, batch: pa.RecordBatch) -> pa.RecordBatch:
    """A batch with where its rows stand: a row id is the number of the file and that of the row."""
    row_ids = batch["row_id"].to_numpy()
    columns = {
        "department": pa.array([extract.department] * len(batch), pa.string()),
        "extract": pa.array([extract.name] * len(batch), pa.string()),
        "file": files.take(pa.array(row_ids >> FILE_SHIFT)),
        "row_number": pa.array(row_ids & np.int64((1 << FILE_SHIFT) - 1)),
    }
    return pa.RecordBatch.from_pydict(columns | {n: batch[n] for n in batch.schema.names if n != "row_id"})
