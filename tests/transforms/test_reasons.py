"""The words of decisions, sentence by sentence."""

from datetime import date

import pyarrow as pa
import pytest

from flows.nightly import load_policy
from transforms.retention.reasons import KINDS, with_reasons

KEPT, DAYS = ("kept_enrollment_id", pa.string()), (("effective_date", pa.date32()), ("resumes_on", pa.date32()))
SCHEMA = pa.schema([*((k, pa.bool_() if k.startswith("is_") else pa.string()) for k in KINDS), KEPT, *DAYS])
ROW = {"rule_id": "resident_usual_residence", "action": "retain", "is_rejected": False, "is_guarded": False}


@pytest.fixture(scope="module")
def rules():
    return load_policy("national", date(2026, 11, 22)).rules


def told(rules, *rows: dict, schema: pa.Schema = SCHEMA) -> list[dict]:
    batch = pa.Table.from_pylist([ROW | row for row in rows], schema).combine_chunks().to_batches()
    return pa.Table.from_batches(list(with_reasons(batch, rules))).to_pylist()


def test_a_reason_says_rule_action_fact_what_stays_and_from_when(rules):
    [row] = told(
        rules,
        {
            "action": "suspend",
            "deciding_fact": "usual_residence",
            "kept_enrollment_id": "K",
            "effective_date": date(2026, 11, 22),
            "resumes_on": date(2027, 1, 1),
        },
    )
    rule = rules["resident_usual_residence"]
    assert row["clause"] == rule.clause
    assert (
        row["reason_zh"]
        == f"{rule.clause_zh}：{rule.summary_zh}本参保关系暂停；决定事实：常住地；保留：K；生效日期：2026-11-22；恢复日期：2027-01-01。"
    )
    assert row["reason_en"] == (
        f"{rule.clause}: {rule.summary_en} This enrollment: to be suspended; deciding fact: usual residence; stays: K; effective 2026-11-22; resumes 2027-01-01."
    )


@pytest.mark.parametrize(
    ("row", "zh", "en"),
    [
        ({}, "保留。", "retained."),
        ({"action": "review", "would_be": "terminate"}, "转人工复核（原应终止）。", "to be reviewed by a person (by the rule: to be terminated)."),
        ({"action": "none", "would_be": "terminate"}, "所在重复时段已结束，无需处理（当时应终止）。", "its overlap is over, nothing is left to end (at the time: to be terminated)."),
        ({"action": "tolerate", "is_rejected": True}, "不作处理；经办已作不予处理结论。", "left as it is; a clerk rejected the case."),
        ({"action": "review", "would_be": "terminate", "is_guarded": True}, "转人工复核（原应终止）；终止后将无其他参保可享待遇。", "to be reviewed by a person (by the rule: to be terminated); ending it would leave days without cover."),
        ({"action": "review"}, "转人工复核；现有记录无法区分。", "to be reviewed by a person; the records do not tell them apart."),
        ({"action": "terminate", "deciding_fact": "usual_county"}, "终止；决定事实：常住县区（“常住地”未能区分）。", "to be terminated; deciding fact: county of residence (“usual residence” did not tell them apart)."),
    ],
)  # fmt: skip
def test_what_was_due_what_a_clerk_said_and_what_the_guard_found_are_told(rules, row, zh, en):
    [found] = told(rules, row)
    assert found["reason_zh"].endswith(f"本参保关系{zh}") and found["reason_en"].endswith(f"This enrollment: {en}")


def test_the_day_of_a_toleration_is_called_its_end(rules):
    day = {"rule_id": "waiting_period", "effective_date": date(2027, 1, 1)}
    until, begins, open_ended = told(rules, day | {"action": "tolerate"}, day | {"action": "terminate"}, {"action": "tolerate"})
    assert until["reason_zh"].endswith("暂予并存；至2027-01-01（不含当日）。") and until["reason_en"].endswith(
        "tolerated; until 2027-01-01 (not included)."
    )
    assert begins["reason_zh"].endswith("终止；生效日期：2027-01-01。") and begins["reason_en"].endswith("; effective 2027-01-01.")
    assert open_ended["reason_zh"].endswith("暂予并存。") and open_ended["reason_en"].endswith("tolerated.")


def test_a_chinese_sentence_has_the_chinese_name_of_its_clause(rules):
    [row] = told(rules, {"rule_id": "identity_conflict", "action": "review"})
    assert row["reason_zh"].startswith("文件未作规定，按本系统规则（存疑不终止）：") and row["reason_en"].startswith("(safety): ")
    assert row["clause"] == "(safety)"


def test_each_row_has_its_own_reason_in_any_company(rules):
    rows = [
        {"rule_id": rule, "action": action, "deciding_fact": fact, "kept_enrollment_id": kept}
        for rule in rules for action in ("retain", "terminate") for fact in (None, "newest") for kept in (None, "K")
    ]  # fmt: skip
    alone = [told(rules, row)[0] for row in rows]
    assert told(rules, *rows) == alone and len({row["reason_en"] for row in alone}) == len(rows)


def test_a_dataset_without_the_day_of_resuming_has_reasons_too(rules):
    [row] = told(rules, {"effective_date": date(2026, 12, 1)}, schema=SCHEMA.remove(len(SCHEMA) - 1))
    assert row["reason_en"].endswith("retained; effective 2026-12-01.")
