"""What each policy file must hold: rules, parameters and money of the nation, and a province's changes.

An entry holds from its date until the next entry; it ends only by an entry with `value: null`. The closed lists are in
vocabulary.py, the strictness about single values in loader.py and values.py, about entries in entries.py.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from contracts.strict_yaml import FileError, Node, as_date, read_file
from policy import vocabulary as known
from policy.coverage import read_coverage
from policy.entries import REVIEW_KEYS, References, review, series
from policy.errors import Problems
from policy.model import ByParameter, OpenPoint, PolicyFile, Series, Tree
from policy.values import RULE_FIELDS, WORDS, amount, parameter_value, rule_value, shares

ROOT = Path(__file__).parent
NATIONAL_FILES = ("national/rules.yaml", "national/parameters.yaml", "national/money.yaml")


# ---- the nation


def _national_parameters(root: Path, problems: Problems) -> tuple[dict[str, Series], bytes]:
    document, raw = read_file(root, "national/parameters.yaml")
    top = document.mapping(("parameters",), ("references",))
    references = References(top)
    read = {}
    for name, node in top["parameters"].mapping(tuple(known.PARAMETERS)).items():
        with problems.of_one():
            parts = node.mapping(("name_zh", "description", "topic", "unit", *REVIEW_KEYS, "values"))
            texts = {key: parts[key].text() for key in ("name_zh", "description", "unit")}
            reviewed = review(parts, parts["topic"].one_of(known.TOPICS, "topic"))
            read[name] = replace(series(parts["values"], reviewed, references, as_date, parameter_value(name, None)), **texts)
    _check_used(references, problems)
    return read, raw


def _check_used(references: References, problems: Problems) -> None:
    """Only where every entry could be read is it known which references are used."""
    if not problems.found:
        with problems.of_one():
            references.check_used()


def _national_rules(root: Path, problems: Problems) -> tuple[dict[str, Series], bytes]:
    document, raw = read_file(root, "national/rules.yaml")
    top = document.mapping(("rules",), ("references",))
    references = References(top)
    read = {}
    for rule_id, node in top["rules"].mapping(tuple(known.RULES)).items():
        with problems.of_one():
            parts = node.mapping((*REVIEW_KEYS, "values"))
            read[rule_id] = series(parts["values"], review(parts, "retention"), references, as_date, rule_value(rule_id, RULE_FIELDS))
    _check_used(references, problems)
    return {rule_id: read[rule_id] for rule_id in known.RULES if rule_id in read}, raw


def _areas(node: Node, topic: str, province: str | None, references: References, problems: Problems) -> dict[str, Series]:
    """One money table: area code -> fiscal year -> amount or shares. A province speaks only of its own areas."""
    parts = node.mapping((*REVIEW_KEYS, "areas"), ("description", "unit"))
    texts = {key: parts[key].text() for key in ("description", "unit") if key in parts}
    reviewed = review(parts, topic)
    value = amount if topic == "standards" else shares
    read = {}
    for code, area in parts["areas"].mapping(optional=None).items():
        with problems.of_one():
            national = code == known.NATION and topic == "standards" and province is None
            if not national and not re.fullmatch(r"[0-9]{2}([0-9]{2}([0-9]{2})?)?", code):
                raise area.fail(f"impossible area code {code!r}", "Write 2, 4 or 6 digits of an area")
            if not national and code[:2] not in (known.PROVINCES if province is None else (province,)):
                raise area.fail(f"area {code!r} is not of this policy", "Write it into the file of its province")
            read[code] = replace(series(area, reviewed, references, _year, value), **texts)
    return read


def _year(text: str, place: Node) -> int:
    """A fiscal year, as YYYY."""
    if not re.fullmatch(r"20[0-9]{2}", text):
        raise place.fail(f"impossible fiscal year {text!r}", "Write a year as YYYY, 2000 to 2099")
    return int(text)


def _national_money(root: Path, problems: Problems) -> tuple[dict[str, Series], dict[str, Series], bytes]:
    document, raw = read_file(root, "national/money.yaml")
    top = document.mapping(("subsidy_standard", "sharing"), ("references",))
    references = References(top)
    standards = _areas(top["subsidy_standard"], "standards", None, references, problems)
    sharing = _areas(top["sharing"], "sharing", None, references, problems)
    _check_used(references, problems)
    remedy = "Every place needs a value to fall back on: add the area"
    if known.NATION not in standards and not problems.found:
        raise top["subsidy_standard"].fail(f"missing {known.NATION!r}", remedy)
    if not problems.found and (missing := [code for code in known.PROVINCES if code not in sharing]):
        raise top["sharing"].fail(f"missing {missing[0]!r}", remedy)
    return standards, sharing, raw


def read_national(root: Path, problems: Problems) -> PolicyFile:
    rules, rules_raw = _national_rules(root, problems)
    parameters, parameters_raw = _national_parameters(root, problems)
    standards, sharing, money_raw = _national_money(root, problems)
    sources = tuple(zip(NATIONAL_FILES, (rules_raw, parameters_raw, money_raw), strict=True))
    return PolicyFile("national", "全国", "National", None, parameters, rules, standards, sharing, sources)


# ---- a province


def province_files(root: Path) -> list[str]:
    return [f"provinces/{path.name}" for path in sorted((root / "provinces").glob("*.yaml"))]


def read_province(root: Path, name: str, problems: Problems) -> PolicyFile:
    """The province's file `root/name`; a draft outside of provinces/ may have any name."""
    document, raw = read_file(root, name)
    tables = ("parameters", "rules", "subsidy_standard", "sharing")
    top = document.mapping(("id", "name_zh", "name_en", "province", "extends"), ("references", *tables, "not_modelled"))
    top["extends"].one_of(("national",), "base policy")
    policy_id = top["id"].text()
    if not re.fullmatch(r"[a-z][a-z_]{1,30}", policy_id) or policy_id == "national":
        raise top["id"].fail(f"impossible policy id {policy_id!r}", "Use small letters and _, and not 'national'")
    province = top["province"].one_of(known.PROVINCES, "province")
    if name.startswith("provinces/") and name != f"provinces/{province}.yaml":
        remedy = f"Name the file provinces/{province}.yaml"
        raise top["province"].fail(f"province {province!r} in the file of another", remedy)
    references = References(top)

    def dated(table: str, closed: dict, topic: str, read: Callable[[str], Callable]) -> dict[str, Series]:
        changes = {}
        for key, node in top[table].mapping(optional=None).items() if table in top else ():
            with problems.of_one():
                if key not in closed:
                    raise node.fail(f"{key!r} does not exist nationally", f"Use one of: {', '.join(closed)}")
                parts = node.mapping((*REVIEW_KEYS, "values"))
                changes[key] = series(parts["values"], review(parts, topic), references, as_date, read(key))
        return changes

    def areas(table: str, topic: str) -> dict[str, Series]:
        return _areas(top[table], topic, province, references, problems) if table in top else {}

    file = PolicyFile(
        policy_id,
        top["name_zh"].text(),
        top["name_en"].text(),
        province,
        dated("parameters", known.PARAMETERS, "", lambda key: parameter_value(key, province)),
        dated("rules", known.RULES, "retention", lambda key: rule_value(key, ())),
        areas("subsidy_standard", "standards"),
        areas("sharing", "sharing"),
        ((name, raw),),
        tuple(_open_point(node, references) for node in top["not_modelled"].items()) if "not_modelled" in top else (),
    )
    _check_used(references, problems)
    return file


def _open_point(node: Node, references: References) -> OpenPoint:
    parts = node.mapping(("topic", "says_zh", "says_en", "why", "reference"))
    texts = (parts[key].text() for key in ("says_zh", "says_en", "why"))
    return OpenPoint(parts["topic"].one_of(known.TOPICS, "topic"), *texts, references.of(parts["reference"]))


# ---- the two together


def _worded(national: PolicyFile) -> Iterator[tuple[str, str]]:
    """(parameter, rule): the parameter changes what the rule does, so the rule's words have to tell it."""
    for name, shape in known.PARAMETERS.items():
        yield from ((name, rule_id) for rule_id in shape.worded_by)
    for rule_id, rule in national.rules.items():
        for field in ("action", "choice_first"):
            decided = {entry.value[field] for entry in rule.entries if entry.value}
            yield from ((by.parameter, rule_id) for by in sorted(decided, key=str) if isinstance(by, ByParameter))


def check_words(file: PolicyFile, national: PolicyFile) -> None:
    """A province that changes what a rule does must change the rule's words with it: they explain decisions."""
    for name, rule_id in _worded(national):
        if name not in file.parameters:
            continue
        changed, worded = file.parameters[name], file.rules.get(rule_id)
        for day in sorted({entry.start for one in (changed, worded) if one for entry in one.entries}):
            own, said = changed.value_on(day), worded.value_on(day) if worded else None
            if own in (None, national.parameters[name].value_on(day)) or (said and all(text in said for text in WORDS)):
                continue
            reason = f"it changes what {rule_id} does, but not its words, on {day}"
            raise FileError(changed.file, changed.key, reason, f"Add rules.{rule_id} with {', '.join(WORDS)} from that day")


def read_tree(root: Path = ROOT) -> Tree:
    """Reads and checks every policy file under `root`: one defect anywhere stops the load."""
    national = read_national(root, stop := Problems())
    provinces: dict[str, PolicyFile] = {}
    for name in province_files(root):
        file = read_province(root, name, stop)
        if file.policy_id in provinces:
            taken = f"{file.policy_id!r} is already taken"
            raise FileError(f"{root.name}/{name}", "id", taken, "Choose another id")
        check_words(file, national)
        provinces[file.policy_id] = file
    return Tree(national, provinces, read_coverage(root, national, provinces))
