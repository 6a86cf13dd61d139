"""The policy register: every rule and parameter with its dates, clauses, sources and provincial differences, for people."""

import re
from pathlib import Path

from flows.waiting import WAITING
from policy import vocabulary as known
from policy.files import read_tree
from policy.model import ByParameter, Entry, OpenPoint, PolicyFile, Reference, Series, Tree

SQL_ROOT = Path(__file__).parents[1] / "transforms"
KNOWN_FROM = {
    "text": "the text itself",
    "public_notice": "a public notice",
    "summary": "a summary",
    "arithmetic": "arithmetic",
    "own_knowledge": "common knowledge, unverified",
    "project_choice": "a choice of this project",
}
STATUS = {"own": "own", "inherited": "inherited", "not_applicable": "–", "not_yet_analysed": "not yet analysed"}
#: Parameters that reach SQL as a table, or in another form, and not as $name.
AS_TABLE = {
    "pooling_level": ("pooling",),
    "flexible_emp_mgt_types": ("flexible_type",),
    "suspended_deregistrations": ("suspended_reason",),
    "lookback_years": ("$lookback_start",),
    "no_wait_classes": ("no_wait_class",),
    "enrollment_window": ("enrollment_window",),
}

Table = tuple[list[str], list[list[str]]]


def readers() -> dict[str, list[str]]:
    """Parameter -> the .sql files and the rules that read it."""
    texts = {str(p.relative_to(SQL_ROOT)): re.sub(r"--[^\n]*", "", p.read_text(encoding="utf-8")) for p in sorted(SQL_ROOT.glob("*/*.sql"))}
    found = {name: [f"`{file}`" for file, text in texts.items() if reads(text, name)] for name in known.PARAMETERS}
    for rule_id, series in read_tree().national.rules.items():
        for value in series.entries[-1].value.values():
            if isinstance(value, ByParameter):
                found[value.parameter].append(f"rule `{rule_id}`")
    return found


def reads(text: str, name: str) -> bool:
    wanted = (
        [(f"${name}",), AS_TABLE[name]] if name in AS_TABLE else [(f"${name}",), *([("waiting_rule", name)] if name in WAITING else [])]
    )
    return any(all(re.search(rf"(?<![\w$]){re.escape(word)}\b", text) for word in words) for words in wanted)


def shown(value) -> str:
    """The value of a parameter or of a rule's field, as a person reads it."""
    if value is None:
        return "(ends)"
    if isinstance(value, ByParameter):
        return f"by `{value.parameter}`"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return "; ".join(f"{area}: {digits}" for area, digits in sorted(value.items(), key=lambda one: (one[0] != "default", one[0])))
    if isinstance(value, tuple):
        return ", ".join(value) or "none"
    return str(value)


def source(reference: Reference) -> str:
    told = f"{reference.document}, {reference.clause} ({KNOWN_FROM[reference.known_from]})"
    return f"{told}. {reference.note}" if reference.note else told


def _published(entry: Entry) -> str:
    return str(entry.published_on or "")


def reviewed(series: Series) -> str:
    return f"Last reviewed {series.last_reviewed}, again by {series.review_by}."


def rule_page(rule_id: str, tree: Tree) -> tuple[str, list[str], Table]:
    """Title, lines and table of one rule."""
    series = tree.national.rules[rule_id]
    rule = series.entries[-1].value
    ladder = " > ".join(f"`{fact}`" for fact in rule["ladder"]) or "none"
    lines = [
        f"{rule['summary_zh']}",
        "",
        f"{rule['summary_en']}",
        "",
        f"Ladder: {ladder}. The others: {shown(rule['action'])}. Subsidy deducted: {shown(rule['deducts'])}. "
        f"The person's own choice first: {shown(rule['choice_first'])}. Facts are read on the decision date. {reviewed(series)}",
        "",
    ]
    rows = [_rule_row("nation", entry) for entry in series.entries]
    for file in tree.provinces.values():
        if rule_id in file.rules:
            rows += [_rule_row(f"{file.name_zh} `{file.policy_id}`", entry) for entry in file.rules[rule_id].entries]
    return f"`{rule_id}` {rule['title_zh']}", lines, (["where", "from", "published", "clause", "条款", "what differs", "source"], rows)


def _rule_row(where: str, entry: Entry) -> list[str]:
    value = entry.value or {}
    differs = "" if where == "nation" else " ".join(value.get(key, "") for key in ("summary_zh", "summary_en")).strip()
    return [
        where,
        str(entry.start),
        _published(entry),
        value.get("clause", ""),
        value.get("clause_zh", ""),
        differs,
        source(entry.reference),
    ]


def parameter_page(name: str, tree: Tree, read_by: list[str]) -> tuple[str, list[str], Table]:
    """Title, lines and table of one parameter."""
    series = tree.national.parameters[name]
    by = f"Read by {', '.join(read_by)}." if read_by else "**Nothing reads it yet**: it is kept for what is to come."
    lines = [f"{series.description} Unit: {series.unit}. {by} {reviewed(series)}", ""]
    rows = [_parameter_row("nation", entry) for entry in series.entries]
    for file in tree.provinces.values():
        if name in file.parameters:
            rows += [_parameter_row(f"{file.name_zh} `{file.policy_id}`", entry) for entry in file.parameters[name].entries]
    return f"`{name}` {series.name_zh}", lines, (["where", "from", "published", "value", "source"], rows)


def _parameter_row(where: str, entry: Entry) -> list[str]:
    return [where, str(entry.start), _published(entry), shown(entry.value), source(entry.reference)]


def money_tables(tree: Tree) -> list[tuple[str, str, Table]]:
    """Title, words and table of the standards and of the sharing of every area."""
    tables = []
    for title, name in (("Subsidy standard 财政补助标准", "standards"), ("Sharing 分担比例", "sharing")):
        rows, first = [], None
        for file in (tree.national, *tree.provinces.values()):
            for code, series in getattr(file, name).items():
                first = first or series
                rows += [[code, str(entry.start), _money(entry.value), source(entry.reference)] for entry in series.entries]
        tables.append(
            (title, f"{first.description} Unit: {first.unit}. {reviewed(first)}", (["area", "from year", "value", "source"], rows))
        )
    return tables


def _money(value) -> str:
    return ", ".join(f"{level} {share}" for level, share in value.items()) if isinstance(value, dict) else shown(value)


def province_points(file: PolicyFile) -> Table:
    return ["topic", "说法", "what it says", "why it is no parameter", "source"], [_point_row(point) for point in file.not_modelled]


def _point_row(point: OpenPoint) -> list[str]:
    return [point.topic, point.says_zh, point.says_en, point.why, source(point.reference)]


def coverage_table(tree: Tree) -> Table:
    rows = [
        [line.code, line.name_zh, line.name_en, *(STATUS[line.topics[topic]] for topic in known.TOPICS)] for line in tree.coverage.values()
    ]
    return ["code", "省级", "division", *known.TOPICS], rows
