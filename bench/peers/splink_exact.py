"""Splink on exact keys, DuckDB behind it: the numbers are normalized by the plain query, Splink finds who is one person (one
deterministic rule, then connected components), the plain query does the rest, for Splink knows no spans."""

from pathlib import Path

import duckdb
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from bench.peers.duckdb_plain import QUERY
from bench.peers.text import REMOVED


def main(inbox: Path, out: Path, as_of: str) -> None:
    connection = duckdb.connect(config={"threads": 2})
    files = [str(p) for p in sorted(inbox.glob("medical_insurance/enrollment*.parquet"))]
    spans = QUERY.split("conflicted AS")[0].rstrip().rstrip(",") + "\nSELECT number || id AS unique_id, * FROM span"
    connection.sql(spans, params={"files": files, "as_of": as_of}).create("normalized")
    api = DuckDBAPI(connection)
    settings = SettingsCreator(link_type="dedupe_only", blocking_rules_to_generate_predictions=[block_on("number")])
    linker = Linker(api.register(connection.table("normalized"), dataset_display_name="spans"), settings, log_level="ERROR")
    clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(linker.inference.deterministic_link())
    connection.sql(
        f"CREATE TABLE span AS SELECT min(number) OVER (PARTITION BY cluster_id) AS number, id, starts, ends FROM {clusters.physical_name}"
    )
    connection.sql(f"WITH {REMOVED.strip()}").write_parquet(str(out))
