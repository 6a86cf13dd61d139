"""Rows that cannot be used, as they arrived, for the dataset quarantine: in the order in which they were read, never all at once."""

from collections.abc import Iterator, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from contracts.datasets import Dataset
from flows.ingest import FILE_SHIFT, Ingested
from flows.merged import merged
from transforms.engine import BATCH


def refused(ingested: Mapping[str, Ingested], dataset: Dataset) -> Iterator[pa.RecordBatch]:
    """The rows of all extracts in the order of extract, file and row. Those that are bad were put aside in it; so were those of one
    key that nothing orders, which were found later."""
    return merged([_rows(ingested, "rejected"), _rows(ingested, "in_doubt")], dataset.key, BATCH)


def _rows(ingested: Mapping[str, Ingested], which: str) -> Iterator[pa.RecordBatch]:
    for name, done in sorted(ingested.items()):
        files = pa.array([source.name for source in done.files], pa.string())
        for part in getattr(done, which):
            with pq.ParquetFile(part) as file:
                for batch in file.iter_batches(BATCH, use_threads=False):
                    yield _told(name, done.extract.department, files, batch)


def _told(extract: str, department: str, files: pa.Array, batch: pa.RecordBatch) -> pa.RecordBatch:
    """A batch with where its rows stand: a row id is the number of the file and that of the row."""
    row_ids = batch["row_id"].to_numpy()
    columns = {
        "department": pa.array([department] * len(batch), pa.string()),
        "extract": pa.array([extract] * len(batch), pa.string()),
        "file": files.take(pa.array(row_ids >> FILE_SHIFT)),
        "row_number": pa.array(row_ids & np.int64((1 << FILE_SHIFT) - 1)),
    }
    return pa.RecordBatch.from_pydict(columns | {n: batch[n] for n in batch.schema.names if n != "row_id"})
