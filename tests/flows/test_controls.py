"""Rows of every file are counted twice, by what was tallied and by what lies on the disk."""

import re
from dataclasses import replace

import polars as pl
import pytest
from inbox import AS_OF

from contracts import EXTRACTS
from contracts.extracts import Extract
from flows.controls import check_published, check_rows
from flows.errors import NightError
from flows.ingest import Desk, Ingest, Ingested, readers
from flows.progress import Progress
from transforms.reading import Terms


@pytest.fixture
def ingested(tmp_path):
    """Two files of death reports: one read row by row, a copy, a superseding pair has no key here, and a bad number."""
    folder = tmp_path / "inbox" / "civil_affairs"
    folder.mkdir(parents=True)
    rows = pl.DataFrame(
        {
            "certno": ["220102199003070021", "220102199003070021", "22010219900307011X", "220102199003070022"],
            "psn_cert_type": ["01"] * 4,
            "psn_name": ["某甲", "某甲", "某乙", "某丙"],
            "death_date": ["2026-03-01"] * 4,
            "source": ["殡葬"] * 4,
        }
    )
    rows.write_parquet(folder / "death_a_20261122.parquet")
    rows.head(3).write_csv(folder / "death_b_20261122.csv")
    return ingest(tmp_path, EXTRACTS["death"])


def ingest(root, extract: Extract) -> Ingested:
    with readers(root / "inbox", 1) as pool:
        reading = Ingest(extract, Desk(root / "inbox", root / "work", pool, Progress()), Terms(AS_OF, AS_OF))
        reading.read()
        reading.look_again()
        return reading.settled()


def test_what_was_tallied_is_what_lies_on_the_disk(ingested):
    a, b = ingested.by_file.values()
    assert (a.rows, a.quarantined, a.accepted + a.copies) == (4, 1, 3)
    assert (b.rows, b.quarantined, b.accepted + b.copies) == (3, 0, 3)
    assert ingested.tally.copies == 4
    check_rows(ingested, narrowed=False)
    check_rows(ingested, narrowed=True)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"rows": 5}, "4 rows read, 5 are told"),
        ({"quarantined": 2}, "1 rows in quarantine, 2 are told"),
        ({"superseded": 1}, "rows accepted"),
    ],
)
def test_a_tally_that_is_wrong_stops_the_night(ingested, change, told):
    name = next(iter(ingested.by_file))
    ingested.by_file[name] = replace(ingested.by_file[name], **change)
    with pytest.raises(NightError, match=f"reconciliation: {re.escape(name)} has .*{told}"):
        check_rows(ingested, narrowed=False)


def test_a_file_that_counts_other_rows_of_its_own_stops_the_night(ingested):
    [path] = [source.path for source in ingested.files if source.path.suffix == ".parquet"]
    rows = pl.read_parquet(path, glob=False)
    pl.concat([rows, rows]).write_parquet(path)
    with pytest.raises(NightError, match="8 rows by its own count, 4 are told"):
        check_rows(ingested, narrowed=False)


def test_a_part_that_is_gone_stops_the_night(ingested):
    ingested.everybody = ingested.everybody[1:]
    with pytest.raises(NightError, match="rows accepted"):
        check_rows(ingested, narrowed=False)


def test_a_decision_too_many_is_noticed():
    check_published({"decisions": 7}, 7)
    with pytest.raises(NightError, match="8 decisions are written, 7 were made"):
        check_published({"decisions": 8}, 7)
