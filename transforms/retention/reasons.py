"""The reason of each decision as a sentence, added while the decisions are written: the sentences are the longest part of a decision,
and sorting them in the engine would cost more than writing them here."""

from collections.abc import Iterable, Iterator, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from policy import Rule
from transforms.retention.words import ACTIONS, FACTS

#: What a sentence is made of, but for the enrollment that stays and the dates: there are a few hundred of these in a night.
KINDS = ("rule_id", "action", "would_be", "deciding_fact", "is_rejected", "is_guarded", "is_unread")


def with_reasons(batches: Iterable[pa.RecordBatch], rules: Mapping[str, Rule]) -> Iterator[pa.RecordBatch]:
    """``batches`` of decisions with clause, reason_zh and reason_en. They have KINDS, kept_enrollment_id, effective_date and
    may have resumes_on."""
    for batch in filter(len, batches):
        kinds, which = _kinds(batch)
        parts = zip(*(_parts(rules[kind["rule_id"]], kind) for kind in kinds), strict=True)
        clause, first_zh, last_zh, first_en, last_en = (pa.array(texts, pa.string()).take(which) for texts in parts)
        zh, en = _sentences(batch, first_zh, last_zh, 0), _sentences(batch, first_en, last_en, 1)
        yield pa.RecordBatch.from_arrays([*batch.columns, clause, zh, en], [*batch.schema.names, "clause", "reason_zh", "reason_en"])


def _kinds(batch: pa.RecordBatch) -> tuple[list[dict], pa.Array]:
    """The different KINDS of a batch, and which of them each row is."""
    number = np.zeros(len(batch), np.int64)
    for name in KINDS:
        coded = batch[name].dictionary_encode()
        number = number * (len(coded.dictionary) + 1) + coded.indices.fill_null(len(coded.dictionary)).to_numpy()
    _, at, which = np.unique(number, return_index=True, return_inverse=True)
    return batch.select(KINDS).take(pa.array(at)).to_pylist(), pa.array(which)


def _parts(rule: Rule, kind: Mapping) -> tuple[str, ...]:
    """The clause; what stands before the enrollment that stays and what behind the dates, in Chinese, where the sentence has the
    clause's own Chinese; the same in English."""
    action, would_be, fact = ACTIONS[kind["action"]], ACTIONS.get(kind["would_be"]), FACTS.get(kind["deciding_fact"])
    if kind["is_rejected"] and kind["action"] == "tolerate":
        action = _LEFT
    zh, last_zh = f"{rule.clause_zh}：{rule.summary_zh}本参保关系{action[0]}", "。"
    en, last_en = f"{rule.clause}: {rule.summary_en} This enrollment: {action[1]}", "."
    if would_be:
        is_over = kind["action"] == "none"
        zh += f"（当时应{would_be[0]}）" if is_over else f"（原应{would_be[0]}）"
        en += f" (at the time: {would_be[1]})" if is_over else f" (by the rule: {would_be[1]})"
    if fact:
        zh, en = f"{zh}；决定事实：{fact[0]}", f"{en}; deciding fact: {fact[1]}"
        if kind["deciding_fact"] in rule.ladder[1:]:
            first = FACTS[rule.ladder[0]]
            zh, en = f"{zh}（“{first[0]}”未能区分）", f"{en} (“{first[1]}” did not tell them apart)"
    if kind["is_guarded"]:
        last_zh, last_en = f"；{would_be[0]}后将无其他参保可享待遇{last_zh}", f"; ending it would leave days without cover{last_en}"
    if kind["is_unread"]:
        last_zh, last_en = (
            f"；有涉及本人的记录无法使用，更正后再定{last_zh}",
            f"; a row about the person cannot be used and has to be corrected first{last_en}",
        )
    if kind["is_rejected"]:
        last_zh, last_en = f"；经办已作不予处理结论{last_zh}", f"; a clerk rejected the case{last_en}"
    if kind["action"] == "review" and not would_be and rule.ladder and rule.action != "review":
        last_zh, last_en = f"；现有记录无法区分{last_zh}", f"; the records do not tell them apart{last_en}"
    return rule.clause, zh, last_zh, en, last_en


#: Before the enrollment that stays, the day on which a decision begins to hold, and that on which a cover resumes.
_BEFORE = {
    "kept_enrollment_id": ("；保留：", "; stays: "),
    "effective_date": ("；生效日期：", "; effective "),
    "resumes_on": ("；恢复日期：", "; resumes "),
}
#: Before and behind the day on which what is tolerated ends: that is the effective_date of `tolerate` (rules 3).
_UNTIL = (("；至", "（不含当日）"), ("; until ", " (not included)"))
#: What becomes of an enrollment that a clerk left as it is.
_LEFT = ("不作处理", "left as it is")


def _sentences(batch: pa.RecordBatch, first: pa.Array, last: pa.Array, language: int) -> pa.Array:
    between = []
    for name, words in _BEFORE.items():
        if name in batch.schema.names and batch[name].null_count < len(batch):
            before, behind = words[language], ""
            if name == "effective_date":
                until = pc.equal(batch["action"], "tolerate")
                before, behind = (pc.if_else(until, word, other) for word, other in zip(_UNTIL[language], (before, ""), strict=True))
            text = pc.binary_join_element_wise(before, batch[name].cast(pa.string()), behind, "")
            between.append(text.fill_null(""))
    return pc.binary_join_element_wise(first, *between, last, "")
