"""The steps of a night as plain functions over one Night. What passes between them is a table or a path, never rows."""

from collections.abc import Callable, Mapping
from functools import partial

from contracts import EXTRACTS
from expectations import Verdict, is_accepted, judge
from flows import counts, last_night, tables
from flows.errors import GateStopped, NightError
from flows.ingest import Ingested
from flows.ingest_step import read_extracts
from flows.night import Night
from flows.publish_step import publish_night
from transforms.engine import Engine, shares_of

#: What says which rows are one enrollment, and on which days it is active.
SPELLS = ("enrollment_row", "continuation", "spell_of", "spell")
PAID = ("payment", "cover")
#: The schemas of the coverage plan's own tables, of enrollments of nobody in question, and of those who give and receive mutual aid.
PLAN, OTHERS, AID = "plan", "others", "aid"


def gate(night: Night) -> None:
    """gate: counts of every extract against its bounds; a failed error stops the night."""
    day, house = night.settings.as_of, night.house
    before, same_day = (m.get("extracts", {}) for m in (house.last_manifest(day), house.manifest_of(day)))
    for name, done in night.ingested.items():
        verdicts = _judged(night, done, before.get(name))
        # a night that is run again is compared with the night before, so that it gives the same bytes; but what it would replace counts
        # where too much of it is lost
        again = _judged(night, done, same_day[name]) if name in same_day else []
        lost = {v.check_id: v for v in again if v.check_id == "row_drop" and v.stops}
        night.verdicts += [lost.get(v.check_id, v) for v in verdicts]
    stop_where_failed(night)


def _judged(night: Night, done: Ingested, before: Mapping | None) -> list[Verdict]:
    """An extract against its bounds; ``before``: what an earlier publication says of it."""
    counted = counts.extract_counts(done, before, night.settings.as_of)
    return judge(done.extract, counted | ({"crowded": night.crowded} if done.extract.name == "enrollment" else {}), night.checks)


def stop_where_failed(night: Night) -> None:
    failed = [v for v in night.verdicts if v.stops and not is_accepted(v, night.settings.accept)]
    if failed:
        told = "; ".join(f"{v.check_id} of {v.extract}: {v.observed or v.status}, expected {v.expected}" for v in failed)
        raise GateStopped(
            f"stopped by a data gate: {told}. Mend the extract, or let it pass once with --accept NAME; nothing was published, see {night.run}"
        )


def identify(night: Night) -> None:
    """identify: who is said to be dead, keys and links that are no identity, and who may be one person."""
    night.build("identify", *(f"identifiers/{t}.sql" for t in ("death_report", "no_identity", "suspicious", "link_status")))
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
    with night.engine.within(OTHERS):
        night.engine.build("activity/enrollment_of_others.sql", "enrollment")
        night.engine.define("activity/basic_row.sql")
    build = partial(night.build, "activity")
    _put_rows_together(night.engine, build)
    build(*(f"activity/{t}.sql" for t in PAID), "continuity/entry.sql", "continuity/wait.sql", "activity/benefit.sql")


def _put_rows_together(engine: Engine, build: Callable[..., object]) -> None:
    """SPELLS of the enrollments in the schema at hand, and which of them each row belongs to."""
    engine.define("activity/basic_row.sql")
    for table in SPELLS:
        build(f"activity/{table}.sql")
    engine.define("activity/spell_row.sql")


def overlaps(night: Night) -> None:
    """overlaps: stretches of time with two enrollments or more."""
    night.build("overlaps", *(f"overlaps/{t}.sql" for t in ("segment", "overlap", "overlap_member", "overlap_shape")))
    night.enrolled = night.engine.rows("overlaps/overlap_share.sql")[0]
    night.verdicts += judge(EXTRACTS["enrollment"], counts.overlap_counts(night.enrolled), night.checks, "overlaps")
    stop_where_failed(night)


def facts(night: Night) -> None:
    """facts: what the departments say of each member at the decision date."""
    _show_last_night(night, "last_decision")
    names = ("chosen", "home", "schooling", "workplace", "employee_month", "continuity", "in_hospital", "person_row", "person_name", "other_name", "own_name")  # fmt: skip
    night.build("facts", *(f"facts/{t}.sql" for t in names))
    tables.register_name_forms(night.engine)
    night.build("facts", *(f"facts/{t}.sql" for t in ("known_name", "identity_conflict", "misnamed", "unread", "deceased", "deregistered")))
    night.engine.define("facts/member_fact.sql")


def retention(night: Night) -> None:
    """retention: which enrollment stays, on what ground, what the guard says, and the evidence."""
    _show_last_night(night, "last_case")
    of_persons = ("ended_by_death", "suspended_while_away", "person_ruling")
    night.build("retention", "retention/narrowed.sql", "retention/matched.sql")
    night.engine.define("retention/ranked.sql")
    names = ("ruled_by_choice", "returned", *of_persons, "proposed", "guarded", "decided", "overlap_evidence", "person_evidence")
    night.build("retention", *(f"retention/{t}.sql" for t in names))
    night.touched = {r["rule_id"]: r["persons"] for r in night.engine.rows("retention/rule_share.sql")}
    earlier = night.house.manifests_before(night.settings.as_of, counts.NIGHTS)
    most = night.checks["rule_share"].most
    counted = counts.rule_counts(night.touched, night.enrolled["persons_enrolled"], earlier, night.policy.policy_id, most)
    night.verdicts += judge(EXTRACTS["enrollment"], counted, night.checks, "retention")
    stop_where_failed(night)


def _show_last_night(night: Night, *names: str) -> None:
    last_night.show_last_night(night.engine, names, night.house.night_before(night.settings.as_of), night.restricted_key, night.renamed)


def coverage(night: Night) -> None:
    """coverage: who of the whole population is active under no enrollment. The few of whom that is not plain are looked at
    by the same statements as the persons in question, in a schema of their own."""
    night.build("coverage", "coverage/doubtful.sql", "coverage/doubtful_document.sql")
    with night.engine.within(PLAN):
        for path, name in (("coverage/plan_enrollment.sql", "enrollment"), ("coverage/plan_contribution.sql", "contribution")):
            night.engine.build(path, name)
        _put_rows_together(night.engine, night.engine.build)
        for path in (
            *(f"activity/{table}.sql" for table in PAID),
            *(f"coverage/{t}.sql" for t in ("plan_resident", "plan_student", "uncovered", "gap")),
        ):
            night.engine.build(path)
        night.steps["coverage"] = {r["place"]: r["persons"] for r in night.engine.rows("coverage/coverage_count.sql")}


def consequences(night: Night) -> None:
    """consequences: deductions, refunds, what was booked after a death, and switches between schemes."""
    names = ("paid_year", "needed_later", "deduction", "deduction_share", "paid_period", "prepaid_period", "refund", "after_death")
    night.build("consequences", *(f"consequences/{t}.sql" for t in names))
    with night.engine.within(AID):
        night.engine.build("mutual_aid/aid_enrollment.sql", "enrollment")
        _put_rows_together(night.engine, night.engine.build)
    night.build("consequences", *(f"mutual_aid/{t}.sql" for t in ("relation", "dissolution", "clearing")))
    night.build("consequences", "continuity/switch.sql", "identifiers/person.sql")
    night.shares = shares_of(night.engine.count("decided"), night.settings.of_engine())
    of_decisions = ("overlaps/overlap_id.sql", "retention/decision.sql", "consequences/timeline_row.sql")
    night.build("consequences", *of_decisions, shares=night.shares)
    night.engine.define("retention/evidence.sql")
    night.build("consequences", "consequences/timeline.sql", "consequences/stretch.sql")
    night.engine.drop("timeline_row")
    night.protected = night.engine.table("identifiers/protected_id.sql")["person_id"].combine_chunks()
    _show_last_night(night, *last_night.STATE.keys() - {"last_case", "last_decision"})
    night.build("consequences", "consequences/reported_enrollment.sql", shares=night.shares)
    night.build(
        "consequences",
        *(f"consequences/{t}.sql" for t in ("reported_premium", "pending", "deduction_ledger", "granted_refund", "paid_back")),
    )
    night.build("consequences", *(f"consequences/{t}.sql" for t in ("refund_ledger", "returned_case")), shares=night.shares)
    night.build("consequences", "consequences/case_ledger.sql")


def reconcile(night: Night) -> None:
    """reconcile: what must add up does, before anything is switched."""
    for done in night.ingested.values():
        carried = night.steps["ingest"][done.extract.name]
        if carried > done.tally.accepted:
            raise NightError(
                f"reconciliation: {done.extract.name} has {done.tally.accepted} rows accepted and {carried} carried on, which do not add up; nothing was published. Keep {night.run} and report it"
            )
    wrong = [r for r in night.engine.rows("published/reconciliation.sql") if r["expected"] != r["found"]]
    if wrong:
        told = "; ".join(f"{r['name']}: {r['expected']} expected, {r['found']} found" for r in wrong)
        raise NightError(f"reconciliation: {told}; nothing was published. Keep {night.run} and report it")


#: Tables that nothing after a step reads: their memory is worth more than they are.
DONE_WITH = {
    "ingest": ("wanted", "component"),
    "facts": ("person_name", "known_name", "name_form", "other_name", "own_name", "misnamed"),
    "retention": ("resident", "chosen", "home", "schooling", "workplace", "employee_month", "continuity", "person_row", "matched",
                  "proposed"),
    "coverage": ("doubtful_document", *(f"{PLAN}.{table}" for table in (*SPELLS, *PAID))),
    "consequences": ("payment", "paid_year", "needed_later", "paid_period", "prepaid_period", "cover", "benefit", "segment", "enrollment",
                     "guarded", "in_hospital", "entry", "wait", "doubtful",
                     *(f"{PLAN}.{table}" for table in ("enrollment", "contribution", "plan_resident", "plan_student")),
                     *(f"{AID}.{table}" for table in ("enrollment", *SPELLS)), "pending", "granted_refund", "paid_back", "reported_enrollment", "reported_premium",
                     "awaited_enrollment"),
    "reconcile": ("decided", "overlap_member", "enrollment_row", "continuation", "person_ruling", "deduction", "deduction_share", "refund",
                  f"{PLAN}.uncovered"),
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
