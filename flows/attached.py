"""Columns that many rows of a dataset share are joined to them while it is written, so that the engine need not sort them with every row."""

from collections.abc import Iterable, Iterator

import pyarrow as pa


def attached(rows: Iterable[pa.RecordBatch], shared: Iterable[pa.RecordBatch], place: str) -> Iterator[pa.RecordBatch]:
    """``rows`` with the columns of ``shared``. Both are in the order of the number ``place``, of which ``shared`` has one row
    for each from 1 on. Memory holds what the rows of one batch share."""
    shared, held, first = iter(shared), None, 1
    for batch in filter(len, rows):
        places = batch[place].to_numpy()
        while held is None or first + len(held) <= places[-1]:
            held = next(shared) if held is None else pa.concat_batches([held, next(shared)])
        held, first = held.slice(places[0] - first), places[0]
        found = held.drop_columns([place]).take(pa.array(places - first))
        yield pa.RecordBatch.from_arrays([*batch.columns, *found.columns], [*batch.schema.names, *found.schema.names])
