"""The promises that end section 3 of the rules, as properties of what nights publish for made-up people."""

import json
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from inbox import AS_OF, write_inbox
from reference import Contribution, Enrollment, Person, decide, national
from reference.activity import add_months, clip, union
from reference.consequences import split
from reference.model import CENTRAL_PERCENT, FOREVER, Policy
from reference.observed import DATASETS, read_dataset

POLICY_IDS = ("national", "jilin")
HORIZON = 3 * 366


# 1. Nobody is left uncovered ----------------------------------------------------------------------------------------
def is_covered_after(spell, day: date, ended: dict) -> bool:
    """Benefit-active that day, with the published endings carried out."""
    if not spell.is_benefit_active(day):
        return False
    effective, resumes = ended.get(spell.enrollment_id, (FOREVER, None))
    return day < effective or (resumes is not None and day >= resumes)


def days_that_matter(spells, ended: dict) -> list[date]:
    """Cover is constant between the days on which something begins or ends: looking at those, and at the day before
    each, is looking at every day."""
    days = {AS_OF} | {d for s in spells for interval in s.active for d in interval}
    days |= {s.benefits_begin for s in spells} | {d for pair in ended.values() for d in pair}
    days -= {None, FOREVER}
    return sorted(d for d in days | {d - timedelta(days=1) for d in days} if d >= AS_OF)


def published_endings(night) -> dict[str, dict]:
    """person label -> enrollment -> (effective_date, resumes_on), the deceased aside."""
    endings: dict[str, dict] = {}
    for seen in (night.observed.terminations, night.observed.suspensions):
        for enrollment_id, row in seen.items():
            if row["rule_id"] != "deceased":
                mine = endings.setdefault(enrollment_id.split(".")[0], {})
                mine[enrollment_id] = (row["effective_date"], row["resumes_on"])
    return endings


@pytest.mark.parametrize("policy_id", POLICY_IDS)
def test_nobody_is_left_uncovered(random_night, policy_id):
    """On every day from the as-of date on, whoever had benefit-active cover before the actions has it after them."""
    night = random_night(policy_id)
    endings = published_endings(night)
    assert endings
    for label, ended in endings.items():
        spells = night.outcomes[label].spells
        for day in days_that_matter(spells, ended):
            before = any(spell.is_benefit_active(day) for spell in spells)
            assert not before or any(is_covered_after(spell, day, ended) for spell in spells), (label, day, ended)


def test_looking_at_the_days_that_matter_is_looking_at_every_day(random_night):
    """Day by day over three years for a part of the people, so that the shortcut above is itself held."""
    night = random_night("national")
    assert len(published_endings(night)) > 150
    for label, ended in list(published_endings(night).items())[:150]:
        spells = night.outcomes[label].spells
        for offset in range(HORIZON):
            day = AS_OF + timedelta(days=offset)
            before = any(spell.is_benefit_active(day) for spell in spells)
            assert not before or any(is_covered_after(spell, day, ended) for spell in spells), (label, day, ended)


# 2. Doubt never ends a coverage ---------------------------------------------------------------------------------------
def test_a_person_in_conflict_keeps_every_enrollment(random_night):
    for policy_id in POLICY_IDS:
        night = random_night(policy_id)
        in_conflict = {e for (e, _), row in night.observed.reviews.items() if row["rule_id"] == "identity_conflict"}
        assert in_conflict
        assert not in_conflict & {*night.observed.terminations, *night.observed.suspensions}


def test_every_review_says_what_is_missing_or_what_disagrees(random_night):
    for policy_id in POLICY_IDS:
        reviews = random_night(policy_id).datasets["reviews"]
        assert reviews.height
        for row in reviews.iter_rows(named=True):
            assert row["missing"] or row["conflict"], row


def test_no_money_follows_from_doubt(random_night):
    """Neither a deduction nor a refund of an enrollment whose row that counts is review or hold, past overlaps aside."""
    for policy_id in POLICY_IDS:
        seen = random_night(policy_id).observed
        doubtful = {
            row["enrollment_id"]
            for row in seen.decisions.values()
            if row["action"] in ("review", "hold") and seen.counting(row["enrollment_id"])["action"] in ("review", "hold")
        }
        assert not doubtful & {e for e, _ in seen.refunds}
        for (enrollment_id, _, _), money in seen.subsidy_deductions.items():
            if enrollment_id in doubtful:
                grounds = [
                    r
                    for r in seen.rows_of[enrollment_id]
                    if r["would_be"] == "terminate" and r["action"] == "none" and r["rule_id"] == money["rule_id"]
                ]
                assert grounds, enrollment_id


# 3. Where the text leaves a choice, the default is the reversible one -------------------------------------------------
def test_the_national_default_never_terminates_where_the_text_is_silent(random_night):
    rows = [
        row
        for row in random_night("national").observed.decisions.values()
        if row["rule_id"] in ("cross_scheme_under_one_year", "cross_scheme_flexible")
    ]
    assert rows and all("terminate" not in (row["action"], row["would_be"]) for row in rows)


def test_a_flexible_worker_is_never_terminated_across_schemes(random_night):
    for policy_id in POLICY_IDS:
        seen = random_night(policy_id).observed
        assert any(row["rule_id"] == "cross_scheme_flexible" for row in seen.suspensions.values())
        assert all(row["rule_id"] != "cross_scheme_flexible" for row in seen.terminations.values())


# 4. Every decision carries its grounds ------------------------------------------------------------------------------
def test_every_decision_carries_rule_clause_version_and_evidence(random_night):
    for policy_id in POLICY_IDS:
        decisions = random_night(policy_id).datasets["decisions"]
        assert decisions.height
        for row in decisions.iter_rows(named=True):
            for column in ("rule_id", "clause", "policy_id", "policy_version", "reason_zh", "reason_en"):
                assert row[column], (column, row)
            assert row["policy_id"] == policy_id
            assert row["evidence"] and all(e["fact"] and e["extract"] and e["row_key"] for e in row["evidence"]), row


def test_evidence_names_rows_that_were_sent_in(random_night, people):
    sent = {e.enrollment_id for p in people for e in p.enrollments}
    paid = {c.contribution_id for p in people for c in p.contributions}
    for row in random_night("national").datasets["decisions"].iter_rows(named=True):
        for evidence in row["evidence"]:
            known = {"enrollment": sent, "contribution": paid}.get(evidence["extract"].split("/")[-1])
            if known is not None:
                assert evidence["row_key"] in known, evidence


def test_whoever_is_removed_by_a_rule_has_a_deciding_fact(random_night, people):
    """But for cases that came back from clerks, whose word then decides."""
    returned = {e.enrollment_id for p in people if any(f.result != "person_chose" for f in p.feedback) for e in p.enrollments}
    for policy_id in POLICY_IDS:
        for row in random_night(policy_id).observed.decisions.values():
            if row["enrollment_id"] in returned:
                continue
            final = row["would_be"] or row["action"]
            removed = final in ("terminate", "suspend", "tolerate") and row["rule_id"] != "deceased"
            assert bool(row["deciding_fact"]) == removed, row


# 5. Nothing is lost --------------------------------------------------------------------------------------------------
def test_every_member_of_an_overlap_has_exactly_one_row(random_night):
    """The one row of a deceased stands for its current and future overlaps."""
    for policy_id in POLICY_IDS:
        seen = random_night(policy_id).observed
        for (members, start), overlap in seen.overlaps.items():
            for member in members:
                row = seen.decisions.get((member, (members, start)))
                standing = seen.decisions.get((member, None))
                if row is None:
                    assert overlap["timing"] != "past" and standing and standing["rule_id"] == "deceased", member
        assert all(key in seen.overlaps for _, key in seen.decisions if key is not None)


def test_every_row_sent_in_is_counted_in_the_manifest(random_night, people):
    """The manifest tells of every extract how many rows were read."""
    text = json.dumps(json.loads((random_night("national").warehouse / "current" / "manifest.json").read_text()))
    for count in (sum(len(p.enrollments) for p in people), sum(len(p.contributions) for p in people)):
        assert str(count) in text


def test_k_residents_that_overlap_only_one_another_make_at_most_k_minus_1_deductions(random_night):
    for policy_id in POLICY_IDS:
        night = random_night(policy_id)
        deducted = {
            (e, year)
            for (e, year, _), row in night.observed.subsidy_deductions.items()
            if row["status"] == "new" and row["rule_id"] != "deceased"
        }
        for outcome in night.outcomes.values():
            residents = {s.enrollment_id for s in outcome.spells if s.scheme == "resident" and s.paid}
            if any(s.scheme == "employee" and s.active for s in outcome.spells) or not residents:
                continue
            for year in (AS_OF.year - 1, AS_OF.year):
                of_year = {
                    s.enrollment_id
                    for s in outcome.spells
                    if any(c.first_month // 12 == year for c in s.paid)
                    and any(
                        o.starts_on < date(year + 1, 1, 1) and (o.ends_on or FOREVER) > date(year, 1, 1) and s.enrollment_id in o.members
                        for o in outcome.overlaps
                    )
                }
                count = len([e for e in of_year if (e, year) in deducted])
                assert count <= max(0, len(of_year) - 1), (policy_id, year, sorted(of_year))


# 6. The same input gives the same output ------------------------------------------------------------------------------
def published_bytes(warehouse) -> dict[str, bytes]:
    root = (warehouse / "current").resolve()
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*.parquet"))}


def rewritten(folder, people, pieces: int, seed: int, run_night):
    inbox = write_inbox(folder / "inbox", people, AS_OF, pieces=pieces, seed=seed)
    return run_night(inbox, folder / "warehouse", AS_OF, "national", ("overlap_share",))


def test_rows_shuffled_and_split_give_the_same_bytes(random_night, people, run_night, tmp_path):
    """The published datasets, byte for byte; `checks` and `quarantine` speak of files and may differ with them."""
    one, other = random_night("national").warehouse, rewritten(tmp_path, people, 3, 7, run_night)
    ours, theirs = published_bytes(one), published_bytes(other)
    for name in DATASETS:
        mine = {path: data for path, data in ours.items() if path.startswith(f"{name}/")}
        assert mine and mine == {p: d for p, d in theirs.items() if p.startswith(f"{name}/")}, name
        assert read_dataset(one / "current", name).equals(read_dataset(other / "current", name))


def test_a_night_run_again_gives_the_same_bytes(random_night, random_inbox, run_night, tmp_path):
    again = run_night(random_inbox, tmp_path / "warehouse", AS_OF, "national", ("overlap_share",))
    ours, theirs = published_bytes(random_night("national").warehouse), published_bytes(again)
    assert ours.keys() == theirs.keys()
    assert [path for path in ours if ours[path] != theirs[path]] == []


# the reference itself ------------------------------------------------------------------------------------------------
DAYS = st.dates(date(2024, 1, 1), date(2028, 1, 1))
INTERVALS = st.lists(st.tuples(DAYS, DAYS), max_size=8)


def days_in(intervals) -> set:
    return {start + timedelta(days=n) for start, end in intervals for n in range((end - start).days)}


@settings(max_examples=60, deadline=None)
@given(INTERVALS)
def test_union_holds_the_same_days(intervals):
    joined = union(intervals)
    assert days_in(joined) == days_in(intervals)
    assert all(a[1] < b[0] for a, b in zip(joined, joined[1:], strict=False))


@settings(max_examples=60, deadline=None)
@given(INTERVALS, DAYS, DAYS)
def test_clip_holds_the_days_inside(intervals, start, end):
    assert days_in(clip(intervals, start, end)) == {d for d in days_in(intervals) if start <= d < end}


@given(DAYS, st.integers(0, 30))
def test_adding_months_keeps_the_day_or_the_end_of_the_month(day, months):
    later = add_months(day, months)
    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day == day.day or (later.day < day.day and (later + timedelta(days=1)).day == 1)


@given(st.integers(0, 1_000_000), st.sampled_from(sorted(set(CENTRAL_PERCENT.values()))))
def test_a_split_adds_up_and_is_within_a_fen_of_the_share(fen, percent):
    amount = Decimal(fen) / 100
    parts = dict(split(amount, {"central": percent, "local": 100 - percent}))
    assert sum(parts.values()) == amount
    assert abs(parts["central"] - amount * percent / 100) < Decimal("0.01")


ENROLLMENTS = st.lists(
    st.tuples(
        st.sampled_from(("310", "390")), st.sampled_from(("220102", "220281", "510104")), DAYS, st.one_of(st.none(), st.integers(0, 800))
    ),
    min_size=1,
    max_size=5,
)


@settings(max_examples=150, deadline=None)
@given(ENROLLMENTS, st.lists(st.tuples(st.integers(0, 4), st.integers(24288, 24335), st.integers(0, 14)), max_size=8))
def test_overlaps_are_the_days_with_two_or_more(rows, premiums):
    """Day by day: inside the look-back a day is in an overlap, and in only one, when two or more are active on it, and
    its members are just those."""
    person = Person("x", "220102199001010018", "张三", "1", date(1990, 1, 1))
    for number, (insutype, area, start, length) in enumerate(rows):
        end = start + timedelta(days=length) if length is not None else None
        person.enrollments.append(Enrollment(f"x.{number}", insutype, area, start, end))
    for number, (which, first, length) in enumerate(premiums):
        row = person.enrollments[which % len(rows)]
        person.contributions.append(Contribution(f"x.{number}.c", row.insutype, row.area, first, first + length, row.enrollment_id))
    outcome = decide(person, national(), AS_OF)
    for offset in range(0, 1500):
        day = date(AS_OF.year - 1, 1, 1) + timedelta(days=offset)
        active = tuple(sorted(s.enrollment_id for s in outcome.spells if s.is_active(day)))
        holding = [o.members for o in outcome.overlaps if o.holds(day)]
        assert holding == ([active] if len(active) > 1 else [])
    counted = Counter((row.enrollment_id, row.overlap.key) for row in outcome.decisions)
    assert counted == Counter((m, o.key) for o in outcome.overlaps for m in o.members)


def test_parameters_are_the_national_ones():
    policy = Policy()
    assert (policy.payment_grace_months, policy.collection_lag_months, policy.lookback_years) == (3, 2, 1)
    assert policy.shares("210202", "2102", 2026) == {"central": 30, "local": 70}
    assert policy.shares("210102", "2101", 2026) == {"central": 50, "local": 50}
    assert policy.shares("140105", "1401", 2021) == {"central": 60, "province": 20, "local": 20}
    assert policy.shares("140105", "1401", 2022) == {"central": 60, "local": 40}
