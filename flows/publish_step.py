"""The last step of a night: datasets, worklists, report and manifest into the run folder, to disk, then one switch."""

import shutil
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from threading import Thread

import pyarrow as pa

from contracts import DATASETS, EXTRACTS
from contracts.datasets import Dataset
from expectations import Verdict, judge
from flows import controls, datapackage, dataset_files, disk, protected, report, run_ledger, worklists
from flows.attached import attached
from flows.ingest import TYPED
from flows.manifest import build_manifest, metadata
from flows.merged import merged
from flows.night import Night
from flows.quarantine import quarantine_rows
from flows.report import checks
from flows.settings import site_key
from transforms.engine import BATCH, SQL_ROOT
from transforms.retention.reasons import with_reasons

#: Datasets of which many rows share columns: the SELECT that has those once, and the number that orders both.
SHARED = {"timelines": ("published/timeline_columns.sql", "enrollment_place")}
#: Datasets of decisions: clause and reasons are put to their rows.
REASONED = ("decisions", "terminations", "suspensions", "reviews")
#: Rows of these per batch: their texts are long, and stand in memory several times on their way to the file.
OF_REASONED = BATCH // 4
#: Datasets that are put together from the evidence of every decision (retention/evidence.sql).
WITH_EVIDENCE = ("decisions", "reviews")


def publish_night(night: Night) -> None:
    """publish: datasets and manifest into the run folder, to disk, then one switch."""
    # with more than two shares memory does not hold the sorts of two datasets at once
    with ThreadPoolExecutor(night.settings.threads if night.shares <= 2 else 1) as pool:
        night.published = dict(zip(DATASETS, pool.map(lambda dataset: _publish(night, dataset), DATASETS.values()), strict=True))
    # nothing reads the typed rows any more, and the disk takes its time over gigabytes
    clearing = Thread(target=shutil.rmtree, args=(night.work / TYPED,), kwargs={"ignore_errors": True})
    clearing.start()
    controls.check_published(night.published, night.steps["consequences"]["decision"])
    datapackage.write(night.run, metadata(night), night.digests, night.published)
    _write_worklists(night)
    manifest = build_manifest(night)
    dataset_files.write_json(night.run / "manifest.json", manifest)
    report.write(night.run, night.engine, night.policy, manifest, night.house.night_before(night.settings.as_of))
    night.engine.close()
    checks.write(night)
    clearing.join()
    _remove_work(night)
    run_ledger.write_state(night.run, "published", as_of=night.settings.as_of.isoformat())
    disk.sync_tree(night.run)
    night.house.switch(night.run, night.settings.as_of)


def _write_worklists(night: Night) -> None:
    if night.settings.worklists == "none":
        return
    key = worklists.key_of(site_key(night.settings.warehouse))
    lists = worklists.Lists(night.run, night.settings.as_of, night.settings.worklists, night.policy, key)
    night.engine.limit(night.settings.of_engine(night.settings.processes))
    night.worklists = worklists.write(lists, night.engine, night.settings.processes)


def rows_of(night: Night, dataset: Dataset) -> Iterable[pa.RecordBatch] | None:
    """What is published of a dataset, in the order of its key, evidence still as text; None where nothing makes it tonight."""
    if dataset.name == "quarantine":
        return quarantine_rows(night.ingested, dataset)
    path = f"published/{dataset.name}.sql"
    if not (SQL_ROOT / path).exists():
        return _checks(night.verdicts) if dataset.name == "checks" else None
    shares, size = night.shares if dataset.name in WITH_EVIDENCE else 1, OF_REASONED if dataset.name in REASONED else BATCH
    # of each share as many rows as together make a batch
    rows = merged([night.engine.batches(path, size // shares, share, shares) for share in range(shares)], dataset.key, size)
    if dataset.name in SHARED:
        columns, place = SHARED[dataset.name]
        return attached(rows, night.engine.batches(columns), place)
    return with_reasons(rows, night.policy.rules) if dataset.name in REASONED else rows


def _checks(verdicts: list[Verdict]) -> pa.RecordBatchReader:
    """Verdicts as rows of the dataset `checks`."""
    schema = dataset_files.schema_of(DATASETS["checks"], {})
    rows = sorted((asdict(v) for v in verdicts), key=lambda v: (v["extract"], v["check_id"]))
    return pa.Table.from_pylist(rows, schema=schema).to_reader()


def _publish(night: Night, dataset: Dataset) -> int:
    rows = rows_of(night, dataset)
    shown = rows if dataset.restricted else protected.without_places(rows, night.protected)
    written = dataset_files.write(night.run, dataset, shown, metadata(night), night.restricted_key)
    file = dataset_files.file_of(night.run, dataset)
    night.digests[str(file.relative_to(night.run))] = disk.digest(file)
    return written


def leave_for_operator(night: Night) -> None:
    """A stopped night publishes nothing, but leaves its checks and its quarantine in its run folder."""
    judged = {(v.extract, v.check_id) for v in night.verdicts}
    later = [v for at in ("overlaps", "retention") for v in judge(EXTRACTS["enrollment"], {}, night.checks, at)]
    night.verdicts += [v for v in later if (v.extract, v.check_id) not in judged]
    dataset_files.write(night.run, DATASETS["checks"], _checks(night.verdicts), metadata(night))
    if night.engine:
        quarantine = DATASETS["quarantine"]
        dataset_files.write(night.run, quarantine, rows_of(night, quarantine), metadata(night), night.restricted_key)
        night.engine.close()
    dataset_files.write_json(night.run / "manifest.json", build_manifest(night))
    checks.write(night)
    _remove_work(night)
    run_ledger.write_state(night.run, "stopped", as_of=night.settings.as_of.isoformat())


def _remove_work(night: Night) -> None:
    """The working tables hold names: they never outlive the run."""
    shutil.rmtree(night.work, ignore_errors=True)
