"""The steps of a night as plain functions over one Night. What passes between them is a table or a path, never rows."""

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Thread

import numpy as np
import polars as pl
import pyarrow as pa

import policy
from contracts import DATASETS, EXTRACTS
from contracts.datasets import Dataset
from contracts.site import Site
from expectations import CHECKS, Verdict, is_accepted, judge
from expectations.bounds import Check
from expectations.gate import warm_up
from flows import affected, checks_page, controls, datapackage, protected, publish, report, tables, warehouse, worklists
from flows.attached import attached
from flows.errors import GateStopped, NightError
from flows.files import find, unchanged
from flows.ingest import Desk, Ingest, Ingested, readers
from flows.merged import merged
from flows.progress import Progress
from flows.settings import Settings, site_key
from transforms.engine import BATCH, Engine
from transforms.reading import Terms
from transforms.reading.covered import covered_persons, in_force
from transforms.reading.wanted import Wanted, enrolled_twice, in_question
from transforms.retention.reasons import with_reasons

#: The extract that says which documents are one person's.
LINKS = "identity_link"
#: Extracts that say who is in question and how everybody is covered, and those of which rows of these persons are carried on.
FOR_EVERYBODY = (LINKS, "enrollment", "death", "resident")
FOR_PERSONS_IN_QUESTION = ("contribution", "student", "inpatient_stay", "assistance")
OF_CASES = ("case_feedback", "mutual_aid")
#: Extracts that tonight's decisions read; a bureau may send the others already.
TONIGHT = FOR_EVERYBODY + FOR_PERSONS_IN_QUESTION + OF_CASES
#: What a missing optional extract means for the decisions, for the manifest.
WITHOUT = {
    LINKS: "two documents of one person are two persons",
    "inpatient_stay": "no enrollment is held until discharge",
    "case_feedback": "no choice of a person is known, and no case is confirmed or rejected",
    "mutual_aid": "no relation is dissolved and nothing is cleared",
    "assistance": "no refund is eligible as assisted, but where a contribution says so",
}


#: What says on which days an enrollment is active.
ACTIVE = ("enrollment_row", "continuation", "spell_of", "spell", "payment", "cover")
#: Datasets of which many rows share columns: the SELECT that has those once, and the number that orders both.
SHARED = {"timelines": ("published/timeline_columns.sql", "enrollment_place")}
#: Datasets of decisions: clause and reasons are put to their rows.
REASONED = ("decisions", "terminations", "suspensions", "reviews")
#: Datasets that are put together from the evidence of every decision (retention/evidence.sql).
WITH_EVIDENCE = ("decisions", "reviews")
#: A row as it arrived is as long as so many of decisions.
LONG = 4
#: The schemas of the coverage plan's own tables, of enrollments of nobody in question, and of those of earlier nights.
PLAN, OTHERS, SINCE = "plan", "others", "since"


@dataclass
class Night:
    """One run: its settings, its folder, its engine and what has been counted so far."""

    settings: Settings
    policy: policy.Policy
    site: Site
    house: warehouse.Warehouse
    run: Path
    progress: Progress
    ingested: dict[str, Ingested] = field(default_factory=dict)
    verdicts: list[Verdict] = field(default_factory=list)
    steps: dict[str, dict[str, int]] = field(default_factory=dict)
    published: dict[str, int] = field(default_factory=dict)
    worklists: dict[str, int] = field(default_factory=dict)
    engine: Engine | None = None
    #: Asked before the night is large: while git runs, the memory of this process would count twice.
    code_version: str = field(default_factory=tables.code_version)
    checks: Mapping[str, Check] = field(default_factory=lambda: CHECKS)
    enrolled: Mapping[str, int] = field(default_factory=dict)
    touched: Mapping[str, int] = field(default_factory=dict)
    digests: dict[str, dict] = field(default_factory=dict)
    crowded: int = 0
    #: In how many shares of the persons decisions are put together.
    shares: int = 1
    restricted_key: bytes | None = None
    renamed: Path | None = None
    #: person_id of those whose places are published nowhere.
    protected: pa.Array = field(default_factory=lambda: pa.array([], pa.string()))

    @property
    def work(self) -> Path:
        return self.run / "work"

    def build(self, step: str, *paths: str, shares: int = 1) -> None:
        counts = self.steps.setdefault(step, {})
        for path in paths:
            self.progress.at(Path(path).stem)
            name = self.engine.build(path, shares=shares)
            counts[name] = self.engine.count(name)


def read_extracts(night: Night) -> None:
    """ingest: every extract once. Links of documents, enrollments, deaths and the police register first: they say whose
    evidence matters."""
    Thread(target=warm_up, daemon=True).start()
    with unchanged(night.settings.inbox, TONIGHT):
        _read_extracts(night)
    tables.show_quarantine(night.engine, list(night.ingested.values()))


def _read_extracts(night: Night) -> None:
    settings = night.settings
    night.engine = tables.open_engine(settings, night.policy, site_key(settings.warehouse), night.work)
    night.engine.register("protect_list", protected.listed(settings.site, settings.as_of))
    gone = ("death", *night.policy.parameters["suspended_deregistrations"])
    grace = night.policy.parameters["payment_grace_months"]
    everybody = Terms(settings.as_of, tables.first_day(settings, night.policy), site=night.site, gone=gone, grace=grace)
    with readers(settings.inbox, settings.processes) as pool:
        desk = Desk(settings.inbox, night.work, pool, night.progress)
        night.progress.expect(
            sum(source.path.stat().st_size for name in TONIGHT for source in find(settings.inbox, EXTRACTS[name], night.site))
        )
        links, enrollment, *departed = (Ingest(EXTRACTS[name], desk, everybody) for name in FOR_EVERYBODY)
        _read(night, [links, enrollment])
        # what follows is found while the workers read on
        linked = _link(night, links)
        of_one = tables.links(night.engine)
        twice, night.engine.parameters["persons_enrolled"] = enrolled_twice(enrollment.done.marks, of_one)
        paid_for = in_force(enrollment.done.marks, enrollment.contradicted)
        _read(night, departed)
        wanted = night.work / "wanted"
        # passed on without a name, which would keep the arrays alive while the workers map the same pages
        tables.save_wanted(
            night.engine,
            Wanted(*in_question(enrollment.done.marks, [m for d in departed for m in d.done.marks], twice, of_one), paid_for),
            wanted,
        )
        del paid_for
        narrowed = [Ingest(EXTRACTS[name], desk, replace(everybody, wanted=wanted)) for name in FOR_PERSONS_IN_QUESTION]
        # the clerks' returns name cases, relations two persons; they are few
        narrowed += [Ingest(EXTRACTS[name], desk, everybody) for name in OF_CASES]
        _keep(night, [enrollment, *departed], narrowed=False, linked=linked)
        _set_aside(night)
        _read(night, narrowed)
        _keep(night, narrowed, narrowed=True, linked=linked)
    tables.save_covered(
        night.engine, covered_persons(enrollment.done.marks, enrollment.contradicted, *_payments(narrowed[0]), of_one), night.work
    )
    night.engine.limit(settings.of_engine())


def _payments(contribution: Ingest) -> tuple[list[Path], np.ndarray]:
    """What says who is paid for, and the rows of it that are copies of others or contradicted."""
    dropped = pl.read_parquet(contribution.done.dropped)["row_id"].to_numpy() if contribution.done.dropped else np.empty(0, np.int64)
    return contribution.done.marks, dropped


def _set_aside(night: Night) -> None:
    """Identifiers that carry more rows than any person has: their enrollments are counted, and decided about by nobody."""
    night.build("ingest", "identifiers/crowded.sql")
    night.crowded = night.engine.rows("identifiers/crowded_rows.sql")[0]["enrollments"]
    night.engine.set_aside("enrollment", "crowded")


def _read(night: Night, reading: list[Ingest]) -> None:
    """Look for rows that share a key in one extract while the workers read the next."""
    for r in reading:
        night.ingested[r.done.extract.name] = r.read()
        r.look_again()


def _link(night: Night, links: Ingest) -> str | None:
    """Which documents are one person's, as a table; its name, or None where no two are."""
    _keep(night, [links], narrowed=True)
    tables.show(night.engine, night.ingested["enrollment"])
    night.build("identify", *(f"identifiers/{t}.sql" for t in ("foreign_passport", "document_link", "component", "linked")))
    return "linked" if night.steps["identify"]["linked"] else None


def _keep(night: Night, reading: list[Ingest], narrowed: bool, linked: str | None = None) -> None:
    counts = night.steps.setdefault("ingest", {})
    for r in reading:
        done = r.settled()
        controls.check_rows(done, narrowed)
        r.forget()
        name = tables.keep(night.engine, done, narrowed, linked)
        counts[name] = night.engine.count(name)


def gate(night: Night) -> None:
    """gate: counts of every extract against its bounds; a failed error stops the night."""
    before = night.house.last_manifest(night.settings.as_of).get("extracts", {})
    for name, done in night.ingested.items():
        counts = tables.counts(done, before.get(name), night.settings.as_of)
        night.verdicts += judge(done.extract, counts | ({"crowded": night.crowded} if name == "enrollment" else {}), night.checks)
    stop_where_failed(night)


def stop_where_failed(night: Night) -> None:
    failed = [v for v in night.verdicts if v.stops and not is_accepted(v, night.settings.accept)]
    if failed:
        told = "; ".join(f"{v.check_id} of {v.extract}: {v.observed or v.status}, expected {v.expected}" for v in failed)
        raise GateStopped(
            f"stopped by a data gate: {told}. Mend the extract, or let it pass once with --accept NAME; nothing was published, see {night.run}"
        )


def identify(night: Night) -> None:
    """identify: who is said to be dead, keys and links that are no identity, and who may be one person."""
    night.build("identify", *(f"identifiers/{t}.sql" for t in ("death_report", "key_collision", "suspicious", "link_status")))
    links = {row["status"]: row["links"] for row in night.engine.rows("identifiers/link_count.sql")}
    night.steps["identify"] |= {f"links_{status}": links.get(status, 0) for status in ("applied", "undone", "future", "suspicious")}
    night.steps["identify"] |= tables.place_counts(night.engine, night.settings.as_of)
    night.build("identify", "identifiers/protected.sql")
    _candidates(night)


def _candidates(night: Night) -> None:
    """Who may be one person with whom, for somebody to confirm: no step after this reads it."""
    tables.register_damaged_numbers(night.engine, night.site)
    night.build("identify", "identifiers/repairable.sql", "identifiers/near_number.sql", "identifiers/other_document.sql")
    tables.register_candidate_forms(night.engine)
    tables.register_newborns(night.engine)
    night.build("identify", "identifiers/candidate.sql", "identifiers/candidate_pair.sql")
    night.engine.drop("repairable", "near_number", "other_document", "candidate_form", "newborn", "damaged_number", "candidate")


def activity(night: Night) -> None:
    """activity: spells, payments and the days on which each enrollment is active."""
    waits = ("continuity/entry.sql", "continuity/wait.sql", "activity/benefit.sql")
    with night.engine.within(OTHERS):
        night.engine.build("activity/enrollment_of_others.sql", "enrollment")
        night.engine.build("activity/enrollment_row.sql")
    night.build("activity", *(f"activity/{t}.sql" for t in ACTIVE), *waits)


def overlaps(night: Night) -> None:
    """overlaps: stretches of time with two enrollments or more."""
    night.build("overlaps", *(f"overlaps/{t}.sql" for t in ("segment", "overlap", "overlap_member", "overlap_shape")))
    night.enrolled = night.engine.rows("overlaps/overlap_share.sql")[0]
    night.verdicts += judge(EXTRACTS["enrollment"], affected.overlap_counts(night.enrolled), night.checks, "overlaps")
    stop_where_failed(night)


def facts(night: Night) -> None:
    """facts: what the departments say of each member at the decision date."""
    rooms = ("chosen", "home", "schooling", "workplace", "employee_month", "continuity", "in_hospital", "person_row", "person_name")
    night.build("facts", *(f"facts/{t}.sql" for t in rooms))
    tables.register_name_forms(night.engine)
    night.build("facts", *(f"facts/{t}.sql" for t in ("known_name", "identity_conflict", "deceased", "deregistered")))
    night.engine.define("facts/member_fact.sql")


def retention(night: Night) -> None:
    """retention: which enrollment stays, on what ground, what the guard says, and the evidence."""
    of_persons = ("ended_by_death", "suspended_while_away", "person_ruling")
    night.build("retention", "retention/narrowed.sql", "retention/matched.sql")
    night.engine.define("retention/ranked.sql")
    rooms = ("returned", *of_persons, "proposed", "guarded", "decided", "overlap_evidence", "person_evidence")
    night.build("retention", *(f"retention/{t}.sql" for t in rooms))
    night.touched = {r["rule_id"]: r["persons"] for r in night.engine.rows("retention/rule_share.sql")}
    earlier = night.house.manifests_before(night.settings.as_of, affected.NIGHTS)
    most = night.checks["rule_share"].most
    counts = affected.rule_counts(night.touched, night.enrolled["persons_enrolled"], earlier, night.policy.policy_id, most)
    night.verdicts += judge(EXTRACTS["enrollment"], counts, night.checks, "retention")
    stop_where_failed(night)


def coverage(night: Night) -> None:
    """coverage: who of the whole population is active under no enrollment. The few of whom that is not plain are looked at
    by the same statements as the persons in question, in a schema of their own."""
    night.build("coverage", "coverage/doubtful.sql", "coverage/doubtful_document.sql")
    with night.engine.within(PLAN):
        for path, name in (("coverage/plan_enrollment.sql", "enrollment"), ("coverage/plan_contribution.sql", "contribution")):
            night.engine.build(path, name)
        for table in ACTIVE:
            night.engine.build(f"activity/{table}.sql")
        night.engine.build("coverage/plan_resident.sql")
        night.engine.build("coverage/uncovered.sql")
        night.engine.build("coverage/gap.sql")
        night.steps["coverage"] = {r["place"]: r["persons"] for r in night.engine.rows("coverage/coverage_count.sql")}


def consequences(night: Night) -> None:
    """consequences: deductions, refunds, what was booked after a death, and switches between schemes."""
    rooms = ("paid_year", "needed_later", "deduction", "deduction_share", "paid_period", "prepaid_period", "refund", "after_death")
    night.build("consequences", *(f"consequences/{t}.sql" for t in rooms))
    night.build("consequences", *(f"mutual_aid/{t}.sql" for t in ("relation", "aid_enrollment", "dissolution", "clearing")))
    night.build("consequences", "continuity/switch.sql", "identifiers/person.sql")
    night.shares = night.engine.shares_of(night.engine.count("decided"))
    of_decisions = ("overlaps/overlap_name.sql", "retention/decision.sql", "consequences/timeline_row.sql")
    night.build("consequences", *of_decisions, shares=night.shares)
    night.engine.define("retention/evidence.sql")
    night.build("consequences", "consequences/timeline.sql", "consequences/stretch.sql")
    night.engine.drop("timeline_row")
    night.protected = night.engine.table("identifiers/protected_id.sql")["person_id"].combine_chunks()
    tables.show_last_night(night.engine, night.house.night_before(night.settings.as_of), night.restricted_key, night.renamed)
    with night.engine.within(SINCE):
        night.engine.build("consequences/enrollment_of_ledger.sql", "enrollment")
        night.engine.build("activity/enrollment_row.sql")
        night.engine.build("activity/continuation.sql")
    night.build("consequences", *(f"consequences/{t}.sql" for t in ("carried_out", "ledger", "refund_ledger", "case_ledger")))


def reconcile(night: Night) -> None:
    """reconcile: what must add up does, before anything is switched."""
    for done in night.ingested.values():
        carried = night.steps["ingest"][done.extract.name]
        if carried > done.tally.accepted:
            raise NightError(
                f"reconciliation: {done.extract.name} has {done.tally.accepted} rows accepted and {carried} carried on, which do not add up; nothing was published"
            )
    wrong = [r for r in night.engine.rows("published/reconciliation.sql") if r["expected"] != r["found"]]
    if wrong:
        told = "; ".join(f"{r['name']}: {r['expected']} expected, {r['found']} found" for r in wrong)
        raise NightError(f"reconciliation: {told}; nothing was published. Keep {night.run} and report it")


def publish_night(night: Night) -> None:
    """publish: datasets and manifest into the run folder, to disk, then one switch."""
    # what one dataset is sorted in, memory does not hold twice
    with ThreadPoolExecutor(night.settings.threads if night.shares <= 2 else 1) as pool:
        night.published = dict(zip(DATASETS, pool.map(lambda dataset: _publish(night, dataset), DATASETS.values()), strict=True))
    controls.check_published(night.published, night.steps["consequences"]["decision"])
    datapackage.write(night.run, tables.metadata(night), night.digests, night.published)
    _write_worklists(night)
    manifest = tables.manifest(night, WITHOUT)
    publish.write_json(night.run / "manifest.json", manifest)
    report.write(night.run, night.engine, night.policy, manifest, night.house.night_before(night.settings.as_of))
    night.engine.close()
    checks_page.write(night)
    tables.remove_work(night.run)
    warehouse.write_state(night.run, "published", as_of=night.settings.as_of.isoformat())
    warehouse.sync_tree(night.run)
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
    path = f"published/{dataset.name}.sql"
    if not tables.has_sql(path):
        return tables.checks(night.verdicts) if dataset.name == "checks" else None
    shares = shares_of(night, dataset)
    rows = merged([night.engine.batches(path, BATCH, share, shares) for share in range(shares)], dataset.key, BATCH)
    if dataset.name in SHARED:
        columns, place = SHARED[dataset.name]
        return attached(rows, night.engine.batches(columns), place)
    return with_reasons(rows, night.policy.rules) if dataset.name in REASONED else rows


def shares_of(night: Night, dataset: Dataset) -> int:
    """In how many shares a dataset is sorted: with its evidence, or as it arrived, a row is long."""
    if dataset.name == "quarantine":
        return night.engine.shares_of(LONG * sum(done.tally.quarantined for done in night.ingested.values()))
    return night.shares if dataset.name in WITH_EVIDENCE else 1


def _publish(night: Night, dataset: Dataset) -> int:
    rows = rows_of(night, dataset)
    shown = rows if dataset.restricted else protected.without_places(rows, night.protected)
    written = publish.write(night.run, dataset, shown, tables.metadata(night), night.restricted_key)
    file = publish.folder_of(night.run, dataset) / "part-0.parquet"
    night.digests[str(file.relative_to(night.run))] = warehouse.digest(file)
    return written


def leave_for_operator(night: Night) -> None:
    """A stopped night publishes nothing, but leaves its checks and its quarantine in its run folder."""
    judged = {(v.extract, v.check_id) for v in night.verdicts}
    later = [v for at in ("overlaps", "retention") for v in judge(EXTRACTS["enrollment"], {}, night.checks, at)]
    night.verdicts += [v for v in later if (v.extract, v.check_id) not in judged]
    publish.write(night.run, DATASETS["checks"], tables.checks(night.verdicts), tables.metadata(night))
    if night.engine:
        refused = DATASETS["quarantine"]
        publish.write(night.run, refused, rows_of(night, refused), tables.metadata(night), night.restricted_key)
        night.engine.close()
    publish.write_json(night.run / "manifest.json", tables.manifest(night, WITHOUT))
    checks_page.write(night)
    tables.remove_work(night.run)
    warehouse.write_state(night.run, "stopped", as_of=night.settings.as_of.isoformat())


#: Tables that nothing after a step reads: their memory is worth more than they are.
DONE_WITH = {
    "facts": ("person_name", "known_name", "name_form"),
    "retention": ("resident", "chosen", "home", "schooling", "workplace", "employee_month", "continuity", "person_row", "matched",
                  "proposed"),
    "coverage": ("doubtful_document", *(f"{PLAN}.{table}" for table in ACTIVE)),
    "consequences": ("payment", "paid_year", "needed_later", "paid_period", "prepaid_period", "cover", "benefit", "segment", "enrollment",
                     "guarded", "in_hospital", "entry", "wait", "doubtful",
                     *(f"{PLAN}.{table}" for table in ("enrollment", "contribution", "plan_resident"))),
    "reconcile": ("decided", "overlap_member", "enrollment_row", "deduction"),
}  # fmt: skip

#: The night in business order; the name of each step is what progress, ledger and Prefect call it.
STEPS = {
    "ingest": read_extracts,
    "gate": gate,
    "identify": identify,
    "activity": activity,
    "overlaps": overlaps,
    "facts": facts,
    "retention": retention,
    "coverage": coverage,
    "consequences": consequences,
    "reconcile": reconcile,
    "publish": publish_night,
}
