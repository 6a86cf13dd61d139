"""The floor of a night as one process: every needed column of every extract read once and looked at, and the datasets of a
finished night written once. No night can be faster.

    python -m bench.floor INBOX PUBLISHED OUT
"""

import sys
from pathlib import Path

import duckdb

from contracts import DATASETS, EXTRACTS
from flows.dataset_files import file_of
from flows.files import find
from flows.ingest_step import TONIGHT


def main(inbox: Path, published: Path, out: Path) -> None:
    connection = duckdb.connect(config={"threads": 2, "temp_directory": str(out)})
    for name in TONIGHT:
        files = [str(s.path) for s in find(inbox, EXTRACTS[name])]
        if not files:
            continue
        rows = connection.read_parquet(files)
        # a hash looks at every value of every row, as a night must; a length would be known from the dictionary
        looked_at = [
            duckdb.FunctionExpression("bit_xor", duckdb.FunctionExpression("hash", duckdb.ColumnExpression(c))) for c in rows.columns
        ]
        rows.aggregate(looked_at).fetchall()
    for dataset in DATASETS.values():
        source = file_of(published, dataset)
        connection.read_parquet(str(source)).write_parquet(str(out / f"{dataset.name}.parquet"), compression="zstd")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]))
