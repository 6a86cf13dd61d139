"""The first step of a night: every extract is read once, and who is in question is found while the workers read on."""

from dataclasses import replace
from pathlib import Path
from threading import Thread

import numpy as np
import polars as pl

from contracts import EXTRACTS
from expectations.gate import warm_up
from flows import controls, protected, tables
from flows.files import find, unchanged
from flows.ingest import Desk, Ingest, readers
from flows.last_night import register_awaited
from flows.night import Night
from flows.policy_tables import lookback_start, open_engine
from flows.settings import site_key
from transforms.reading import Terms
from transforms.reading.covered import covered_persons, in_force
from transforms.reading.members import gather, size_of
from transforms.reading.wanted import Linked, enrolled_twice, in_question

#: The extract that says which documents are one person's.
LINKS = "identity_link"
#: Extracts that say who is in question and how everybody is covered, and those of which rows of these persons are carried on.
FOR_EVERYBODY = (LINKS, "enrollment", "death", "resident")
FOR_PERSONS_IN_QUESTION = ("contribution", "student", "inpatient_stay", "assistance", "employment")
OF_CASES = ("case_feedback", "mutual_aid")
#: Extracts that a night reads.
TONIGHT = FOR_EVERYBODY + FOR_PERSONS_IN_QUESTION + OF_CASES


def read_extracts(night: Night) -> None:
    """ingest: every extract once. Links of documents, enrollments, deaths and the police register first: they say whose
    evidence matters."""
    Thread(target=warm_up, daemon=True).start()
    with unchanged(night.settings.inbox, TONIGHT):
        _read_extracts(night)
    tables.show_quarantine(night.engine, list(night.ingested.values()))


def _read_extracts(night: Night) -> None:
    settings = night.settings
    night.engine = open_engine(settings, night.policy, site_key(settings.warehouse), night.work)
    night.engine.register("protect_list", protected.listed(settings.site, settings.as_of))
    gone = ("death", *night.policy.parameters["suspended_deregistrations"])
    grace = night.policy.parameters["payment_grace_months"]
    everybody = Terms(settings.as_of, lookback_start(settings, night.policy), site=night.site, gone=gone, grace=grace)
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
        wanted = night.work / "wanted"
        gather(wanted, "in_force", in_force(enrollment.done.marks, enrollment.contradicted))
        _read(night, departed)
        # no local variable for the result of in_question: it would keep the arrays alive while the workers map the same data
        known = np.concatenate([twice, _awaited(night, of_one)])
        tables.save_wanted(
            night.engine, *in_question(enrollment.done.marks, [m for d in departed for m in d.done.marks], known, of_one), wanted
        )
        narrowed = [Ingest(EXTRACTS[name], desk, replace(everybody, wanted=wanted)) for name in FOR_PERSONS_IN_QUESTION]
        # the clerks' returns name cases, relations two persons; they are few
        narrowed += [Ingest(EXTRACTS[name], desk, everybody) for name in OF_CASES]
        _keep(night, [enrollment, *departed], narrowed=False, linked=linked)
        _set_aside(night)
        night.engine.limit(settings.of_engine(settings.processes, size_of(wanted)))
        _read(night, narrowed)
        _keep(night, narrowed, narrowed=True, linked=linked)
    tables.save_covered(
        night.engine, covered_persons(enrollment.done.marks, enrollment.contradicted, *_payments(narrowed[0]), of_one), night.work
    )
    night.engine.limit(settings.of_engine())


def _awaited(night: Night, linked: Linked) -> np.ndarray:
    """Persons of whose enrollments something is open in the ledgers of the night before."""
    before, since = night.house.night_before(night.settings.as_of), lookback_start(night.settings, night.policy)
    register_awaited(night.engine, before, since)
    documents = night.engine.table("consequences/awaited.sql").combine_chunks()["person_key"].to_numpy()
    return linked.person_of(documents)


def _payments(contribution: Ingest) -> tuple[list[Path], np.ndarray]:
    """What says who is paid for, and the rows of it that are copies of others or contradicted."""
    dropped = (
        pl.read_parquet(contribution.done.dropped, glob=False)["row_id"].to_numpy() if contribution.done.dropped else np.empty(0, np.int64)
    )
    return contribution.done.marks, dropped


def _set_aside(night: Night) -> None:
    """Identifiers that carry more rows than any person has: their enrollments are counted, and decided about by nobody."""
    night.build("ingest", "identifiers/crowded.sql", "identifiers/crowded_enrollment.sql")
    night.crowded = night.engine.rows("identifiers/crowded_count.sql")[0]["enrollments"]
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
