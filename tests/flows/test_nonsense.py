"""Extracts in which rows change hands, days are shifted, columns are lost and one number carries everything.

Whatever departments send, a night over it is published or stopped by a gate: never by what it has to add up itself, which
is what a reconciliation finds.
"""

import random
from datetime import timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from inbox import AS_OF
from nights import PUBLISHED, read, run_here

from contracts import EXTRACTS
from flows.options import GATES
from sample_data.generate import generate

#: What says whose a row is, in whichever extract.
PERSON = ("psn_cert_type", "certno", "psn_name", "gend", "brdy")
POLICIES = ("national", "jilin", "guangdong")
KINSHIP = ("spouse", "parent", "child", "sibling", "cousin")
RESULTS = ("confirmed", "rejected", "person_chose", "to_be_checked")


@pytest.fixture(scope="module")
def sound(tmp_path_factory) -> dict[str, pl.DataFrame]:
    """Extracts as text, of every archetype."""
    out = tmp_path_factory.mktemp("sound")
    generate(250, 5, AS_OF, out, "parquet")
    return {path.name.split("_2026")[0]: pl.read_parquet(path) for path in (out / "inbox").glob("*/*.parquet")}


# what becomes of an extract: each takes it, rows to be touched, and dice ------------------------------------------------------
def whose(frame: pl.DataFrame, rows: pl.Series, of: np.ndarray) -> pl.DataFrame:
    """``rows`` become those of the persons who stand at ``of``."""
    columns = [c for c in PERSON if c in frame.columns]
    return frame.with_columns(pl.when(rows).then(frame[c].gather(of)).otherwise(frame[c]).alias(c) for c in columns)


def change_hands(frame: pl.DataFrame, rows: pl.Series, dice: np.random.Generator) -> pl.DataFrame:
    return whose(frame, rows, dice.permutation(len(frame)))


def one_has_all(frame: pl.DataFrame, rows: pl.Series, dice: np.random.Generator) -> pl.DataFrame:
    return whose(frame, rows, np.full(len(frame), dice.integers(len(frame))))


def few_have_all(frame: pl.DataFrame, rows: pl.Series, dice: np.random.Generator) -> pl.DataFrame:
    return whose(frame, rows, dice.integers(0, min(len(frame), 12), len(frame)))


def repeated(frame: pl.DataFrame, rows: pl.Series, dice: np.random.Generator) -> pl.DataFrame:
    return pl.concat([frame, frame.filter(rows)])


def contradicted(frame: pl.DataFrame, rows: pl.Series, dice: np.random.Generator) -> pl.DataFrame:
    return pl.concat([frame, shuffled(frame, rows, dice).filter(rows)])


def shuffled(frame: pl.DataFrame, rows: pl.Series, dice: np.random.Generator) -> pl.DataFrame:
    column = frame[:, int(dice.integers(frame.width))]
    return _with(frame, rows, column.gather(dice.permutation(len(frame))))


def all_the_same(frame: pl.DataFrame, rows: pl.Series, dice: np.random.Generator) -> pl.DataFrame:
    column = frame[:, int(dice.integers(frame.width))]
    return _with(frame, rows, column.gather(np.full(len(frame), dice.integers(len(frame)))))


def lost(frame: pl.DataFrame, rows: pl.Series, dice: np.random.Generator) -> pl.DataFrame:
    return _with(frame, rows, pl.Series(frame.columns[int(dice.integers(frame.width))], [None] * len(frame), pl.String))


def shifted(frame: pl.DataFrame, rows: pl.Series, dice: np.random.Generator) -> pl.DataFrame:
    days = [c for c in frame.columns if frame[c].str.contains(r"^\d{4}-\d\d-\d\d$").any()]
    if not days:
        return frame
    column = frame[days[int(dice.integers(len(days)))]]
    other = column.str.to_date(strict=False) + timedelta(days=int(dice.integers(-800, 800)))
    return _with(frame, rows, other.dt.strftime("%Y-%m-%d"))


def _with(frame: pl.DataFrame, rows: pl.Series, column: pl.Series) -> pl.DataFrame:
    return frame.with_columns(pl.when(rows).then(column).otherwise(frame[column.name]).alias(column.name))


NONSENSE = (change_hands, one_has_all, few_have_all, repeated, contradicted, shuffled, all_the_same, lost, shifted)


def nonsense(frame: pl.DataFrame, dice: np.random.Generator) -> pl.DataFrame:
    for _ in range(dice.integers(4)):
        if len(frame):
            rows = pl.Series(dice.random(len(frame)) < dice.choice([0.02, 0.2, 0.7]))
            frame = NONSENSE[int(dice.integers(len(NONSENSE)))](frame, rows, dice)
    return frame


# extracts about persons and cases that the others know -----------------------------------------------------------------------
def relations(enrollments: pl.DataFrame, draw: random.Random) -> pl.DataFrame:
    people = enrollments.select("psn_cert_type", "certno", "psn_insu_rlts_id").rows()
    rows = []
    for _ in range(40):
        (kind, number, enrollment), (other_kind, other, of_other) = draw.choices(people, k=2)
        rows.append((
            f"R{draw.randrange(40)}", kind, number, draw.choice([None, enrollment, of_other, "none"]), other_kind, other, draw.choice(KINSHIP),
            draw.choice(["2025-01-01", "2026-10-01"]), draw.choice([None, "2027-01-01"]), "1000", draw.choice([None, "100.5"]),
            draw.choice([None, "202610", "202603"]), draw.choice([None, "50.25"]),
        ))  # fmt: skip
    return _extract("mutual_aid", rows)


def returned(decided: list[str], draw: random.Random) -> pl.DataFrame:
    """What clerks answered to the decisions of the night before."""
    rows = [
        (
            None,
            draw.choice(decided),
            draw.choice(RESULTS),
            draw.choice([None, *decided]),
            None,
            draw.choice(["2026-11-01", "2026-11-22"]),
            "x",
        )
        for _ in range(60 if decided else 0)
    ]
    return _extract("case_feedback", rows)


def _extract(name: str, rows: list[tuple]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=dict.fromkeys(EXTRACTS[name].names, pl.String), orient="row")


def night_of(frames: dict[str, pl.DataFrame], inbox: Path, warehouse: Path, days: int, policy: str):
    for name, frame in frames.items():
        folder = inbox / EXTRACTS[name].department
        folder.mkdir(parents=True, exist_ok=True)
        frame.write_parquet(folder / f"{name}_20261122.parquet")
    told = ["--as-of", str(AS_OF + timedelta(days=days)), "--inbox", str(inbox), "--warehouse", str(warehouse), "--policy", policy]
    return run_here(["nightly", *told, "--worklists", "none", *(word for gate in GATES for word in ("--accept", gate))])


@pytest.mark.parametrize("seed", [*range(6), *(pytest.param(seed, marks=pytest.mark.long) for seed in range(6, 150))])
def test_two_nights_over_nonsense_are_published(sound, tmp_path, seed):
    draw, dice, decided = random.Random(seed), np.random.default_rng(seed), []
    for days in (0, draw.choice([1, 10, 45])):
        frames = {name: nonsense(frame, dice) if draw.random() < 0.7 else frame for name, frame in sound.items()}
        frames |= {"mutual_aid": relations(frames["enrollment"], draw), "case_feedback": returned(decided, draw)}
        ran = night_of(frames, tmp_path / str(days), tmp_path / "warehouse", days, draw.choice(POLICIES))
        assert ran.status == PUBLISHED, ran.err
        decided = read(tmp_path / "warehouse" / "current", "decisions")["enrollment_id"].to_list()
