"""Nights without their reading: extracts are read once, then decided again and again under changed policies or statements.

The steps are those of flows.steps after ingest and gate; what is published is read as it goes to be written, not from files.
"""

import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from inbox import AS_OF, filler_people, write_inbox
from reference.model import Person
from reference.observed import BY_PERSON, DATASETS, Observed, from_night

import policy
from contracts import DATASETS as CONTRACTS
from contracts.site import NO_SITE
from flows import policy_tables
from flows.dataset_files import schema_of
from flows.ingest_step import read_extracts
from flows.night import Night
from flows.progress import Progress
from flows.publish_step import rows_of
from flows.settings import Settings
from flows.steps import STEPS
from policy import Policy
from policy.vocabulary import DEREGISTRATIONS
from transforms.engine import Engine

#: The engine that was opened last, for whoever has to interrupt it.
LAST: list[Engine] = []
NOT_AGAIN = ("ingest", "gate", "reconcile", "publish")


class Rewritten(Engine):
    """An engine that runs other texts in the place of some .sql files."""

    texts: Mapping[str, str] = {}

    def _text(self, path: str) -> str:
        return self.texts.get(str(path)) or super()._text(path)


@dataclass(frozen=True)
class Prepared:
    """What a night has in its engine once the extracts are read: one Parquet file a table."""

    as_of: date
    folder: Path
    ingested: Mapping
    persons_enrolled: int


class Quiet(Progress):
    def end(self) -> None:
        pass


@contextmanager
def _night(as_of: date, rules: Policy, inbox: Path, before: Path | None = None) -> Iterator[Night]:
    run = Path(tempfile.mkdtemp(prefix="night-"))
    (run / "work").mkdir()
    settings = Settings(as_of, inbox, run, rules.policy_id, ("overlap_share",), 10**9, 2)
    started = Night(
        settings, rules, NO_SITE, SimpleNamespace(night_before=lambda day: before, manifests_before=lambda day, most: []), run, Quiet()
    )
    try:
        yield started
    finally:
        if started.engine:
            started.engine.close()
        shutil.rmtree(run, ignore_errors=True)


def _names(engine: Engine) -> list[str]:
    return [
        name for (name,) in engine.connection.execute("SELECT table_name FROM information_schema.tables ORDER BY table_name").fetchall()
    ]


def prepare(inbox: Path, as_of: date, folder: Path, before: Path | None = None) -> Prepared:
    """Reads the inbox as a night does, after the night whose publication lies in `before`, and keeps the rows of the persons in question, of whatever look-back is asked for,
    for whatever deregistration the policy suspends, and however long the grace is."""
    folder.mkdir(parents=True)
    rules = policy.load("national", as_of)
    asked = {"lookback_years": 3, "suspended_deregistrations": DEREGISTRATIONS, "payment_grace_months": 0}
    rules = replace(rules, parameters=rules.parameters | asked)
    with _night(as_of, rules, inbox, before) as started:
        read_extracts(started)
        for name in _names(started.engine):
            started.engine.connection.execute(f"COPY (SELECT * FROM {name}) TO '{folder / name}.parquet' (FORMAT parquet)")
        return Prepared(as_of, folder, started.ingested, started.engine.parameters["persons_enrolled"])


def decide(people: Sequence[Person], folder: Path, names: tuple[str, ...]) -> dict[str, pl.DataFrame]:
    """Datasets of a night of a few ``people`` among others in order, under the nation's policy. ``folder``: a new one."""
    inbox = write_inbox(folder / "inbox", [*people, *filler_people(40, AS_OF)], AS_OF)
    return publish_again(prepare(inbox, AS_OF, folder / "read"), policy.load("national", AS_OF), names)


def publish_again(
    prepared: Prepared, rules: Policy, names: tuple[str, ...], texts: Mapping[str, str] | None = None, before: Path | None = None
) -> dict[str, pl.DataFrame]:
    """Datasets of a night over the prepared rows under `rules`, with `texts` in the place of some .sql files, after the
    night whose publication lies in `before`."""
    with _night(prepared.as_of, rules, Path("nowhere"), before) as again:
        again.engine = policy_tables.open_engine(again.settings, rules, b"k" * 32, again.work)
        again.engine.__class__, again.engine.texts = Rewritten, texts or {}
        LAST[:] = [again.engine]
        again.engine.connection.execute("SET enable_progress_bar = false")
        again.engine.parameters["persons_enrolled"] = prepared.persons_enrolled
        known = _names(again.engine)
        for path in sorted(prepared.folder.glob("*.parquet")):
            if path.stem not in known:
                again.engine.register(path.stem, pq.read_table(path))
        again.ingested = dict(prepared.ingested)
        for name, step in STEPS.items():
            if name not in NOT_AGAIN:
                step(again)
        wrong = [r["name"] for r in again.engine.rows("published/reconciliation.sql") if r["expected"] != r["found"]]
        assert not wrong, wrong
        return {name: _published(again, name) for name in names}


def _published(again: Night, name: str) -> pl.DataFrame:
    rows = list(rows_of(again, CONTRACTS[name]))
    return pl.from_arrow(pa.Table.from_batches(rows) if rows else schema_of(CONTRACTS[name], {}).empty_table())


def decide_again(prepared: Prepared, rules: Policy, texts: Mapping[str, str] | None = None) -> Observed:
    """The same in the form in which it is compared with the reference."""
    return from_night(publish_again(prepared, rules, (*DATASETS, *BY_PERSON, "persons"), texts))
