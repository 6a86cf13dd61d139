"""What was decided, in lines: each overlap with its members, what would change it, the ladder of the rule, and the evidence."""

from collections.abc import Mapping, Sequence

import policy
from flows.explain import ladder
from flows.explain.page import Page
from flows.explain.turns import Turn, turns
from flows.labels import LISTED, labels

MONTHS = "continuous_employee_months"


def overlaps(page: Page) -> list[list[str]]:
    sections = []
    for n, o in enumerate(page.told.overlaps, 1):
        decisions = page.of_overlap.get(o["overlap_id"], [])
        lines = [page.say("overlap", n=n) + page.colon + page.period(o["starts_on"], o["ends_on"])]
        words = {kind: page.word(kind, o[kind]) for kind in ("timing", "category", "place")}
        lines.append("  " + page.say("kind", **words, overlap_id=o["overlap_id"]))
        lines.append("  " + page.say("read_at", day=o["decision_date"]))
        if not decisions:
            stands = {d["rule_id"] for d in page.of_overlap.get(None, [])}
            lines.append("  " + page.ids(o["enrollment_ids"]))
            lines += ["  " + page.say("no_rows", rule=page.rule(rule)) for rule in sorted(stands)]
        sections.append(lines + _decided(page, decisions))
    return sections


def beyond(page: Page) -> list[str]:
    decisions = page.of_overlap.get(None, [])
    return [page.say("beyond"), *_decided(page, decisions)] if decisions else []


def _decided(page: Page, decisions: Sequence[Mapping]) -> list[str]:
    """The members, those of whom the same is said together, then ladders and evidence."""
    alike: dict[tuple, list[str]] = {}
    for d in decisions:
        alike.setdefault(tuple(_about(page, d, decisions)), []).append(_headline(page, d))
    lines = [line for about, heads in alike.items() for line in [*heads, *_columns(page, about)]]
    return [*lines, *_ladders(page, decisions), *evidence(page, decisions)]


def _headline(page: Page, d: Mapping) -> str:
    """One member and what becomes of it."""
    what = [page.action(d)]
    if d["effective_date"]:
        what.append(page.dated(d))
    if d["resumes_on"]:
        what.append(page.say("resumes_on", day=d["resumes_on"]))
    return f"  {page.id(d['enrollment_id'])} {page.word('scheme', d['scheme'])} {d['insu_admdvs']}{page.colon}{page.comma.join(what)}"


def _about(page: Page, d: Mapping, members: Sequence[Mapping]) -> list[tuple[str, str]]:
    """Why, and what would change it: (sentence, what it says)."""
    about = [("rule", f"{page.rule(d['rule_id'], d['policy_id'])} [{page.clause(d)}]")]
    if d["deciding_fact"]:
        about.append(("fact", page.word("fact", d["deciding_fact"])))
    if d["kept_enrollment_id"]:
        about.append(("stays", page.id(d["kept_enrollment_id"])))
    about.append(("reason", d["reason_zh"] if page.lang == "zh" else d["reason_en"]))
    return about + [("change", _turn(page, turn)) for turn in turns(d, members, page.policies.get(d["policy_id"]))]


def _columns(page: Page, about: Sequence[tuple[str, str]]) -> list[str]:
    """Two columns: what is told, once for lines that follow one another, and the text."""
    lines, before = [], None
    for key, what in about:
        lines.append(f"    {page.say(key) if key != before else ''}\t{what}")
        before = key
    return lines


def _turn(page: Page, turn: Turn) -> str:
    """A turning point in words: codes are replaced by their labels."""
    of = dict(turn.of)
    for name in ("fact", "action", "extract"):
        if name in of:
            of[name] = page.word(name, of[name])
    for name, kind in (("facts", "fact"), ("extracts", "extract"), ("missing", "missing"), ("conflict", "conflict")):
        if name in of:
            of[name] = labels(page.lang, kind, of[name])
    for name in ("leaders", "others"):
        if name in of:
            of[name] = page.ids(of[name])
    if "rule" in of:
        of["rule"] = page.rule(of["rule"])
    return page.say(turn.key, **of)


def _ladders(page: Page, decisions: Sequence[Mapping]) -> list[str]:
    """The ladder of each rule that was at work, with the step that decided."""
    lines, shown = [], set()
    for d in decisions:
        rules = page.policies.get(d["policy_id"])
        if d["rule_id"] in shown or not rules or d["rule_id"] not in rules.rules:
            continue
        shown.add(d["rule_id"])
        rule = rules.rules[d["rule_id"]]
        by = page.say("by_policy", policy=f"{d['policy_id']} {rules.version}")
        lines.append("  " + page.say("ladder", title=page.rule(rule.rule_id), clause=page.clause(d), policy=by))
        lines.append("    " + (rule.summary_zh if page.lang == "zh" else rule.summary_en))
        before = ladder.passed_over(rule.rule_id, rules)
        lines += ["    " + page.say("passed_over", rules=LISTED[page.lang].join(map(page.rule, before)))] if before else []
        lines += [f"    {n}. {line}" for n, line in enumerate(_steps(page, rules, rule, decisions), 1)] or [f"    {page.say('no_ladder')}"]
    return lines


def _steps(page: Page, rules: policy.Policy, rule: policy.Rule, decisions: Sequence[Mapping]) -> list[str]:
    steps = ladder.steps(rule, decisions)
    chosen = any(s.fact == "person_choice" and s.fate in ("decided", "contradicted") for s in steps)
    return [_months(page, rules, rule, decisions) if s.fact == MONTHS and not chosen else
            f"{page.word('fact', s.fact)}\t{page.word('fate', s.fate).format(members=page.ids(s.members))}" for s in steps]  # fmt: skip


def _months(page: Page, rules: policy.Policy, rule: policy.Rule, decisions: Sequence[Mapping]) -> str:
    """The months in a row against their limit."""
    found = max((ladder.months_found(d) for d in decisions if d["rule_id"] == rule.rule_id), default=0)
    return page.say("months_step", fact=page.word("fact", MONTHS), found=found, limit=rules.parameters["one_year_months"])


def evidence(page: Page, decisions: Sequence[Mapping]) -> list[str]:
    """Each fact with the rows it rests on; rows that say the same stand together."""
    rows: dict[tuple, list[str]] = {}
    for d in decisions:
        for row in d["evidence"]:
            keys = rows.setdefault((row["fact"], row["extract"], row["value"]), [])
            if row["row_key"] not in keys:
                keys.append(row["row_key"])
    if not rows:
        return []
    lines = [f"  {page.say('evidence')}"]
    for (fact, extract, value), keys in rows.items():
        shown = _value(page, fact, value)
        lines.append(f"    {page.word('fact', fact)} = {shown}  <- {page.word('extract', extract)} {' '.join(page.id(k) for k in keys)}")
    return lines


def _value(page: Page, fact: str, value: str) -> str:
    """The value of a fact; where it has codes, their words."""
    if fact == "identity_conflict":
        return labels(page.lang, "conflict", value.split())
    if fact == "unread":
        return labels(page.lang, "reason", value.split())
    if fact == "case_feedback":
        result, day = value.split()
        return f"{page.word('result', result)} {day}"
    return value
