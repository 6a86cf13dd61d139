"""What bench measures is told as it was measured: steps of a night, medians, pictures and the table of the document."""

import json
import sys

import polars as pl
import pytest
from nights import CHECKOUT

import bench.__main__ as bench_main
from bench import charts, csv_ingest, csv_night, identifiers, skew
from bench.measuring import Measured, measure, middle, steps_of
from bench.peers.__main__ import PEERS

LINES = [
    '{"event": "step", "state": "started", "step": "ingest"}',
    '{"event": "progress", "step": "ingest", "rows": 5}',
    '{"event": "step", "state": "done", "step": "ingest", "seconds": 1.5, "rows": 9}',
    "not an event",
    '{"event": "step", "state": "done", "step": "gate", "seconds": 0.25}',
]


def record(enrollments: int, wall: float, **more) -> dict:
    run = {"wall": wall, "cpu": 2 * wall, "peak": 2**30, "spill": 0, "steps": {"ingest": wall - 1, "publish": 1.0}}
    told = {"persons": enrollments, "enrollments": enrollments, "rows": 5 * enrollments, "memory": "3GB", "worklists": "none"}
    return told | {"floor": run | {"wall": wall / 4}, "night": run} | more


def test_the_steps_of_a_night_are_those_that_were_done():
    assert steps_of(LINES) == {"ingest": 1.5, "gate": 0.25}


def test_a_command_is_measured_with_its_children():
    code = "import subprocess, sys; held = bytearray(200 << 20); subprocess.run([sys.executable, '-c', 'sum(range(10**7))']); print('{}')"
    run = measure([sys.executable, "-c", code], spilled=lambda: 7)
    assert run.peak > 200 << 20 and run.cpu > 0.05 and run.wall > 0 and run.spill == 7 and run.steps == {}


def test_the_median_is_of_each_figure_by_itself():
    runs = [Measured(1, 30, 5, 0, {"ingest": 3.0}), Measured(2, 10, 7, 0, {"ingest": 1.0}), Measured(9, 20, 6, 4, {"ingest": 2.0})]
    assert middle(runs) == Measured(2, 20, 6, 0, {"ingest": 2.0})


def test_of_each_size_the_last_line_counts():
    lines = [json.dumps(r) for r in (record(10, 8.0), record(3, 4.0), record(10, 6.0), record(10, 7.0, worklists="pool"))]
    assert [(r["enrollments"], r["night"]["wall"]) for r in charts.newest(lines)] == [(3, 4.0), (10, 6.0), (10, 7.0)]


def test_a_size_is_drawn_once_and_without_workbooks():
    records = [
        record(10, 8.0, rounds=3),
        record(10, 9.0, rounds=1, memory="2GB"),
        record(3, 4.0, rounds=1),
        record(10, 7.0, rounds=5, worklists="pool"),
    ]
    assert [(r["enrollments"], r["night"]["wall"]) for r in charts.one_of_each_size(records)] == [(3, 4.0), (10, 8.0)]


def test_each_step_begins_where_the_one_before_ends():
    frame = charts.waterfall(record(10, 8.0))
    assert frame["begins"].to_list() == [0, 7.0] and frame["ends"].to_list() == [7.0, 8.0]


def test_the_document_shows_what_was_measured(tmp_path, monkeypatch):
    monkeypatch.setattr(charts, "PICTURES", tmp_path)
    assert charts.main() == 0
    told = (CHECKOUT / "docs" / "performance.md").read_text(encoding="utf-8")
    for picture in tmp_path.iterdir():
        assert "<svg" in picture.read_text(encoding="utf-8") and f"performance/{picture.name}" in told
        assert (CHECKOUT / "docs" / "performance" / picture.name).exists()
    records = charts.newest(charts.MEASURED.read_text(encoding="utf-8").splitlines())
    assert len(list(tmp_path.iterdir())) == 3 and records
    assert [row for row in charts.table(records) if row not in told] == []


def test_only_peers_with_the_same_result_are_in_the_document():
    lines = [json.loads(line) for line in (CHECKOUT / "bench" / "peers.jsonl").read_text(encoding="utf-8").splitlines()]
    told = (CHECKOUT / "docs" / "performance.md").read_text(encoding="utf-8")
    assert {line["peer"] for line in lines} == set(PEERS) and all(line["is_equal"] for line in lines)
    assert [line for line in lines if f"| {line['wall']:.1f} |" not in told] == []


def test_the_speed_of_reading_is_measured_of_a_small_file(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(csv_ingest, "OUT", tmp_path)
    monkeypatch.setattr(sys, "argv", ["bench", "--mb", "1", "--rounds", "1", "--processes", "1"])
    assert not csv_ingest.main()
    assert "decode and parse" in capsys.readouterr().out


def test_the_speed_of_identifiers_is_measured_of_a_few(monkeypatch, capsys):
    monkeypatch.setenv("POLARS_MAX_THREADS", "1")  # which it sets itself, for its processes
    monkeypatch.setattr(sys, "argv", ["bench", "--rows", "20000", "--rounds", "1"])
    identifiers.main()
    assert capsys.readouterr().out.count("million/s") == 4


def test_the_night_from_csv_publishes_what_the_one_from_parquet_does(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(bench_main, "OUT", tmp_path)
    monkeypatch.setattr(csv_night, "OUT", tmp_path)
    monkeypatch.setattr(sys, "argv", ["bench", "--persons", "1000", "--rounds", "1"])
    assert csv_night.main() == 0, "the same datasets"
    assert capsys.readouterr().out.endswith("datasets that differ: none\n")


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bench_main, "OUT", tmp_path_factory.mktemp("bench"))
        return bench_main.generated(1000)


@pytest.mark.parametrize(("world", "most", "persons"), [
    ("one number on a tenth of the rows", 0.1, 1), ("one person with 10,000 enrollments", 200, 1), ("persons with 50 enrollments", 50, 4),
])  # fmt: skip
def test_the_crowds_are_as_great_as_they_are_called(plain, tmp_path, world, most, persons):
    inbox = skew.crowded(plain, tmp_path / "skewed", skew.WORLDS[world](200))
    rows = pl.read_parquet(inbox / "medical_insurance" / "enrollment_*.parquet")
    held = rows["certno"].value_counts(sort=True)["count"]
    assert len(rows) == len(pl.read_parquet(plain / "medical_insurance" / "enrollment_*.parquet"))
    expected = most if most >= 1 else most * len(rows)
    assert abs(held[persons - 1] - expected) <= 5 and held[persons] < 40


def test_one_area_is_the_only_one(plain, tmp_path):
    inbox = skew.crowded(plain, tmp_path / "skewed", skew.WORLDS["one area"](200))
    rows = pl.read_parquet(inbox / "medical_insurance" / "enrollment_*.parquet")
    assert rows["insu_admdvs"].drop_nulls().n_unique() == 1 == rows["poolarea_no"].drop_nulls().n_unique()
    assert pl.read_parquet(inbox / "education" / "student_*.parquet")["school_admdvs"].drop_nulls().n_unique() == 1
