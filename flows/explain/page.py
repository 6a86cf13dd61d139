"""The explanation as lines of text, section by section; every function takes what was read and gives lines.

Two columns of a line are parted by a tab; whoever lays them out (`text`, flows/explain/html.py) aligns them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from itertools import groupby

import policy
from contracts import DATASETS
from flows.explain import ladder
from flows.explain.members import Member, members_of
from flows.explain.reading import Told
from flows.explain.timeline import BACK_PAID, ENROLLED, IN_OVERLAP, PAID, axis_of, spans_of
from flows.explain.words import CODED, COLUMNS, LISTED, label, labels, speaker
from flows.terminal import pad, width

MONTHS = "continuous_employee_months"


@dataclass(frozen=True)
class Page:
    """What is laid out, in which language, and the policies (by id) that the decisions name, None where not to be had."""

    told: Told
    lang: str
    policies: Mapping[str, policy.Policy | None]

    @cached_property
    def say(self):
        return speaker(self.lang)

    @cached_property
    def of_overlap(self) -> dict[str | None, list[dict]]:
        """overlap_id (None: what stands for all) -> its decisions."""
        found: dict[str | None, list[dict]] = {}
        for d in self.told.decisions:
            found.setdefault(d["overlap_id"], []).append(d)
        return found

    @cached_property
    def members(self) -> dict[str, Member]:
        return members_of(self.told)

    def named(self, enrollment_id: str) -> str:
        """An enrollment with its scheme, what kind of work it rests on, its area, and the one that it is part of."""
        m = self.members[enrollment_id]
        what = [
            self.id(enrollment_id),
            m.scheme and self.word("scheme", m.scheme),
            m.standing and self.word("standing", m.standing),
            m.area,
        ]
        what.append(m.part_of and self.say("part_of", whole=self.id(m.part_of)))
        return " ".join(filter(None, what))

    @property
    def comma(self) -> str:
        return "，" if self.lang == "zh" else ", "

    @property
    def colon(self) -> str:
        return "：" if self.lang == "zh" else ": "

    def action(self, d: Mapping) -> str:
        """The action, and what the rule would have done where that is another."""
        told = self.word("action", d["action"])
        if not d["would_be"]:
            return told
        would = self.say("would_have" if d["action"] == "none" else "would_be", action=self.word("action", d["would_be"]))
        return f"{told}（{would}）" if self.lang == "zh" else f"{told} ({would})"

    def dated(self, d: Mapping) -> str:
        """The day of a decision in words: that of `tolerate` is the one on which it ends."""
        return self.say("until" if d["action"] == "tolerate" else "effective", day=d["effective_date"])

    def period(self, starts: date, ends: date | None) -> str:
        """``ends``: the first day after it; None where it is open."""
        return self.say("from_to" if ends else "from_on", starts=starts, ends=ends)

    def word(self, kind: str, code) -> str:
        return label(self.lang, kind, code)

    def rule(self, rule_id: str, policy_id: str | None = None) -> str:
        """Title of a rule; its id where no policy in hand has it."""
        for rules in [self.policies.get(policy_id)] if policy_id else self.policies.values():
            if rules and rule_id in rules.rules:
                rule = rules.rules[rule_id]
                return rule.title_zh if self.lang == "zh" else rule.title_en
        return rule_id

    def clause(self, d: Mapping) -> str:
        """The clause as published; with the full name of the document in Chinese where the policy has it."""
        rules = self.policies.get(d["policy_id"])
        rule = rules.rules.get(d["rule_id"]) if rules else None
        return rule.clause_zh if self.lang == "zh" and rule and rule.clause == d["clause"] else d["clause"]

    def ids(self, enrollment_ids) -> str:
        return LISTED[self.lang].join(self.id(i) for i in enrollment_ids)

    def id(self, enrollment_id: str) -> str:
        return f"{enrollment_id}*" if enrollment_id == self.told.asked else enrollment_id


def text(page: Page) -> str:
    """The whole explanation, for a terminal."""
    parts = [head(page), _timeline(page), *sections(page)]
    return "\n\n".join("\n".join(_aligned(lines)) for lines in parts if lines)


def sections(page: Page) -> list[list[str]]:
    """What follows the time line: a title and its lines for each section."""
    return [lines for lines in (*_overlaps(page), _beyond(page), _money(page), _lists(page), _nights(page)) if lines]


def _aligned(lines: Sequence[str]) -> list[str]:
    """Columns of lines that follow one another one below the other."""
    found: list[str] = []
    for is_parted, group in groupby(lines, lambda line: "\t" in line):
        rows = [line.partition("\t")[::2] for line in group]
        wide = max(width(first) for first, _ in rows) + 2 if is_parted else 0
        found += [pad(first, wide) + second for first, second in rows]
    return found


def head(page: Page) -> list[str]:
    told, say = page.told, page.say
    lines = [say("title", persons=" ".join(told.persons) or "?")]
    if told.asked not in told.persons:
        lines.append("  " + say("asked", asked=told.asked))
    lines.append("  " + say("night" if told.persons else "silent", as_of=told.as_of, place=told.night))
    for policy_id, version in told.policies:
        rules = page.policies.get(policy_id)
        if rules is None:
            lines.append("  " + say("policy_unknown", policy=policy_id))
            continue
        name = rules.name_zh if page.lang == "zh" else rules.name_en
        lines.append("  " + say("policy", name=name, version=version))
        if rules.version != version:
            lines.append("  " + say("policy_differs", taken=version, now=rules.version))
    return lines


def _timeline(page: Page) -> list[str]:
    told, members = page.told, page.members
    if not members:
        return []
    axis = axis_of(told.overlaps, [span[0] for m in members.values() for span in m.enrolled], told.as_of)
    rows = [(page.say("as_of", day=told.as_of), axis.mark())]
    rows += [
        (f"{n} {page.word('timing', o['timing'])}", axis.bar((IN_OVERLAP, [(o["starts_on"], o["ends_on"])])))
        for n, o in enumerate(told.overlaps, 1)
    ]
    for enrollment_id, m in members.items():
        rows.append((page.named(enrollment_id), axis.bar((ENROLLED, m.enrolled), (IN_OVERLAP, spans_of(enrollment_id, told.overlaps)))))
        if m.paid or m.back_paid:
            rows.append(("  " + page.say("paid"), axis.bar((PAID, m.paid), (BACK_PAID, m.back_paid))))
    wide = max(width(name) for name, _ in rows) + 2
    lines = [page.say("timeline"), f"  {'':{wide}}{axis.ruler()}"]
    lines += [f"  {pad(name, wide)}{bar}".rstrip() for name, bar in rows]
    return [*lines, "  " + page.say("legend")]


def _overlaps(page: Page) -> list[list[str]]:
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


def _beyond(page: Page) -> list[str]:
    decisions = page.of_overlap.get(None, [])
    return [page.say("beyond"), *_decided(page, decisions)] if decisions else []


def _decided(page: Page, decisions: Sequence[Mapping]) -> list[str]:
    """The members, those of whom the same is said together, then ladders and evidence."""
    alike: dict[tuple, list[str]] = {}
    for d in decisions:
        alike.setdefault(tuple(_about(page, d, decisions)), []).append(_headline(page, d))
    lines = [line for about, heads in alike.items() for line in [*heads, *_columns(page, about)]]
    return [*lines, *_ladders(page, decisions), *_evidence(page, decisions)]


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
    return about + [("change", _turn(page, turn)) for turn in ladder.turns(d, members, page.policies.get(d["policy_id"]))]


def _columns(page: Page, about: Sequence[tuple[str, str]]) -> list[str]:
    """Two columns: what is told, once for lines that follow one another, and the text."""
    lines, before = [], None
    for key, what in about:
        lines.append(f"    {page.say(key) if key != before else ''}\t{what}")
        before = key
    return lines


def _turn(page: Page, turn: ladder.Turn) -> str:
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


def _evidence(page: Page, decisions: Sequence[Mapping]) -> list[str]:
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
    if fact == "case_feedback":
        result, day = value.split()
        return f"{page.word('result', result)} {day}"
    return value


def _money(page: Page) -> list[str]:
    told, say, word = page.told, page.say, page.word
    lines = [say("money")]
    if not told.deductions and not told.refunds:
        return [*lines, "  " + say("no_money")]
    due: dict[tuple, list[dict]] = {}
    for row in told.deductions:
        due.setdefault((row["enrollment_id"], row["fiscal_year"], row["status"]), []).append(row)
    for (enrollment_id, year, status), rows in due.items():
        levels = page.comma.join(f"{word('level', r['level'])} {r['amount']:,}" for r in rows)
        lines.append("  " + say(
            "deduction", enrollment=page.id(enrollment_id), year=year, amount=f"{_sum(rows):,}", basis=word("basis", rows[0]["basis"]),
            status=word("status", status), first=rows[0]["first_reported_on"], rule=page.rule(rows[0]["rule_id"]),
        ))  # fmt: skip
        lines.append(f"    {levels}")
    if due:
        standing = [r for r in told.deductions if r["status"] != "reversed"]
        lines.append("  " + say("deducted", amount=f"{_sum(standing):,}"))
    lines += ["  " + say(
        "refund", enrollment=page.id(r["enrollment_id"]), begin=r["period_begin"], last=_last_day(r["period_end"]), eligibility=word("eligibility", r["eligibility"]),
        case=word("case", r["case_id"]), personal=f"{r['personal_amount']:,}", assisted=f"{r['assistance_amount']:,}", channel=word("channel", r["channel"]), state=_state(page, r),
    ) for r in told.refunds]  # fmt: skip
    return lines


def _last_day(after: date) -> date:
    """The last day of what is paid for, as the tax system and the worklists show it; ``after``: the first day after it."""
    return after - timedelta(days=1)


def _state(page: Page, refund: Mapping) -> str:
    """How far a refund has come; nothing where the publication is of before there was a ledger of refunds."""
    if not refund.get("status"):
        return ""
    return page.say("state", status=page.word("status", refund["status"]), first=refund["first_reported_on"])


def _sum(rows: Sequence[Mapping]) -> Decimal:
    return sum((r["amount"] for r in rows), Decimal("0.00"))


def _lists(page: Page) -> list[str]:
    """Rows of further datasets, column by column in words; a column of a newer publication under its name."""
    lines = []
    for name, rows in page.told.lists.items():
        words = {c.name: c.zh for c in DATASETS[name].columns} if page.lang == "zh" else COLUMNS
        title = DATASETS[name].zh if page.lang == "zh" else name.replace("_", " ")
        for row in rows:
            if name == "after_death" and row["extract"] == "contribution":  # of a stay it is the day of discharge
                row = row | {"ends_on": _last_day(row["ends_on"])}
            cells = [(words.get(k, k), _cell(page, name, k, v)) for k, v in row.items() if k not in ("person_id", "evidence")]
            lines.append(f"  {title}{page.colon}" + page.comma.join(f"{k} {v}" for k, v in cells if v))
            lines += [f"  {line}" for line in _evidence(page, [row])] if row.get("evidence") else []
    return [page.say("other_lists"), *lines] if lines else []


def _cell(page: Page, dataset: str, name: str, value) -> str:
    """A value in words; empty where there is none."""
    if value is None:
        return ""
    if name == "rule_id":
        return page.rule(value)
    kind, values = CODED.get((dataset, name)), value if isinstance(value, list) else [value]
    return labels(page.lang, kind, values) if kind else LISTED[page.lang].join(map(str, values))


def _nights(page: Page) -> list[str]:
    """For each enrollment and overlap what the nights said, nights that said the same together."""
    told, say = page.told, page.say
    series: dict[tuple, dict[date, dict]] = {}
    for row in told.before:
        series.setdefault((row["enrollment_id"], row["overlap_id"]), {})[row["as_of"]] = row
    if not series:
        return []
    lines = [say("nights")]
    if {row["as_of"] for row in told.before} == {told.as_of}:
        return [*lines, "  " + say("only_night")]
    for (enrollment_id, overlap_id), by_night in series.items():
        lines.append(f"  {page.id(enrollment_id)} {overlap_id or ''}".rstrip())
        lines += [f"    {_nights_named(page, nights)}{page.colon}{what}" for nights, what in _runs(page, by_night)]
    return lines


def _runs(page: Page, by_night: Mapping[date, Mapping]) -> list[tuple[list[date], str]]:
    """Consecutive nights that said the same, from the first that spoke of it on."""
    runs: list[tuple[list[date], str]] = []
    for night in page.told.nights:
        what = _said(page, by_night[night]) if night in by_night else page.say("unsaid")
        if runs and runs[-1][1] == what:
            runs[-1][0].append(night)
        elif runs or night in by_night:
            runs.append(([night], what))
    return runs


def _said(page: Page, row: Mapping) -> str:
    parts = [page.action(row), page.rule(row["rule_id"]), page.say("by_policy", policy=f"{row['policy_id']} {row['policy_version']}")]
    if row["kept_enrollment_id"]:
        parts.insert(1, f"{page.say('stays')} {page.id(row['kept_enrollment_id'])}")
    return page.comma.join(parts)


def _nights_named(page: Page, nights: list[date]) -> str:
    return page.say("in_nights" if len(nights) > 1 else "in_night", first=nights[0], last=nights[-1], n=len(nights))
