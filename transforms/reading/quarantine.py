"""Rows that cannot be used, as the quarantine keeps them: with every reason, the columns they speak of, as they arrived."""

import numpy as np
import pyarrow as pa


def spelled_out(
    row_ids: np.ndarray, reasons: np.ndarray, columns: np.ndarray, names: tuple[list[str], list[str]], raw: pa.Table
) -> pa.Table:
    """row_id, reasons, columns, raw map of each row. ``reasons`` and ``columns`` are bit masks over the two ``names``."""
    return pa.table(
        {
            "row_id": pa.array(row_ids, pa.int64()),
            "reasons": lists_of(reasons, names[0]),
            "columns": lists_of(columns, names[1]),
            "raw": _maps(raw),
        }
    )


def lists_of(masks: np.ndarray, names: list[str]) -> pa.Array:
    """The names whose bits are set, one list per mask; few masks differ, so each is spelled out once."""
    distinct, index = np.unique(masks, return_inverse=True)
    lists = [[name for bit, name in enumerate(names) if mask >> bit & 1] for mask in distinct.tolist()]
    return pa.array(lists, pa.list_(pa.string())).take(pa.array(index))


def _maps(raw: pa.Table) -> pa.Array:
    """Column name -> text, one map per row."""
    rows, width = raw.num_rows, raw.num_columns
    cells = pa.concat_arrays([c.combine_chunks().cast(pa.string()) for c in raw.columns])
    by_row = np.arange(rows * width).reshape(width, rows).T.ravel()
    names = pa.array(raw.column_names * rows, pa.string())
    return pa.MapArray.from_arrays(np.arange(0, rows * width + 1, width, dtype=np.int32), names, cells.take(pa.array(by_row)))
