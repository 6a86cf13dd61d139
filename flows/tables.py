"""Between folders and the engine: views over what was read, small tables of policy, counts, checks and the manifest."""

import shutil
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from contracts import DATASETS
from contracts.divisions import STATUSES, place_status
from contracts.reasons import REASONS
from contracts.site import Site
from expectations import Verdict, is_accepted
from flows.ingest import Ingested
from flows.publish import folder_of, is_encrypted, read_restricted, schema_of
from flows.settings import CHECKOUT, Settings, key_id, site_key
from flows.waiting import waiting_tables
from policy import Policy
from policy.vocabulary import LEVELS
from transforms.engine import ROOMS, Engine
from transforms.identifiers import KINDS
from transforms.reading import RowTally
from transforms.reading.columns import Column
from transforms.reading.likeness import damaged, forms, newborns
from transforms.reading.wanted import Linked, Members, distinct, save

#: Monthly changes over forty years are fewer, and nobody holds so many covers at one time; docs/decisions/0082-crowded-identifiers.md.
MOST_ROWS_OF_A_PERSON, MOST_ENROLLMENTS_AT_ONCE = 500, 50
LADDER_FACTS = ("person_choice", "school_place", "usual_residence", "usual_county", "employer_paid", "employment_place", "newest_in_pool")


def open_engine(settings: Settings, rules: Policy, key: bytes, work: Path) -> Engine:
    """An engine with the night's parameters, the policy as small tables, and the keyed hash."""
    p, as_of, since = rules.parameters, settings.as_of, first_day(settings, rules)
    parameters = {k: v for k, v in p.items() if isinstance(v, (bool, int, str))} | {
        "as_of": as_of,
        "lookback_start": since,
        "policy_id": rules.policy_id,
        "policy_version": rules.version,
        "refund_clause": "33号 二(五)",
        "continuity_clause": "33号 二(三)",
        "mutual_aid_clause": "国办发〔2024〕38号 个人账户共济",
        "late_enrollment_clause": "国办发〔2024〕38号",
        "most_rows_of_a_person": MOST_ROWS_OF_A_PERSON,
        "most_enrollments_at_once": MOST_ENROLLMENTS_AT_ONCE,
    }
    spill = work / "spill"
    spill.mkdir()
    engine = Engine(spill, settings.of_engine(settings.processes), settings.threads, parameters)
    engine.secret(key)
    years = list(range(since.year, as_of.year + 1))
    put_in_force(engine, rules, years)
    return engine


def put_in_force(engine: Engine, rules: Policy, years: list[int]) -> None:
    """The policy as small tables, in place of those of any other."""
    for name, table in (policy_tables(rules, years) | waiting_tables(rules, years)).items():
        engine.register(name, table)


def first_day(settings: Settings, rules: Policy) -> date:
    """The first day of the look-back: 1 January, lookback_years before the as-of date's year (rules 1.2)."""
    return date(settings.as_of.year - rules.parameters["lookback_years"], 1, 1)


def policy_tables(rules: Policy, years: list[int]) -> dict[str, pa.Table]:
    """The policy as tables that SQL can join."""
    provinces = [f"{n:02d}" for n in range(100)]
    rungs = [(r.rule_id, fact, 1 << (len(r.rungs) - place)) for r in rules.rules.values() for place, fact in enumerate(r.rungs)]
    weight = {(rule, fact): w for rule, fact, w in rungs}
    return {
        "pooling": _table(province=provinces, pool_digits=[rules.pooling_level(p + "0000") for p in provinces]),
        "flexible_type": _table(code=list(rules.parameters["flexible_emp_mgt_types"])),
        "suspended_reason": pa.table({"code": pa.array(rules.parameters["suspended_deregistrations"], pa.string())}),
        "rule": pa.Table.from_pylist([
            {"rule_id": r.rule_id, "clause": r.clause, "action": r.action, "deducts": r.deducts, "choice_first": r.choice_first}
            for r in rules.rules.values()
        ]),
        "rung": _table(rule_id=[r for r, _, _ in rungs], fact=[f for _, f, _ in rungs], weight=[w for _, _, w in rungs]),
        "ladder": pa.Table.from_pylist([
            {"rule_id": r} | {f"w_{f}": weight.get((r, f), 0) for f in LADDER_FACTS} for r in rules.rules
        ]),
        "standard": pa.table(dict(zip(("code", "fiscal_year", "amount"), map(list, zip(*rules.standards(years), strict=True)), strict=True)),
                             schema=pa.schema([("code", pa.string()), ("fiscal_year", pa.int64()), ("amount", pa.decimal128(12, 2))])),
        "sharing": pa.Table.from_pylist([
            {"code": c, "fiscal_year": y, "level": level, "place": LEVELS.index(level), "basis_points": int(share * 100)}
            for c, y, level, share in rules.sharing(years)
        ]),
        "kind": _table(id_kind=list(range(len(KINDS))), kind=list(KINDS)),
    }  # fmt: skip


def _table(**columns: list) -> pa.Table:
    return pa.table(columns)


def keep(engine: Engine, done: Ingested, narrowed: bool, linked: str | None = None) -> str:
    """The accepted rows of an extract that speak of persons in question, as a table of its name; beside it a view over
    those of everybody, which are narrow where the table's rows were chosen while reading."""
    dropped = str(done.dropped) if done.dropped else None
    engine.everybody(done.extract.name, [str(p) for p in done.everybody], dropped, linked)
    return engine.keep(done.extract.name, [str(p) for p in done.parts], dropped, narrowed, linked)


def show(engine: Engine, done: Ingested) -> None:
    """Everybody's rows of an extract, before it is known whose matter."""
    engine.show(done.extract.name, [str(p) for p in done.parts])


def place_counts(engine: Engine, as_of: date) -> dict[str, int]:
    """How many resident IDs of enrollments are of a place that is known now, was once, is of a province only, or is unknown:
    a soft signal about an extract, never a reason to reject a number (contracts/divisions)."""
    places = pl.from_arrow(engine.table("identifiers/place_count.sql")).with_columns(status=place_status(pl.col("place"), as_of))
    counts = dict(places.group_by("status").agg(pl.col("enrollments").sum()).iter_rows())
    return {f"places_{status}": counts.get(status, 0) for status in STATUSES}


def links(engine: Engine) -> Linked:
    """Which documents are one person's, for lookups without the engine."""
    linked = engine.table("identifiers/person_of_document.sql").combine_chunks()
    return Linked.of(*(linked[c].to_numpy() for c in ("document_key", "person_key")))


def save_wanted(engine: Engine, persons: Members, enrollments: Members, folder: Path) -> None:
    """Who is in question: the table `wanted` for the engine, ``folder`` for the workers."""
    engine.register("wanted", pa.table({"person_key": persons.numbers}))
    save(folder, "persons", persons)
    save(folder, "enrollments", enrollments)


def save_covered(engine: Engine, persons: Iterable[np.ndarray], folder: Path) -> None:
    """Who is plainly covered, as the view `covered_person`."""
    path, schema = folder / "covered.parquet", pa.schema([("person_key", pa.int64())])
    with pq.ParquetWriter(path, schema, compression="lz4", use_dictionary=False) as writer:
        for share in persons:
            writer.write_table(pa.table([share], schema))
    engine.published("covered_person", path)


#: What a night carries on from the one before: table -> dataset.
STATE = {
    "last_deduction": "subsidy_deductions",
    "last_refund": "refunds",
    "last_decision": "decisions",
    "last_case": "cases",
    "last_termination": "terminations",
    "last_suspension": "suspensions",
    "last_person": "persons",
}

#: Their files below a run.
STATE_FILES = tuple(str(folder_of(Path(), DATASETS[name]) / "part-0.parquet") for name in STATE.values())


def _awaited(since: date) -> dict[str, list]:
    """Ledgers that ask tonight's extracts whether what is open in them was carried out, and of which rows; what was withdrawn may still be
    paid back while the look-back sees its months."""
    opened = ("status", "in", ["new", "reported"])
    return {
        "refunds": [[opened], [("status", "=", "withdrawn"), ("period_end", ">", since)]],
        "subsidy_deductions": [opened, ("rule_id", "=", "deceased")],
    }


def register_awaited(engine: Engine, before: Path | None, since: date) -> None:
    """Enrollments of which something is open in the ledgers of the night before, by the hashes of their ids, as the table
    `awaited_enrollment`. ``since``: the first day of the look-back."""
    files = {folder_of(before, DATASETS[name]) / "part-0.parquet": rows for name, rows in _awaited(since).items()} if before else {}
    ids = [pq.read_table(file, columns=["enrollment_id"], filters=rows)["enrollment_id"] for file, rows in files.items() if file.exists()]
    hashes = [Column(None, None, chunk).hashes() for column in ids for chunk in column.cast(pa.string()).chunks]
    engine.register("awaited_enrollment", pa.table({"enrollment_hash": distinct(np.concatenate([np.empty(0, np.uint64), *hashes]))}))


def show_last_night(engine: Engine, before: Path | None, key: bytes | None, renamed: Path | None) -> None:
    """The datasets of the night before as tables; without rows where there was none. Of open datasets what an earlier version did not
    publish is null. ``key``: what restricted ones may be encrypted with; ``renamed``: the old and new person_id (flows/rotation.py) where
    the site's key has changed since."""
    if renamed:
        engine.register("person_id_map", read_restricted(renamed, key))
    for table, name in STATE.items():
        file = folder_of(before, DATASETS[name]) / "part-0.parquet" if before else None
        shown = f"{table}_before" if renamed else table
        if not (file and file.exists()):
            engine.register(shown, schema_of(DATASETS[name], {}).empty_table())
        elif is_encrypted(file):
            engine.register(shown, read_restricted(file, key))
        else:
            engine.published(shown, file, schema=schema_of(DATASETS[name], {}))
        if renamed:
            engine.rename_persons(shown, table)


def show_quarantine(engine: Engine, everything: Iterable[Ingested]) -> None:
    """All rejected rows as the view `refused`, and the files they came from."""
    everything = list(everything)
    engine.refused({d.extract.name: [str(p) for p in d.quarantine] for d in everything if d.quarantine})
    files = [(d.extract.name, s.name, s.number) for d in everything for s in d.files]
    columns = list(zip(*files, strict=True)) or [[]] * 3
    engine.register("source_file", pa.table(dict(zip(("extract", "file", "number"), map(list, columns), strict=True))))


def register_name_forms(engine: Engine) -> None:
    """Comparable forms of the few spellings that differ within a person, as the table `name_form`."""
    engine.register("name_form", forms(pl.from_arrow(engine.table("facts/differing_name.sql"))["psn_name"]).to_arrow())


def register_damaged_numbers(engine: Engine, site: Site) -> None:
    """Rejected enrollments with a damaged number as the table `damaged_number`."""
    rows = pl.from_arrow(engine.table("identifiers/damaged_row.sql"))
    engine.register("damaged_number", damaged(rows, site.drift("enrollment", "gend")).to_arrow())


def register_newborns(engine: Engine) -> None:
    """Enrollments of newborns, with their mother's name and their place among her children, as the table `newborn`."""
    engine.register("newborn", newborns(pl.from_arrow(engine.table("identifiers/newborn_row.sql"))).to_arrow())


def register_candidate_forms(engine: Engine) -> None:
    """Comparable forms of the names that candidates are compared by, as the table `candidate_form`."""
    engine.register("candidate_form", forms(pl.from_arrow(engine.table("identifiers/candidate_spelling.sql"))["psn_name"]).to_arrow())


def counts(done: Ingested, before: Mapping | None, as_of: date) -> dict[str, float | None]:
    """The one row of counts of an extract: what was read, filled, quarantined, how old, against the last night."""
    t = done.tally
    if not done.files and not done.extract.required:
        # what came last night and does not come tonight has lost all its rows; of what never came there is nothing to say
        return {"rows": 0, "row_ratio": 0.0} if before and before["rows"] else {}

    def share(n: int, of: int) -> float | None:
        return n / of if of else None

    per_reason = {r: t.reasons.get(r, 0) for r in REASONS}
    return {
        "rows": t.rows,
        "files": len(done.files),
        "quarantined": t.quarantined,
        "quarantine_share": share(t.quarantined, t.rows),
        "identifier_fill": share(t.id_filled, t.id_slots),
        "identifiers_missing": t.id_slots - t.id_filled,
        "date_fill": share(t.date_filled, t.date_slots),
        "date_slots": t.date_slots,
        "dates_missing": t.date_slots - t.date_filled,
        "days_old": max(((as_of - s.own_date()).days for s in done.files), default=None),
        "row_ratio": share(t.rows, before["rows"]) if before else None,
        **{f"share_{r}": share(n, t.rows) for r, n in per_reason.items()},
        **{f"{m}_share": share(n, t.good) for m, n in t.measures.items()},
        **t.measures,
        **{f"count_{r}": n for r, n in per_reason.items()},
    }


def checks(verdicts: list[Verdict]) -> pa.RecordBatchReader:
    """Verdicts as rows of the dataset `checks`."""
    schema = schema_of(DATASETS["checks"], {})
    rows = sorted((asdict(v) for v in verdicts), key=lambda v: (v["extract"], v["check_id"]))
    return pa.Table.from_pylist(rows, schema=schema).to_reader()


def has_sql(path: str) -> bool:
    return (ROOMS / path).exists()


def metadata(night) -> dict[str, str]:
    return {"as_of": night.settings.as_of.isoformat(), "policy_id": night.policy.policy_id, "policy_version": night.policy.version}


def manifest(night, without: Mapping[str, str]) -> dict:
    """What came in, what went out, and by which policy and code; counts and hashes only."""
    extracts = {}
    for name, d in night.ingested.items():
        t = d.tally
        extracts[name] = _fates(t) | {
            "reasons": t.reasons,
            "repairs": t.flags,
            "files": {
                s.name: _fates(d.by_file.get(s.name, RowTally()))
                | {
                    "sha256": d.hashes.get(s.name),
                    "encoding": s.encoding,
                    "columns_left_out": s.extra,
                    "sheets_left_out": s.sheets_left_out,
                }
                for s in d.files
            },
        }
    return {
        "as_of": night.settings.as_of.isoformat(),
        "policy": {"id": night.policy.policy_id, "version": night.policy.version},
        "code_version": night.code_version,
        "site_version": night.site.version,
        "key_id": key_id(site_key(night.settings.warehouse)),
        "extracts": extracts,
        "extracts_absent": {n: without.get(n, "required") for n in night.absent},
        "extracts_not_read": night.not_read,
        "files_passed_over": night.passed_over,
        "steps": night.steps,
        "merged": night.steps.get("activity", {}).get("continuation", 0),
        "datasets": night.published,
        "worklists": night.worklists,
        "files": dict(sorted(night.digests.items())),
        "persons": {**night.enrolled, "by_rule": dict(sorted(night.touched.items()))},
        "gates": [
            asdict(v) | {"accepted": v.stops and is_accepted(v, night.settings.accept)} for v in night.verdicts if v.severity == "error"
        ],
        "thresholds_changed": {name: check.agreed for name, check in night.checks.items() if check.agreed},
        "accepted_gates": sorted(night.settings.accept),
        "warnings": [asdict(v) for v in night.verdicts if v.severity == "warning" and v.status in ("fail", "error")],
    }


def _fates(tally: RowTally) -> dict[str, int]:
    """What became of the rows: they add up."""
    return {name: getattr(tally, name) for name in ("rows", "accepted", "quarantined", "copies", "superseded")}


def code_version() -> str:
    """The commit of the checkout, marked where files differ from it; `unknown` outside git."""
    ask = ["git", "-C", str(CHECKOUT), "describe", "--always", "--dirty", "--abbrev=12"]
    try:
        return subprocess.run(ask, capture_output=True, text=True, check=True, timeout=10).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return "unknown"


def remove_work(run: Path) -> None:
    shutil.rmtree(run / "work", ignore_errors=True)
