"""What each policy file must hold: rules, parameters and money of the nation, a province's changes, the coverage.

An entry holds from its date until the next entry; it ends only by an entry with `value: null`. The closed lists are in
vocabulary.py; the strictness about single values is in loader.py.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from policy import vocabulary as known
from policy.errors import PolicyError
from policy.loader import Node, as_date, as_year, read_file
from policy.model import ByParameter, Entry, PolicyFile, Reference, Series, Tree

ROOT = Path(__file__).parent
NATIONAL_FILES = ("national/rules.yaml", "national/parameters.yaml", "national/money.yaml")
RULE_TEXTS = ("clause", "clause_zh", "title_zh", "title_en", "summary_zh", "summary_en")
RULE_FIELDS = (*RULE_TEXTS, "ladder", "action", "deducts", "applies_on")


def _reference(node: Node) -> Reference:
    parts = node.mapping(("document", "clause", "known_from"), ("note",))
    return Reference(
        parts["document"].text(),
        parts["clause"].text(),
        parts["known_from"].one_of(known.KNOWN_FROM),
        parts["note"].text() if "note" in parts else "",
    )


def _named_references(top: dict[str, Node]) -> dict[str, Reference]:
    if "references" not in top:
        return {}
    return {name: _reference(node) for name, node in top["references"].mapping(optional=None).items()}


def _resolve_reference(node: Node, named: dict[str, Reference]) -> Reference:
    if isinstance(node.data, dict):
        return _reference(node)
    return named[node.one_of(tuple(named), "reference")]


@dataclass(frozen=True)
class _Review:
    """What stands beside the entries of a key: its topic and when a person last looked at it."""

    topic: str
    last_reviewed: date
    review_every_months: int


REVIEW_KEYS = ("last_reviewed", "review_every_months")


def _review(parts: dict[str, Node], topic: str) -> _Review:
    return _Review(topic, parts["last_reviewed"].day(), parts["review_every_months"].integer(1, 60))


def _series(
    node: Node,
    review: _Review,
    named: dict[str, Reference],
    start: Callable[[str, Node], Any],
    value: Callable[[Node], Any],
) -> Series:
    """The entries of `node`, keyed by date or fiscal year. `value` reads what an entry holds, unless it is null."""
    entries: list[Entry] = []
    for text, entry in node.mapping(optional=None).items():
        parts = entry.mapping(("value", "reference"), ("published_on",))
        begins = start(text, entry)
        if entries and begins <= entries[-1].start:
            raise entry.fail(f"{text} does not come after {entries[-1].start}", "Put the entries in ascending order")
        ends = parts["value"].is_null()
        if ends and (not entries or entries[-1].value is None):
            raise entry.fail("null ends nothing", "Let an entry with a value come before it, or remove it")
        entries.append(
            Entry(
                begins,
                None if ends else value(parts["value"]),
                _resolve_reference(parts["reference"], named),
                parts["published_on"].day() if "published_on" in parts else None,
            )
        )
    if not entries:
        raise node.fail("no entry", "Add at least one dated entry")
    return Series(node.file, node.key, tuple(entries), review.topic, review.last_reviewed, review.review_every_months)


# ---- parameters


def _parameter_value(name: str, province: str | None) -> Callable[[Node], Any]:
    shape = known.PARAMETERS[name]

    def read(node: Node) -> Any:
        if shape.kind == "integer":
            return node.integer(shape.minimum, shape.maximum)
        if shape.kind == "boolean":
            return node.boolean()
        if shape.kind == "choice":
            return node.one_of(shape.choices)
        if shape.kind == "codes":
            codes = [item.one_of(shape.choices, "code") for item in node.items()]
            if len(set(codes)) != len(codes):
                raise node.fail("a code stands twice", "Name each code once")
            return tuple(sorted(codes))
        # integer_by_province: the nation has a default and exceptions, a province only its own
        allowed = known.PROVINCES if province is None else (province,)
        parts = node.mapping(("default",) if province is None else (province,), allowed)
        return {area: int(part.one_of(shape.choices)) for area, part in parts.items()}

    return read


def _national_parameters(root: Path) -> tuple[dict[str, Series], bytes]:
    document, raw = read_file(root, "national/parameters.yaml")
    top = document.mapping(("parameters",), ("references",))
    named = _named_references(top)
    series = {}
    for name, node in top["parameters"].mapping(tuple(known.PARAMETERS)).items():
        parts = node.mapping(("description", "topic", "unit", *REVIEW_KEYS, "values"))
        parts["description"].text()
        parts["unit"].text()
        review = _review(parts, parts["topic"].one_of(known.TOPICS, "topic"))
        series[name] = _series(parts["values"], review, named, as_date, _parameter_value(name, None))
    return series, raw


# ---- rules


def _rule_value(rule_id: str, required: tuple[str, ...]) -> Callable[[Node], dict[str, Any]]:
    shape = known.RULES[rule_id]

    def ladder(node: Node) -> tuple[str, ...]:
        steps = []
        for item in node.items():
            if (fact := item.one_of(tuple(known.FACTS), "fact")) not in shape.ladder_facts:
                usable = ", ".join(shape.ladder_facts) or "none, write []"
                raise item.fail(f"fact {fact!r} cannot be a step of {rule_id}", f"Use: {usable}")
            if fact in steps:
                raise item.fail(f"fact {fact!r} stands twice", "Name each step once")
            steps.append(fact)
        if shape.ladder_facts and not steps:
            raise node.fail("an empty ladder", f"Use: {', '.join(shape.ladder_facts)}")
        return tuple(steps)

    def by_parameter(node: Node, kinds: tuple[str, ...]) -> ByParameter:
        fitting = tuple(name for name, parameter in known.PARAMETERS.items() if parameter.kind in kinds)
        return ByParameter(node.mapping(("parameter",))["parameter"].one_of(fitting, "parameter"))

    def action(node: Node) -> str | ByParameter:
        if isinstance(node.data, dict):
            decided = by_parameter(node, ("choice",))
            if not set(known.PARAMETERS[decided.parameter].choices) <= set(shape.actions):
                raise node.fail(f"parameter {decided.parameter!r} is no action of {rule_id}", "Name another parameter")
            return decided
        if (chosen := node.one_of(known.ACTIONS, "action")) not in shape.actions:
            raise node.fail(f"action {chosen!r} is not open to {rule_id}", f"Use one of: {', '.join(shape.actions)}")
        return chosen

    def deducts(node: Node) -> bool | ByParameter:
        return by_parameter(node, ("boolean",)) if isinstance(node.data, dict) else node.boolean()

    readers = {"ladder": ladder, "action": action, "deducts": deducts}
    readers["applies_on"] = lambda node: node.one_of(known.APPLIES_ON)

    def read(node: Node) -> dict[str, Any]:
        parts = node.mapping(required, tuple(field for field in RULE_FIELDS if field not in required))
        if not parts:
            raise node.fail("nothing is said", f"Give at least one of: {', '.join(RULE_FIELDS)}")
        return {name: readers.get(name, Node.text)(part) for name, part in parts.items()}

    return read


def _national_rules(root: Path) -> tuple[dict[str, Series], bytes]:
    document, raw = read_file(root, "national/rules.yaml")
    top = document.mapping(("rules",), ("references",))
    named = _named_references(top)
    series = {}
    for rule_id, node in top["rules"].mapping(tuple(known.RULES)).items():
        parts = node.mapping((*REVIEW_KEYS, "values"))
        review = _review(parts, "retention")
        series[rule_id] = _series(parts["values"], review, named, as_date, _rule_value(rule_id, RULE_FIELDS))
    return {rule_id: series[rule_id] for rule_id in known.RULES}, raw


# ---- money


def _amount(node: Node) -> Decimal:
    if not (amount := node.decimal(100_000)):
        raise node.fail("a standard of 0", "Leave the entry out, or end it with null")
    return amount


def _shares(node: Node) -> dict[str, Decimal]:
    parts = node.mapping(optional=known.LEVELS)
    shares = {level: parts[level].decimal(100) for level in known.LEVELS if level in parts}
    if sum(shares.values()) != 100:
        raise node.fail(f"the shares add up to {sum(shares.values())}, not 100", "Correct the percentages")
    return shares


def _areas(node: Node, topic: str, province: str | None, named: dict[str, Reference]) -> dict[str, Series]:
    """One money table: area code -> fiscal year -> amount or shares. A province speaks only of its own areas."""
    parts = node.mapping((*REVIEW_KEYS, "areas"), ("description", "unit"))
    review = _review(parts, topic)
    value = _amount if topic == "standards" else _shares
    series = {}
    for code, area in parts["areas"].mapping(optional=None).items():
        national = code == known.NATION and topic == "standards" and province is None
        if not national and not re.fullmatch(r"[0-9]{2}([0-9]{2}([0-9]{2})?)?", code):
            raise area.fail(f"impossible area code {code!r}", "Write 2, 4 or 6 digits of an area")
        if not national and code[:2] not in (known.PROVINCES if province is None else (province,)):
            raise area.fail(f"area {code!r} is not of this policy", "Write it into the file of its province")
        series[code] = _series(area, review, named, as_year, value)
    return series


def _national_money(root: Path) -> tuple[dict[str, Series], dict[str, Series], bytes]:
    document, raw = read_file(root, "national/money.yaml")
    top = document.mapping(("subsidy_standard", "sharing"), ("references",))
    named = _named_references(top)
    standards = _areas(top["subsidy_standard"], "standards", None, named)
    sharing = _areas(top["sharing"], "sharing", None, named)
    remedy = "Every place needs a value to fall back on: add the area"
    if known.NATION not in standards:
        raise top["subsidy_standard"].fail(f"missing {known.NATION!r}", remedy)
    if missing := [code for code in known.PROVINCES if code not in sharing]:
        raise top["sharing"].fail(f"missing {missing[0]!r}", remedy)
    return standards, sharing, raw


# ---- the policies


def _national(root: Path) -> PolicyFile:
    rules, rules_raw = _national_rules(root)
    parameters, parameters_raw = _national_parameters(root)
    standards, sharing, money_raw = _national_money(root)
    sources = tuple(zip(NATIONAL_FILES, (rules_raw, parameters_raw, money_raw), strict=True))
    return PolicyFile("national", "全国", "National", None, parameters, rules, standards, sharing, sources)


def _province(root: Path, name: str) -> PolicyFile:
    document, raw = read_file(root, name)
    tables = ("parameters", "rules", "subsidy_standard", "sharing")
    top = document.mapping(("id", "name_zh", "name_en", "province", "extends"), ("references", *tables))
    top["extends"].one_of(("national",), "base policy")
    policy_id = top["id"].text()
    if not re.fullmatch(r"[a-z][a-z_]{1,30}", policy_id) or policy_id == "national":
        raise top["id"].fail(f"impossible policy id {policy_id!r}", "Use small letters and _, and not 'national'")
    province = top["province"].one_of(known.PROVINCES, "province")
    if name != f"provinces/{province}.yaml":
        remedy = f"Name the file provinces/{province}.yaml"
        raise top["province"].fail(f"province {province!r} in the file of another", remedy)
    named = _named_references(top)

    def dated(table: str, closed: dict, topic: str, read: Callable[[str], Callable]) -> dict[str, Series]:
        series = {}
        for key, node in top[table].mapping(optional=None).items() if table in top else ():
            if key not in closed:
                raise node.fail(f"{key!r} does not exist nationally", f"Use one of: {', '.join(closed)}")
            parts = node.mapping((*REVIEW_KEYS, "values"))
            series[key] = _series(parts["values"], _review(parts, topic), named, as_date, read(key))
        return series

    def areas(table: str, topic: str) -> dict[str, Series]:
        return _areas(top[table], topic, province, named) if table in top else {}

    return PolicyFile(
        policy_id,
        top["name_zh"].text(),
        top["name_en"].text(),
        province,
        dated("parameters", known.PARAMETERS, "", lambda key: _parameter_value(key, province)),
        dated("rules", known.RULES, "retention", lambda key: _rule_value(key, ())),
        areas("subsidy_standard", "standards"),
        areas("sharing", "sharing"),
        ((name, raw),),
    )


def _check_words(file: PolicyFile, national: PolicyFile) -> None:
    """A province that changes what a rule does must change the rule's words too: they explain decisions."""
    for rule_id, series in national.rules.items():
        for action in (entry.value["action"] for entry in series.entries if entry.value):
            if isinstance(action, ByParameter) and action.parameter in file.parameters and rule_id not in file.rules:
                changed = file.parameters[action.parameter]
                reason = f"it changes what {rule_id} does, but not its words"
                raise PolicyError(changed.file, changed.key, reason, f"Add rules.{rule_id} with clause and summary")


def _coverage(root: Path, national: PolicyFile, provinces: dict[str, PolicyFile]) -> dict[str, dict[str, str]]:
    """Says per province and topic what is its own; it must say `own` exactly where the province's file has entries."""
    document, _ = read_file(root, "coverage.yaml")
    listed = document.mapping(("provinces",))["provinces"].mapping(optional=None)
    for code, node in listed.items():
        if code not in known.PROVINCES:
            raise node.fail(f"unknown province {code!r}", f"Use one of: {', '.join(known.PROVINCES)}")
    if missing := [code for code in known.PROVINCES if code not in listed]:
        raise document.at("provinces").fail(f"missing province {missing[0]!r}", "Add its line")
    by_code = {file.province: file for file in provinces.values()}
    coverage = {}
    for code, node in listed.items():
        parts = node.mapping(("name_zh", *known.TOPICS))
        parts["name_zh"].text()
        own = _own_topics(by_code[code], national) if code in by_code else set()
        coverage[code] = {}
        for topic in known.TOPICS:
            status = parts[topic].one_of(known.STATUSES, "status")
            if (status == "own") != (topic in own):
                has = "has" if topic in own else "has no"
                reason = f"{status!r}, but provinces/{code}.yaml {has} entries of it"
                raise parts[topic].fail(reason, "Make the two agree")
            coverage[code][topic] = status
    return coverage


def _own_topics(file: PolicyFile, national: PolicyFile) -> set[str]:
    topics = {national.parameters[name].topic for name in file.parameters}
    return topics | {
        topic for topic, table in (("retention", file.rules), ("standards", file.standards), ("sharing", file.sharing)) if table
    }


def read_tree(root: Path = ROOT) -> Tree:
    """Reads and checks every policy file under `root`: one defect anywhere stops the load."""
    national = _national(root)
    provinces: dict[str, PolicyFile] = {}
    for path in sorted((root / "provinces").glob("*.yaml")):
        file = _province(root, f"provinces/{path.name}")
        if file.policy_id in provinces:
            taken = f"{file.policy_id!r} is already taken"
            raise PolicyError(f"{root.name}/provinces/{path.name}", "id", taken, "Choose another id")
        _check_words(file, national)
        provinces[file.policy_id] = file
    return Tree(national, provinces, _coverage(root, national, provinces))
