"""Those of the peers that are locked here do the same job as OneCover's own parts: the same rows, in the same order."""

from datetime import date

import polars as pl
import pytest

from bench.peers import duckdb_plain, onecover, pandas_plain, polars_tuned
from sample_data.generate import generate

AS_OF = "2026-11-22"


@pytest.fixture(scope="module")
def inbox(tmp_path_factory):
    out = tmp_path_factory.mktemp("peers")
    generate(4000, 3, date.fromisoformat(AS_OF), out, "parquet")
    return out / "inbox"


@pytest.fixture(scope="module")
def ours(inbox, tmp_path_factory):
    out = tmp_path_factory.mktemp("ours") / "removed.parquet"
    onecover.main(inbox, out, AS_OF)
    return pl.read_parquet(out)


def test_the_job_finds_something(ours):
    assert ours.columns == ["number", "removed_id", "kept_id"] and ours.height > 100
    assert ours["number"].str.len_chars().unique().to_list() == [18]


@pytest.mark.parametrize("peer", [polars_tuned, duckdb_plain, pandas_plain], ids=lambda peer: peer.__name__.rsplit(".", 1)[1])
def test_a_peer_gives_the_same(peer, inbox, ours, tmp_path):
    peer.main(inbox, tmp_path / "removed.parquet", AS_OF)
    assert pl.read_parquet(tmp_path / "removed.parquet").equals(ours)
