"""`explain`: everything a publication says of one enrollment or person, in either language, and nothing of who it is."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from inbox import AS_OF, write_inbox
from nights import (
    CHECKOUT,
    FAILED,
    PUBLISHED,
    SAMPLE,
    USAGE,
    Ran,
    enrolled_twice,
    environment,
    few_people,
    found_in,
    personal_values,
    read,
    run_command,
    run_here,
    state_of,
)

import flows.explain
import policy
from contracts import DATASETS
from contracts.columns import column
from flows.dataset_files import schema_of
from flows.explain import ladder
from flows.explain.decided import evidence
from flows.explain.follows import lists, money
from flows.explain.page import Page
from flows.explain.picture import picture
from flows.explain.reading import LISTS
from flows.explain.sections import text as text_of
from flows.explain.timeline import COLUMNS as AXIS_COLUMNS
from flows.explain.timeline import Axis, axis_of
from flows.explain.turns import turns as turns_of
from flows.explain.words import CODED, COLUMNS, SENTENCES, speaker
from flows.labels import LABELS, LANGUAGES
from flows.terminal import aligned, pad, width
from transforms.engine import SQL_ROOT, Engine


def explain(asked: str, warehouse: Path, *more: str, **variables: str) -> Ran:
    return run_here(["explain", asked, "--warehouse", str(warehouse), *more], **variables)


@pytest.fixture(scope="module")
def current(published) -> Path:
    return published / "current"


@pytest.fixture(scope="module")
def kinds(current) -> list[str]:
    """One enrollment for each combination of rule, action, deciding fact and missing survivor that the sample has."""
    decisions = read(current, "decisions")
    apart = ["rule_id", "action", "would_be", "deciding_fact", pl.col("kept_enrollment_id").is_null().alias("alone")]
    found = decisions.group_by(apart).agg(pl.col("enrollment_id").min()).sort("enrollment_id")["enrollment_id"].unique(maintain_order=True)
    assert len(found) > 30
    return found.to_list()


@pytest.fixture(scope="module")
def told(published, kinds) -> dict[tuple[str, str], str]:
    """(language, enrollment) -> its explanation."""
    rules, texts = {"national": policy.load("national", AS_OF)}, {}
    for asked in kinds:
        read_once = flows.explain.read_publication(asked, published, None)
        texts |= {(lang, asked): text_of(Page(read_once, lang, rules)) for lang in LANGUAGES}
    return texts


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_command_prints_the_explanation(published, kinds, told, lang):
    ran = explain(kinds[0], published, "--lang", lang)
    assert (ran.status, ran.out, ran.err) == (PUBLISHED, told[lang, kinds[0]] + "\n", "")


def test_english_is_the_default(published, kinds, told):
    assert explain(kinds[1], published).out == told["en", kinds[1]] + "\n"


def rows_of_person(current: Path, dataset: str, asked: str) -> list[dict]:
    person = read(current, "decisions").filter(pl.col("enrollment_id") == asked)["person_id"][0]
    return read(current, dataset).filter(pl.col("person_id") == person).to_dicts()


# what is said -------------------------------------------------------------------------------------------------------
def test_benefits_that_begin_later_than_the_cover_are_told(current, told):
    starts = read(current, "timelines").group_by("enrollment_id", "kind").agg(pl.col("starts_on").min())
    first = {(e, kind): day for e, kind, day in starts.iter_rows()}
    seen = set()
    for (lang, asked), text in told.items():
        begins = first.get((asked, "benefits"))
        is_later = bool(begins and begins > first[asked, "active"])
        says = f"benefits from {begins}" if lang == "en" else f"待遇自{begins}起"
        assert (says in next(line for line in text.splitlines() if f"{asked}*" in line)) == is_later
        seen.add((lang, is_later))
    assert len(seen) == 4


def test_every_overlap_is_told_with_its_members_and_dates(current, told):
    overlaps = read(current, "overlaps").to_dicts()
    of_person = {}
    for o in overlaps:
        of_person.setdefault(o["person_id"], []).append(o)
    checked = 0
    for (lang, asked), text in told.items():
        person = re.search(r"\b[0-9a-f]{32}\b", text).group()
        for o in of_person.get(person, []):
            said = [o["overlap_id"], str(o["starts_on"]), *o["enrollment_ids"], str(o["decision_date"])] + [str(o["ends_on"])] * bool(
                o["ends_on"]
            )
            said += [LABELS[kind][o[kind]][LANGUAGES.index(lang)] for kind in ("timing", "category", "place")]
            assert [s for s in said if s not in text] == [], (lang, asked)
            checked += 1
    assert checked > 60


def test_every_decision_is_told_with_action_rule_clause_fact_and_what_stays(current, told):
    checked = 0
    for (lang, asked), text in told.items():
        at = LANGUAGES.index(lang)
        for d in rows_of_person(current, "decisions", asked):
            said = [d["enrollment_id"], LABELS["action"][d["action"]][at], d["reason_zh" if lang == "zh" else "reason_en"]]
            said += [d["clause"]] if lang == "en" else []
            said += [str(d[name]) for name in ("kept_enrollment_id", "effective_date", "resumes_on") if d[name]]
            said += [LABELS["fact"][d["deciding_fact"]][at]] if d["deciding_fact"] else []
            said += [LABELS["action"][d["would_be"]][at]] if d["would_be"] else []
            assert [s for s in said if s not in text] == [], (lang, asked)
            checked += 1
    assert checked > 150


def test_every_fact_is_told_with_the_rows_it_rests_on(current, told):
    checked = 0
    for (lang, asked), text in told.items():
        lines = [line.replace("*", "") for line in text.splitlines() if " <- " in line]
        for d in rows_of_person(current, "decisions", asked):
            for row in d["evidence"]:
                words = [LABELS[kind][row[kind]][LANGUAGES.index(lang)] for kind in ("fact", "extract")]
                value = [] if row["fact"] == "identity_conflict" else [row["value"]]
                assert any(all(s in line for s in (*words, *value, row["row_key"])) for line in lines), (lang, asked, row)
                checked += 1
    assert checked > 500


def test_money_is_told_to_the_fen(current, told):
    for asked in {asked for _, asked in told}:
        text = told["en", asked]
        deductions, refunds = (rows_of_person(current, name, asked) for name in ("subsidy_deductions", "refunds"))
        for d in deductions:
            assert f"{d['enrollment_id']}" in text and f"{LABELS['level'][d['level']][1]} {d['amount']:,}" in text
        if deductions:
            assert f"deductions together {sum(d['amount'] for d in deductions if d['status'] != 'reversed'):,} yuan" in text
        for r in refunds:
            last = r["period_end"] - timedelta(days=1)  # as in the tax system
            period = f"{r['period_begin']} to {last}: {LABELS['eligibility'][r['eligibility']][1]}, {LABELS['case'][r['case_id']][1]}"
            assert (
                period in text
                and f"{r['personal_amount']:,} yuan of the person's to refund, {r['assistance_amount']:,} yuan of assistance" in text
            )
            assert f"({LABELS['status'][r['status']][1]}; first reported {r['first_reported_on']})" in text
        assert ("no deductions, no refunds" in text) == (not deductions and not refunds)


def test_a_review_says_what_would_settle_it(current, told):
    checked = 0
    for (lang, asked), text in told.items():
        for r in rows_of_person(current, "reviews", asked):
            for kind in ("missing", "conflict"):
                assert all(LABELS[kind][code][LANGUAGES.index(lang)] in text for code in r[kind])
            checked += 1
    assert checked > 20


def test_the_person_id_and_each_enrollment_tell_the_same(published, current):
    o = read(current, "overlaps").sort("n_enrollments", "overlap_id").tail(1).to_dicts()[0]
    by_person = without_marks(explain(o["person_id"], published).out)
    for asked in o["enrollment_ids"][:3]:
        by_enrollment = explain(asked, published).out
        assert f"asked for {asked}, marked *" in by_enrollment
        assert [line for line in without_marks(by_enrollment) if "asked for" not in line] == by_person


def without_marks(text: str) -> list[str]:
    """The lines of an explanation, whichever enrollment is marked in it and however wide that makes a column."""
    return [re.sub(r"\s+", " ", line.replace("*", " ")).replace(" ,", ",").rstrip() for line in text.splitlines()]


def test_members_of_whom_the_same_is_said_share_one_explanation(published, current):
    """Twenty enrollments do not make twenty times the same page."""
    o = read(current, "overlaps").sort("n_enrollments", "overlap_id").tail(1).to_dicts()[0]
    assert o["n_enrollments"] > 10
    text = explain(o["person_id"], published).out
    assert text.count("would be otherwise") < 5


# languages ----------------------------------------------------------------------------------------------------------
def test_chinese_is_chinese_throughout(told):
    """Ids, the policy's id and the place of the publication aside there is no word of English."""
    for (lang, asked), text in told.items():
        if lang == "zh":
            lines = [line for line in text.splitlines() if "发布批次" not in line]
            words = re.findall(r"[A-Za-z_]{2,}", re.sub(r"\b[0-9a-f]{12,32}\b|[ <][ob]+>?$", "", "\n".join(lines), flags=re.MULTILINE))
            assert set(words) <= {"national"}, asked


def test_english_is_english_but_for_the_documents_cited(told):
    for (lang, asked), text in told.items():
        if lang == "en":
            assert set(re.findall(r"[\u4e00-\u9fff]+", text)) <= {"号", "一", "二", "三", "四", "五", "六", "未规定"}, asked


def test_no_code_stands_in_place_of_a_word(told):
    for text in told.values():
        text = text.replace(f"as_of={AS_OF}", "")
        assert re.findall(r"\b(?:[a-z]+_)+[a-z]+\b", text) == []


CODES = {
    ("decisions", "action"): "action", ("decisions", "would_be"): "action", ("decisions", "deciding_fact"): "fact",
    ("decisions", "scheme"): "scheme", ("overlaps", "category"): "category", ("overlaps", "place"): "place", ("overlaps", "timing"): "timing",
    ("subsidy_deductions", "level"): "level", ("subsidy_deductions", "basis"): "basis", ("subsidy_deductions", "status"): "status",
    ("refunds", "eligibility"): "eligibility", ("refunds", "case_id"): "case", ("refunds", "channel"): "channel",
    ("reviews", "missing"): "missing", ("reviews", "conflict"): "conflict", ("coverage_gaps", "status"): "gap",
    ("coverage_gaps", "suggested_scheme"): "scheme",
}  # fmt: skip


@pytest.mark.parametrize(("dataset", "name"), CODES)
def test_every_code_that_is_published_has_its_words(current, dataset, name):
    column = read(current, dataset)[name]
    values = (column.explode() if column.dtype == pl.List else column).drop_nulls().unique().to_list()
    assert values and set(values) <= set(LABELS[CODES[dataset, name]])


def test_the_codes_of_the_contract_have_their_words():
    for kind, codes in (("gap", column("status", "coverage_gaps")), ("group", column("key_groups"))):
        assert set(LABELS[kind]) == set(codes.meaning.split(", "))
    assert [(name, kind) for (dataset, name), kind in CODED.items() if name not in DATASETS[dataset].names or kind not in LABELS] == []


def literals(pattern: str, *paths: str) -> set[str]:
    """Codes that stand in SELECTs as literals: the quoted words in what ``pattern`` finds."""
    texts = [file.read_text(encoding="utf-8") for path in paths for file in sorted(SQL_ROOT.glob(path))]
    return {code for text in texts for found in re.findall(pattern, text) for code in re.findall("'([a-z_]+)'", found)}


def test_every_code_that_a_review_can_have_has_its_words():
    """Also those that no night of the sample has: two clerks who contradict each other, say."""
    missing = literals(r"(?:THEN|ELSE) \[.*\]|if\(n\.is_home_known.*\)", "published/reviews.sql")
    conflict = literals(r"(?:THEN|if\().*\[('.*')\]", "retention/*.sql") - {"contradicted"}
    facts = literals(r"evidence_item\(('[a-z_]+')", "retention/*.sql", "coverage/*.sql")
    assert {"case_feedback", "person_choice"} < missing <= set(LABELS["missing"])
    assert {"case_feedback", "left_uncovered"} < conflict <= set(LABELS["conflict"])
    assert {"case_feedback", "enrolled"} < facts <= set(LABELS["fact"])


@pytest.mark.parametrize(
    ("lang", "told"), [("zh", "经办处理结果 = 不予处理 2026-11-20"), ("en", "what the clerks returned = rejected 2026-11-20")]
)
def test_what_clerks_returned_is_told_in_words(lang, told):
    row = {"fact": "case_feedback", "extract": "case_feedback", "value": "rejected 2026-11-20", "row_key": "R-1"}
    asked = Page(SimpleNamespace(asked="A"), lang, {})
    assert told in "\n".join(evidence(asked, [{"evidence": [row]}]))


def test_every_fact_of_the_evidence_has_its_words(current):
    evidence = pl.concat(
        read(current, name).select(pl.col("evidence").explode()).unnest("evidence") for name in ("decisions", "coverage_gaps")
    )
    assert set(evidence["fact"].unique()) <= set(LABELS["fact"])
    assert set(evidence["extract"].unique()) <= set(LABELS["extract"])


def test_both_languages_fill_in_the_same():
    """A sentence that forgot a figure in one language would say less in it."""
    for key, (zh, en) in SENTENCES.items():
        assert set(re.findall(r"{(\w+)}", zh)) == set(re.findall(r"{(\w+)}", en)), key
        assert zh != en or key == "in_night"
    for words in LABELS.values():
        assert all(zh and en for zh, en in words.values())


# nobody is named ----------------------------------------------------------------------------------------------------
def test_no_name_and_no_certificate_number_is_printed(told):
    assert found_in("\n".join(told.values()), personal_values(SAMPLE)) == set()


def test_a_publication_alone_is_enough(published, kinds, tmp_path):
    """Without restricted/, the key and every other file of the warehouse."""
    bare = tmp_path / "warehouse"
    shutil.copytree(
        published / "current", bare / f"as_of={AS_OF}", ignore=shutil.ignore_patterns("restricted", "manifest.json", "run.json")
    )
    for asked in kinds[:3]:
        assert explain(asked, bare).out == explain(asked, published).out.replace(str(published), str(bare))


def test_nothing_in_the_warehouse_changes_and_nothing_is_left_elsewhere(published, kinds, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    before = state_of(published)
    assert explain(kinds[0], published).status == PUBLISHED
    assert state_of(published) == before and list(tmp_path.iterdir()) == []


# other nights -------------------------------------------------------------------------------------------------------
DAYS = [AS_OF + timedelta(days=n) for n in range(4)]


def moved_home(person):
    """Lives in Jinan now: the other enrollment ends."""
    return replace(person, residents=[replace(person.residents[0], living="370102")])


@pytest.fixture(scope="module")
def four_nights(tmp_path_factory, night) -> Path:
    """twice-0 the same on all nights, twice-1 moves on the third, twice-2 is gone from the extracts on the third alone, twice-3
    comes on the second night and is gone on the last."""
    root = tmp_path_factory.mktemp("nights")
    people = {p.label: p for p in few_people()}
    for n, day in enumerate(DAYS):
        tonight = dict(people)
        if n >= 2:
            tonight["twice-1"] = moved_home(enrolled_twice(1))
        if n == 2:
            del tonight["twice-2"]
        if n in (0, 3):
            del tonight["twice-3"]
        ran = night(write_inbox(root / f"inbox-{n}", list(tonight.values()), day), root / "warehouse", as_of=day)
        assert ran.status == PUBLISHED, ran.err
    return root / "warehouse"


def history(warehouse: Path, asked: str, *more: str) -> list[str]:
    """The lines on what the nights said of the asked enrollment."""
    lines = explain(asked, warehouse, *more).out.split("What the nights said\n")[1].splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith(f"  {asked}*"))
    rest = [line.strip() for line in lines[start + 1 :]]
    end = next((n for n, line in enumerate(lines[start + 1 :]) if not line.startswith("    ")), len(rest))
    return rest[:end]


def test_nights_that_said_the_same_are_told_as_one(four_nights):
    (line,) = history(four_nights, "twice-0.B")
    assert line.startswith(f"{DAYS[0]} to {DAYS[3]} (4 nights): to be terminated, stays twice-0.A, Residents, by usual residence")


def test_a_decision_that_changed_is_told_with_the_night(four_nights):
    before, after = history(four_nights, "twice-1.B")
    assert before.startswith(f"{DAYS[0]} to {DAYS[1]} (2 nights): to be terminated")
    assert after.startswith(f"{DAYS[2]} to {DAYS[3]} (2 nights): retained")


def test_nights_that_did_not_mention_it_are_told(four_nights):
    lines = history(four_nights, "twice-2.B")
    assert [line.split(":")[0] for line in lines] == [f"{DAYS[0]} to {DAYS[1]} (2 nights)", str(DAYS[2]), str(DAYS[3])]
    assert lines[1].endswith("not mentioned")


def test_an_id_of_an_earlier_night_is_explained_though_this_night_is_silent(four_nights):
    """Its deductions are reversed tonight, so its person is still known; with another person's key it would be silent."""
    ran = explain("twice-3.B", four_nights)
    assert ran.status == PUBLISHED
    assert "reversed" in ran.out and f"{DAYS[1]} to {DAYS[2]} (2 nights): to be terminated" in ran.out
    assert history(four_nights, "twice-3.B")[-1] == f"{DAYS[3]}: not mentioned"


def test_an_id_that_only_other_nights_mention(four_nights):
    ran = explain("twice-3.B", four_nights, "--as-of", str(DAYS[0]))
    assert ran.status == PUBLISHED
    assert f"the night of {DAYS[0]} says nothing of it" in ran.out
    assert f"{DAYS[1]} to {DAYS[2]} (2 nights): to be terminated" in ran.out


def test_the_night_that_is_asked_for_is_the_one_explained(four_nights):
    earlier, newest = (explain("twice-1.B", four_nights, *day).out for day in (["--as-of", str(DAYS[0])], []))
    assert f"the night of {DAYS[0]}" in earlier and "twice-1.B* resident 370102: to be terminated" in earlier
    assert f"the night of {DAYS[3]}" in newest and "twice-1.B* resident 370102: retained" in newest
    by_variable = explain("twice-1.B", four_nights, ONECOVER_AS_OF=str(DAYS[0]))
    assert by_variable.out == earlier


def test_a_warehouse_with_one_night_says_that_there_is_no_other(published, kinds):
    assert "the warehouse has no other night that mentions it" in explain(kinds[0], published).out


# the policy ---------------------------------------------------------------------------------------------------------
def test_a_policy_that_has_changed_since_is_told(published, kinds, monkeypatch):
    now = replace(policy.load("national", AS_OF), version="0123456789ab")
    monkeypatch.setattr(flows.explain, "load_policy", lambda policy_id, as_of: now)
    text = explain(kinds[0], published).out
    assert "0123456789ab" in text and "the files are now 0123456789ab" in text


def test_a_policy_that_is_gone_takes_its_ladders_along_and_nothing_else(published, kinds, current, monkeypatch):
    monkeypatch.setattr(flows.explain, "load_policy", lambda policy_id, as_of: None)
    text = explain(kinds[0], published).out
    assert "the policy national cannot be loaded any more" in text and "Ladder:" not in text
    for d in rows_of_person(current, "decisions", kinds[0]):
        assert d["reason_en"] in text


def test_a_policy_with_an_unknown_id_cannot_be_loaded():
    assert flows.explain.load_policy("nowhere", AS_OF) is None
    assert flows.explain.load_policy("national", date(1999, 1, 1)) is None
    assert flows.explain.load_policy("jilin", AS_OF).policy_id == "jilin"


# the ladder ---------------------------------------------------------------------------------------------------------
RULES = policy.load("national", AS_OF).rules


def member(enrollment_id: str, rule_id: str, fact: str | None = None, **more) -> dict:
    return {
        "enrollment_id": enrollment_id,
        "rule_id": rule_id,
        "deciding_fact": fact,
        "scheme": "resident",
        "action": "retain",
        "would_be": None,
        "resumes_on": None,
        "evidence": [],
        "missing": [],
        "conflict": [],
    } | more


def fates(rule_id: str, *members: dict) -> list[tuple]:
    return [(s.fate, *s.members) for s in ladder.steps(RULES[rule_id], members)]


def test_the_step_that_decided_the_steps_before_it_and_those_after():
    rule = "student_school_place"
    found = fates(rule, member("A", rule), member("B", rule, "usual_residence"))
    assert found == [("same",), ("decided", "B"), ("not_needed",), ("not_needed",)]


def test_two_fall_behind_at_two_steps_and_two_are_tied():
    rule = "resident_usual_residence"
    found = fates(rule, member("A", rule), member("B", rule, "usual_residence"), member("C", rule, "usual_county"), member("D", rule))
    assert found == [("decided", "B"), ("decided", "C"), ("tied",)]


def test_leaders_that_the_other_scheme_removes_still_lead_their_own():
    rule, cross = "resident_usual_residence", "cross_scheme_one_year"
    members = [member("A", cross, "continuous_employee_months"), member("B", rule, "usual_county"), member("E", cross, scheme="employee")]
    assert fates(rule, *members) == [("same",), ("decided", "B"), ("not_needed",)]
    assert ladder.leaders(RULES[rule], members) == ["A"] and ladder.leaders(RULES[cross], members) == ["E"]


def test_a_retirement_sets_the_ladder_aside():
    rule = "employee_workplace"
    retired = [member(e, rule, scheme="employee", missing=["retirement_place"]) for e in "AB"]
    assert {fate for fate, *_ in fates(rule, *retired)} == {"set_aside"}


def test_the_rules_that_came_first_are_named_in_their_order():
    rules = policy.load("national", AS_OF)
    assert ladder.passed_over("resident_usual_residence", rules) == ["freshman_year", "student_school_place"]
    assert ladder.passed_over("cross_scheme_one_year", rules) == ["waiting_period", "cross_scheme_flexible"]
    assert ladder.passed_over("employee_workplace", rules) == ladder.passed_over("deceased", rules) == []


def test_the_orders_are_those_of_the_policy():
    assert [r for order in ladder.ORDERS for r in order] == [
        r for r in RULES if r not in ("identity_conflict", "deceased", "deregistered", "employee_workplace")
    ]


@pytest.mark.parametrize(
    ("conflict", "keys"),
    [
        ([], ["on_the_register_again"]),
        (["dereg_date"], ["missing", "conflict", "departure_dated", "on_the_register_again"]),
        (["dereg_reason"], ["missing", "conflict", "register_agrees", "on_the_register_again"]),
        (["dereg_date", "dereg_reason"], ["missing", "conflict", "register_settled", "on_the_register_again"]),
        (["dereg_date", "case_feedback"], ["missing", "conflict", "on_the_register_again"]),
    ],
)
def test_of_one_who_left_it_is_said_what_the_register_would_have_to_say(conflict, keys):
    missing = ["deregistration_record"] if conflict else []
    row = member("A", "deregistered", action="review" if conflict else "suspend", overlap_id=None, conflict=conflict, missing=missing)
    turns = turns_of(row, [row], policy.load("national", AS_OF))
    assert [turn.key for turn in turns] == keys
    assert all(turn.of["action"] == "suspend" for turn in turns if "action" in turn.of)


def test_of_one_in_conflict_who_left_the_identity_comes_first():
    left = [{"fact": "deregistered", "value": "emigrated 2026-05-05", "extract": "resident", "row_key": "k"}]
    row = member("A", "identity_conflict", action="review", overlap_id=None, evidence=left)
    assert [t.key for t in turns_of(row, [row], policy.load("national", AS_OF))] == ["departure_settled"]


# the time line ------------------------------------------------------------------------------------------------------
def test_the_time_line_puts_days_in_their_order():
    axis = Axis(date(2025, 1, 1), date(2027, 1, 1), AS_OF)
    bar = axis.bar(("-", [(date(2025, 4, 1), date(2026, 4, 1))]), ("=", [(date(2025, 7, 2), date(2026, 1, 1))]))
    assert bar.index("-") < bar.index("=") and bar.endswith("-") and "<" not in bar and ">" not in bar
    assert bar.count("=") == pytest.approx(AXIS_COLUMNS / 4, abs=1)
    open_end = axis.bar(("=", [(date(2026, 6, 1), None)]))
    assert len(open_end) == AXIS_COLUMNS and open_end.endswith("=>")
    assert axis.bar(("-", [(date(2020, 1, 1), date(2026, 1, 1))])).startswith("<-")
    assert axis.bar(("-", [(date(2020, 1, 1), date(2021, 1, 1))])) == "<"
    assert axis.bar(("-", [(date(2028, 1, 1), None)])) == " " * (AXIS_COLUMNS - 1) + ">"
    assert len(axis.mark()) - 1 == axis.column(AS_OF) and axis.mark().endswith("|")
    assert axis.ruler().startswith("2025-01-01") and axis.ruler().index("2026") == axis.column(date(2026, 1, 1))


def test_a_day_is_never_lost_on_the_time_line():
    axis = Axis(date(2015, 1, 1), date(2027, 1, 1), AS_OF)
    assert axis.bar(("=", [(date(2020, 5, 5), date(2020, 5, 6))])).count("=") == 1


def test_the_axis_holds_all_there_is_to_draw():
    overlaps = [{"starts_on": date(2025, 3, 1), "ends_on": None}, {"starts_on": date(2027, 1, 1), "ends_on": date(2028, 1, 1)}]
    axis = axis_of(overlaps, [], AS_OF)
    assert axis.first < date(2025, 3, 1) and axis.last > date(2028, 1, 1)
    alone = axis_of([], [date(2024, 1, 1)], AS_OF)
    assert alone.first < date(2024, 1, 1) and alone.last > AS_OF


def test_a_chinese_character_takes_two_columns():
    assert width("参保 A") == 6 and width(pad("参保", 10)) == 10
    assert aligned([["参", "1"], ["abc", "22"]]) == ["参    1", "abc  22"]


# further lists ------------------------------------------------------------------------------------------------------
def test_rows_of_further_datasets_are_told_under_their_labels(published, kinds):
    told = flows.explain.read_publication(kinds[0], published, None)
    row = {"person_id": told.persons[0], "from_enrollment_id": "A", "to_enrollment_id": "B", "continuous_months": 27, "gap_months": 0}
    with_lists = replace(told, lists={"benefit_continuity": [row]})
    for lang in LANGUAGES:
        text = text_of(Page(with_lists, lang, {}))
        labels = COLUMNS if lang == "en" else {c.name: c.zh for c in DATASETS["benefit_continuity"].columns}
        assert (
            speaker(lang)("other_lists") in text
            and f"{labels['continuous_months']} 27" in text
            and f"{labels['to_enrollment_id']} B" in text
        )


def test_what_was_booked_after_a_death_is_told_without_a_name_of_a_column():
    row = {"extract": "contribution", "psn_clct_amt": Decimal("450.00"), "is_doubtful": False}
    row |= {"begins_on": date(2026, 1, 1), "ends_on": date(2027, 1, 1)}
    stay = {"extract": "inpatient_stay", "begins_on": date(2026, 3, 2), "ends_on": date(2026, 3, 9)}
    told = SimpleNamespace(asked="A", lists={"after_death": [row, row | {"is_doubtful": True}, stay]})
    found = {lang: "\n".join(lists(Page(told, lang, {}))) for lang in LANGUAGES}
    assert "数据项 缴费明细，个人缴费金额 450.00，死亡存疑 否" in found["zh"] and "死亡存疑 是" in found["zh"]
    assert "extract contribution, paid by the person, yuan 450.00, death in doubt no" in found["en"] and "death in doubt yes" in found["en"]
    # the last day paid for, and the day of discharge
    assert "起始日期 2026-01-01，截止日期 2026-12-31" in found["zh"] and "截止日期 2026-03-09" in found["zh"]
    assert "from 2026-01-01, to 2026-12-31" in found["en"] and "to 2026-03-09" in found["en"]


def test_a_refund_that_was_withdrawn_is_not_told_like_one_that_is_due():
    row = {
        "enrollment_id": "A", "period_begin": date(2026, 1, 1), "period_end": date(2026, 12, 31), "eligibility": "eligible", "case_id": "death",
        "personal_amount": Decimal("400.00"), "assistance_amount": Decimal("0.00"), "channel": "own_account", "first_reported_on": AS_OF,
    }  # fmt: skip
    told = SimpleNamespace(asked="A", deductions=[], refunds=[row | {"status": s} for s in ("new", "reported", "withdrawn", "refunded")])
    for lang, says in (("zh", "（已撤回，首次报告 2026-11-22）"), ("en", "(withdrawn; first reported 2026-11-22)")):
        lines = money(Page(told, lang, {}))[1:]
        assert len(set(lines)) == 4 and lines[2].endswith(says)
    older = money(Page(SimpleNamespace(asked="A", deductions=[], refunds=[row]), "en", {}))
    assert older[1].endswith("to own account")


@pytest.fixture
def outlived(current, tmp_path) -> tuple[Path, dict]:
    """A night whose decisions are gone on the next one, where a refund and a case alone still speak of it; and the case."""
    before, tonight = (tmp_path / "warehouse" / f"as_of={day}" for day in (AS_OF, AS_OF + timedelta(days=1)))
    for night in (before, tonight):
        shutil.copytree(current / "decisions", night / "decisions")
    shutil.copytree(current / "refunds", tonight / "refunds")
    decisions = pq.read_table(tonight / "decisions" / "part-0.parquet")
    pq.write_table(decisions.slice(0, 0), tonight / "decisions" / "part-0.parquet")
    refunded = set(read(current, "refunds")["enrollment_id"])
    d = next(d for d in decisions.to_pylist() if d["evidence"] and d["overlap_id"] and d["enrollment_id"] not in refunded)
    case = d | {"case_numbers": ["T-17"], "status": "rejected", "decided_on": AS_OF, "first_reported_on": AS_OF, "starts_on": AS_OF}
    schema = schema_of(DATASETS["cases"], {})
    (tonight / "cases").mkdir()
    pq.write_table(pa.Table.from_pylist([{name: case[name] for name in schema.names}], schema), tonight / "cases" / "part-0.parquet")
    return tmp_path / "warehouse", case


@pytest.mark.parametrize("dataset", ["refunds", "cases"])
def test_what_one_ledger_alone_still_speaks_of_is_told(outlived, current, dataset):
    """Its decision is of an earlier night; what was paid back or returned stays."""
    warehouse, row = outlived
    if dataset == "refunds":
        row = read(current, dataset).sort("enrollment_id").to_dicts()[0]
    for asked in (row["enrollment_id"], row["person_id"]):
        text = explain(asked, warehouse).out.replace("*", "")
        assert "says nothing of it" not in text and f"Person {row['person_id']}" in text
        assert f"  refund {row['enrollment_id']}" in text if dataset == "refunds" else "  cases: " in text
        assert f"{AS_OF + timedelta(days=1)}: not mentioned" in text


def test_an_enrollment_that_only_a_relation_names_is_told_of_by_it(current, tmp_path):
    """What is not used of a quota goes back to an enrollment that is in no overlap."""
    night = tmp_path / "warehouse" / f"as_of={AS_OF}"
    for name in ("decisions", "mutual_aid_dissolutions"):
        (night / name).mkdir(parents=True)
        table = pq.read_table(current / name / "part-0.parquet")
        pq.write_table(table.slice(0, 0), night / name / "part-0.parquet")
    row = {"relation_id": "R1", "donor_person_id": "d" * 32, "beneficiary_person_id": "b" * 32, "status": "invalid", "reason": "kinship",
           "unused_quota": Decimal(0), "return_to_enrollment_id": "E1", "effective_date": AS_OF, "clause": "33号"}  # fmt: skip
    pq.write_table(pa.Table.from_pylist([row], table.schema), night / "mutual_aid_dissolutions" / "part-0.parquet")
    ran = explain("E1", tmp_path / "warehouse")
    assert ran.status == PUBLISHED and "d" * 32 in ran.out and "E1" in ran.out


def test_what_a_clerk_returned_is_told_with_the_decision_as_it_stood(outlived):
    warehouse, case = outlived
    for lang, at in (("zh", 0), ("en", 1)):
        text = explain(case["enrollment_id"], warehouse, "--lang", lang).out
        [line] = [row for row in text.splitlines() if "T-17" in row]
        said = [case["overlap_id"], str(AS_OF), LABELS["result"]["rejected"][at], LABELS["action"][case["action"]][at]]
        assert [s for s in said if s not in line] == [] and case["rule_id"] not in line
        assert all(row["row_key"] in text.replace("*", "") for row in case["evidence"])


def test_every_column_of_a_further_list_has_its_words():
    shown = {name for dataset in LISTS for name in DATASETS[dataset].names} - {"person_id", "evidence"}
    assert shown == set(COLUMNS)


def test_the_day_of_a_toleration_is_told_and_drawn_as_its_end(published, current):
    rows = read(current, "decisions").filter((pl.col("action") == "tolerate") & pl.col("effective_date").is_not_null())
    [d] = rows.sort("enrollment_id").head(1).to_dicts()
    for lang, says in (("zh", f"至 {d['effective_date']}（不含当日）"), ("en", f"until {d['effective_date']} (not included)")):
        told = Page(flows.explain.read_publication(d["enrollment_id"], published, None), lang, {})
        assert f"{says}" in text_of(told)
        assert [m.text for m in picture(told).marks if m.kind == "effect" and m.text.endswith(says)] != []


def test_the_command_uses_every_file_of_its_room(four_nights, monkeypatch):
    asked, text = set(), Engine._text
    monkeypatch.setattr(Engine, "_text", lambda engine, path: asked.add(path) or text(engine, path))
    explain("twice-3.B", four_nights)
    explain("twice-3.B", four_nights, "--as-of", str(DAYS[0]))
    assert asked == {f"explained/{p.name}" for p in (SQL_ROOT / "explained").glob("*.sql")}


# exit status --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "asked", ["no-such-enrollment", "11010519491231002X", "110105491231002", "1101 0519 4912 3100 2X", "E12345678", "张三"]
)
def test_an_unknown_id_exits_1_in_one_line_that_does_not_repeat_it(published, asked):
    """It may be a certificate number or a name, typed by mistake."""
    ran = explain(asked, published)
    assert (ran.status, ran.out) == (FAILED, "") and asked not in ran.complaint
    assert "psn_insu_rlts_id" in ran.complaint and str(published) in ran.complaint


@pytest.mark.parametrize("command", [["explain", "A"], ["explore", "--sql", "SELECT 1"], ["prune"]])
def test_a_warehouse_that_is_none_exits_2_whoever_asks(tmp_path, command):
    ran = run_here([*command, "--warehouse", str(tmp_path / "nowhere")])
    assert (ran.status, ran.out) == (USAGE, "") and "nowhere is no warehouse" in ran.complaint and "--warehouse" in ran.complaint
    assert not (tmp_path / "nowhere").exists()


def test_a_warehouse_without_a_night_exits_1(tmp_path):
    ran = explain("A", tmp_path)
    assert (ran.status, ran.out) == (FAILED, "") and "no night is published" in ran.complaint


def test_a_night_that_is_not_there_exits_1_and_names_those_that_are(published, kinds):
    ran = explain(kinds[0], published, "--as-of", "2020-01-01")
    assert ran.status == FAILED and "2020-01-01" in ran.complaint and str(AS_OF) in ran.complaint


def test_a_damaged_publication_exits_1(published, kinds, tmp_path):
    damaged = tmp_path / "warehouse"
    shutil.copytree(published / "current", damaged / f"as_of={AS_OF}", ignore=shutil.ignore_patterns("restricted"))
    (damaged / f"as_of={AS_OF}" / "decisions" / "part-0.parquet").write_bytes(b"PAR1 and no more")
    ran = explain(kinds[0], damaged)
    assert ran.status == FAILED and str(AS_OF) in ran.complaint and "run the night again" in ran.complaint


@pytest.mark.parametrize("more", [["--as-of", "22.11.2026"], ["--as-of", ""], ["--lang", "fr"], ["--lang", ""]])
def test_a_date_or_language_that_is_none_exits_2(published, kinds, more):
    ran = run_command(["explain", kinds[0], "--warehouse", str(published), *more])
    assert (ran.status, ran.out) == (USAGE, "") and "Traceback" not in ran.err


def test_without_an_id_it_exits_2(published):
    assert run_command(["explain", "--warehouse", str(published)]).status == USAGE
    assert explain("  ", published).status == USAGE


def test_as_a_process_of_its_own(published, kinds):
    ran = run_command(["explain", kinds[0], "--warehouse", str(published), "--lang", "zh"], PYTHONIOENCODING="utf-8")
    assert ran.status == PUBLISHED and ran.err == "" and "参保人" in ran.out


def test_who_reads_only_the_beginning_gets_no_complaint(published, kinds):
    command = [sys.executable, "-m", "flows", "explain", kinds[0], "--warehouse", str(published)]
    with subprocess.Popen(command, cwd=CHECKOUT, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        running.stdout.close()
        assert (running.wait(60), running.stderr.read()) == (PUBLISHED, b"")


def test_another_night_that_is_damaged_is_passed_over_and_told(four_nights, tmp_path):
    warehouse = Path(shutil.copytree(four_nights, tmp_path / "warehouse", symlinks=True))
    (warehouse / f"as_of={DAYS[1]}" / "decisions" / "part-0.parquet").write_bytes(b"")
    (warehouse / f"as_of={DAYS[0]}").unlink()
    (warehouse / f"as_of={DAYS[0]}").symlink_to("nowhere")
    ran = explain("twice-0.B", warehouse)
    assert ran.status == PUBLISHED and f"as_of={DAYS[1]}/decisions/part-0.parquet is passed over" in ran.err
    ran = explain("twice-0.B", warehouse, "--as-of", str(DAYS[0]))
    assert ran.status == FAILED and f"as_of={DAYS[0]} leads nowhere" in ran.complaint


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir, lambda page: page.symlink_to("/dev/null")])
def test_a_page_replaces_plain_files_only(published, kinds, tmp_path, make):
    page = tmp_path / "page.html"
    make(page)
    before = page.lstat()
    ran = explain(kinds[0], published, "--html", str(page))
    assert ran.status == USAGE and "no plain file" in ran.complaint
    after = page.lstat()
    assert (after.st_ino, after.st_mode, after.st_mtime_ns) == (before.st_ino, before.st_mode, before.st_mtime_ns)


@pytest.mark.parametrize("name", ["/dev/stdout", "/dev/full"])
def test_a_page_does_not_replace_a_device(published, kinds, tmp_path, name):
    """/dev/stdout is a link; here it leads to a plain file."""
    before = os.lstat(name)
    with (tmp_path / "out").open("w") as out:
        command = [sys.executable, "-m", "flows", "explain", kinds[0], "--warehouse", str(published), "--html", name]
        done = subprocess.run(command, cwd=CHECKOUT, env=environment(), stdout=out, stderr=subprocess.PIPE, text=True)
    assert done.returncode == USAGE and "no plain file" in done.stderr and os.path.samestat(before, os.lstat(name))
