"""The documents say what the code and the policy files hold, nothing less and nothing more.

Every check lists what is wrong with the text of a page; the last test changes pages and sees to it that this is noticed.
"""

import argparse
import re
from collections.abc import Callable

import pytest
from pages import CHECKOUT, NOT_OURS, names, our_files, page, rows, sections

from contracts import DATASETS, EXTRACTS
from contracts.model import ARROW_TYPES
from contracts.reasons import REASONS
from expectations import GATES
from expectations.bounds import bounds_of
from flows import errors
from flows.files.finding import ENDINGS
from flows.options import parser
from policy import vocabulary
from policy.files import read_tree
from policy.model import ByParameter
from transforms.identifiers import FLAGS, KINDS
from transforms.retention.words import ACTIONS, FACTS

TREE = read_tree()
WRITTEN = (
    "README.md",
    "CHANGELOG.md",
    "docs/rules.md",
    "docs/extracts.md",
    "docs/identifiers.md",
    "docs/datasets.md",
    "docs/glossary.md",
    "docs/policy.md",
)


def different(what: str, found, expected) -> list[str]:
    """One line for each name that one of the two lacks, or for another order."""
    found, expected = list(found), list(expected)
    lines = [f"{what}: {name} is missing" for name in expected if name not in found]
    lines += [f"{what}: {name} is not in the code" for name in found if name not in expected]
    return lines or ([f"{what}: another order than in the code"] if found != expected else [])


def first_names(table: list[list[str]]) -> list[str]:
    return [name for row in table for name in names(row[0])]


# rules ----------------------------------------------------------------------------------------------------------------
def rules_differ(text: str) -> list[str]:
    """Every rule with its clause and its ladder, in the order of precedence."""
    said = {names(row[0])[0]: row for row in rows(text, "rule_id")}
    wrong = different("rules", said, TREE.national.rules)
    for rule_id, series in TREE.national.rules.items():
        rule = series.entries[-1].value
        _, clause, _, keeps, others = said.get(rule_id, [""] * 5)
        if clause != rule["clause"]:
            wrong.append(f"{rule_id}: the clause is {rule['clause']!r}, not {clause!r}")
        if rule["ladder"] != ("continuous_employee_months",) and names(keeps) != list(rule["ladder"]):
            wrong.append(f"{rule_id}: the ladder is {rule['ladder']}")
        action = rule["action"].parameter if isinstance(rule["action"], ByParameter) else rule["action"]
        if action not in others:
            wrong.append(f"{rule_id}: the others {action}")
    return wrong


def facts_differ(text: str) -> list[str]:
    return different("facts", first_names(rows(text, "fact")), vocabulary.FACTS)


def in_words(value) -> str:
    """The value of a parameter as the page writes it."""
    if isinstance(value, dict):
        others = sorted(area for area in value if area != "default")
        return f"{value['default']}; {value[others[0]]} for {', '.join(others)}"
    if isinstance(value, tuple):
        return ", ".join(value) or "none"
    return str(value).lower()


def parameters_differ(text: str) -> list[str]:
    said = {names(row[0])[0]: row[1] for row in rows(text, "parameter")}
    values = {name: in_words(series.entries[-1].value) for name, series in TREE.national.parameters.items()}
    wrong = different("parameters", said, values)
    return wrong + [f"{name} is {values.get(name)}, not {value}" for name, value in said.items() if values.get(name) != value]


def overlays_differ(text: str) -> list[str]:
    """Every parameter and clause that a province changes, with the date."""
    said = {(names(row[0])[0], names(row[1])[0]): (row[2], row[3]) for row in rows(text, "policy")}
    own = {}
    for policy_id, file in TREE.provinces.items():
        for name, series in file.parameters.items():
            own[policy_id, name] = in_words(series.entries[-1].value), str(series.entries[-1].start)
        for rule_id, series in file.rules.items():
            own[policy_id, rule_id] = series.entries[-1].value["clause"], str(series.entries[-1].start)
    wrong = different("overlays", said, own)
    return wrong + [f"{key}: {own.get(key)}, not {value}" for key, value in said.items() if own.get(key) != value]


def standards_differ(text: str) -> list[str]:
    """The national subsidy standard of every year."""
    table = [line.strip("| ").split(" | ") for line in text.splitlines() if re.fullmatch(r"\|( [0-9]+ \|)+", line)]
    said = dict(zip(*table, strict=True)) if len(table) == 2 else {}
    known = {str(e.start): str(e.value) for e in TREE.national.standards["nation"].entries}
    return [] if said == known else [f"standards: {known}, not {said}"]


# extracts -------------------------------------------------------------------------------------------------------------
def extracts_differ(text: str) -> list[str]:
    """Every extract and column, what needs it, whether it is required, and its key."""
    said = {head: body for head, body in sections(text, 3).items() if "/" in head}
    wrong = different("extracts", said, (f"{e.folder} {e.zh}" for e in EXTRACTS.values()))
    for extract in EXTRACTS.values():
        body = said.get(f"{extract.folder} {extract.zh}", "")
        table = rows(body, "column")
        needs = {name: row[2] for row in table for name in names(row[0])}
        wrong += [f"{extract.name}: {name} is no column" for name in needs if name not in extract.by_name]
        for f in extract.fields:
            need = "row" if f.filled else "file" if f.header else ""
            if needs.get(f.name) != need:
                wrong.append(f"{extract.name}.{f.name}: needed by {need!r}, not {needs.get(f.name)!r}")
        if not body.strip().startswith("Required" if extract.required else "Optional"):
            wrong.append(f"{extract.name}: is it required?")
        if extract.key and f"Key `{extract.key}`" not in body:
            wrong.append(f"{extract.name}: the key is {extract.key}")
    return wrong


def reasons_differ(text: str) -> list[str]:
    return different("reasons", first_names(rows(text, "reason")), REASONS)


def threshold(metric_bound: float, gate: str) -> str:
    return f"{metric_bound:g} days" if gate == "extract_stale" else f"{metric_bound:.0%}"


def gates_differ(text: str) -> list[str]:
    """Every gate with its threshold."""
    said = {names(row[0])[0]: row[1] for row in rows(text, "gate")}
    wrong = different("gates", said, GATES)
    for bound in bounds_of(EXTRACTS["enrollment"]):
        if bound.check_id in GATES and bound.check_id != "extract_missing":
            limit = threshold(bound.most if bound.least is None else bound.least, bound.check_id)
            wrong += [] if limit in said.get(bound.check_id, "") else [f"{bound.check_id}: the limit is {limit}"]
    return wrong


def endings_differ(text: str) -> list[str]:
    [cell] = [row[1] for row in rows(text, "what") if row[0] == "endings"]
    return different("endings", sorted(names(cell.split(". ")[0])), sorted(ENDINGS))


# identifiers ----------------------------------------------------------------------------------------------------------
def kinds_differ(text: str) -> list[str]:
    return different("kinds", first_names(rows(text, "kind")), KINDS)


def flags_differ(text: str) -> list[str]:
    return different("flags", first_names(rows(text, "flag")), FLAGS)


def identifier_reasons_differ(text: str) -> list[str]:
    return different("reasons", first_names(rows(text, "reason")), [r for r in REASONS if r.startswith("id_")])


# datasets -------------------------------------------------------------------------------------------------------------
def datasets_differ(text: str) -> list[str]:
    """Every dataset with its columns, types and nulls in their order, its key, and whether it is restricted."""
    said = sections(sections(text, 2)["Datasets"].join(["## Datasets\n", ""]), 3)
    wrong = different("datasets", said, DATASETS)
    for name, dataset in DATASETS.items():
        body = said.get(name, "")
        [columns] = [" ".join(p.split()) for p in body.split("\n\n") if p.startswith("`") and " · " in p] or [""]
        written = [f"`{c.name}` {ARROW_TYPES[c.type]}" + (" null" if c.name in dataset.nullable else "") for c in dataset.columns]
        wrong += [f"{name}: {line}" for line in different("columns", columns.split(" · "), written)]
        if f"Key: {', '.join(dataset.key)}." not in " ".join(body.split()):
            wrong.append(f"{name}: the key is {dataset.key}")
        if body.strip().startswith("Restricted") != dataset.restricted:
            wrong.append(f"{name}: is it restricted?")
    return wrong


#: Head of a table of options in docs/datasets.md -> the command they belong to.
TABLES_OF_OPTIONS = {"option": "nightly", "option of explain": "explain", "option of whatif": "whatif"}


def options_of(command: str) -> list[str]:
    [commands] = [a for a in parser()._actions if isinstance(a, argparse._SubParsersAction)]
    return [option for a in commands.choices[command]._actions for option in a.option_strings if option not in ("-h", "--help", "--debug")]


def options_differ(text: str) -> list[str]:
    told = {command: [name.split()[0] for row in rows(text, head) for name in names(row[0])] for head, command in TABLES_OF_OPTIONS.items()}
    told["nightly"].remove("--debug")
    return [wrong for command in told for wrong in different(f"options of {command}", sorted(told[command]), sorted(options_of(command)))]


def statuses_differ(text: str) -> list[str]:
    """What each exit status means, by the word that names it in flows/errors.py."""
    words = ("published", "failed", "usage|called wrongly", "gate", "another run holds")
    said = {row[0]: row[1] for row in rows(text, "exit status")}
    wrong = different("exit statuses", said, map(str, range(len(words))))
    known = (errors.PUBLISHED, errors.FAILED, errors.USAGE, errors.STOPPED, errors.LOCKED)
    return wrong + [
        f"exit status {n}: {said.get(str(n))}" for n, word in zip(known, words, strict=True) if not re.search(word, said.get(str(n), ""))
    ]


# the glossary ---------------------------------------------------------------------------------------------------------
def glossary_differs(text: str) -> list[str]:
    """Every fact and action, with the Chinese words of the reasons."""
    terms = {name: row[1] for row in rows(text, "term") for name in names(row[2])}
    facts = [name for row in rows(sections(text, 2)["Facts"], "term") for name in names(row[2])]
    wrong = different("facts", sorted(facts), sorted(vocabulary.FACTS))
    for name, (zh, _) in (FACTS | ACTIONS).items():
        if terms.get(name) != zh:
            wrong.append(f"{name}: {zh}, not {terms.get(name)}")
    return wrong


# ----------------------------------------------------------------------------------------------------------------------
CHECKS: list[tuple[Callable[[str], list[str]], str]] = [
    (rules_differ, "docs/rules.md"),
    (facts_differ, "docs/rules.md"),
    (parameters_differ, "docs/rules.md"),
    (overlays_differ, "docs/rules.md"),
    (standards_differ, "docs/rules.md"),
    (extracts_differ, "docs/extracts.md"),
    (reasons_differ, "docs/extracts.md"),
    (gates_differ, "docs/extracts.md"),
    (endings_differ, "docs/extracts.md"),
    (kinds_differ, "docs/identifiers.md"),
    (flags_differ, "docs/identifiers.md"),
    (identifier_reasons_differ, "docs/identifiers.md"),
    (datasets_differ, "docs/datasets.md"),
    (options_differ, "docs/datasets.md"),
    (statuses_differ, "docs/datasets.md"),
    (statuses_differ, "README.md"),
    (glossary_differs, "docs/glossary.md"),
]


@pytest.mark.parametrize(("check", "name"), CHECKS, ids=[f"{c.__name__}-{n}" for c, n in CHECKS])
def test_a_page_says_what_the_code_holds(check, name):
    assert check(page(name)) == []


@pytest.fixture(scope="module")
def words_of_the_code() -> set[str]:
    """Every name with an underscore that code, SQL, policy and settings use."""
    texts = [p.read_text(encoding="utf-8") for p in our_files(".py", ".sql", ".yaml") if "tests" not in p.parts]
    return {word for text in texts for word in re.findall(r"[a-z0-9]+(?:_[a-z0-9]+)+", text)}


ALL_WRITTEN = [*WRITTEN, *(str(p.relative_to(CHECKOUT)) for p in sorted((CHECKOUT / "docs/decisions").glob("*.md")))]


def spoken_words(text: str) -> set[str]:
    """Names with an underscore between backticks; a name with a date is a file's."""
    words = {word for name in names(text) for word in re.findall(r"(?<![\w./])[a-z0-9]+(?:_[a-z0-9]+)+", name)}
    return {word for word in words if not re.search(r"_\d{8}$", word)}


def missing_paths(text: str) -> list[str]:
    """Paths between backticks that begin with a folder of ours and do not exist."""
    paths = [name for name in names(text) if re.fullmatch(r"[a-z_]+/[\w./-]*", name) and name.split("/")[0] not in NOT_OURS]
    return [path for path in paths if (CHECKOUT / path.split("/")[0]).is_dir() and not (CHECKOUT / path).exists()]


@pytest.mark.parametrize("name", ALL_WRITTEN)
def test_a_page_speaks_of_nothing_that_is_not_there(name, words_of_the_code):
    assert spoken_words(page(name)) - words_of_the_code == set()
    assert missing_paths(page(name)) == []


def test_a_word_or_a_path_that_is_not_there_is_noticed(words_of_the_code):
    text = "`action` and `no_such_word` in `docs/no_such_page.md`, `docs/rules.md` and `enrollment_20261122.csv`"
    assert spoken_words(text) - words_of_the_code == {"no_such_word"}
    assert missing_paths(text) == ["docs/no_such_page.md"]


LIES = [
    (rules_differ, "docs/rules.md", "| `student_school_place` | 33号 二(四) |", "| `student_school_place` | 33号 二(五) |"),
    (rules_differ, "docs/rules.md", "| `waiting_period` | 33号", "| `waiting_times` | 33号"),
    (rules_differ, "docs/rules.md", "`benefit_active`, then `newest`", "`newest`, then `benefit_active`"),
    (facts_differ, "docs/rules.md", "| `in_hospital` | enrollment |", "| `at_home` | enrollment |"),
    (parameters_differ, "docs/rules.md", "| `payment_grace_months` | 3 |", "| `payment_grace_months` | 4 |"),
    (parameters_differ, "docs/rules.md", "| `waiting_months` | 0 |", "| `waiting_weeks` | 0 |"),
    (overlays_differ, "docs/rules.md", "| terminate | 2022-05-26 |", "| terminate | 2023-05-26 |"),
    (standards_differ, "docs/rules.md", "| 700 | 724 |", "| 700 | 725 |"),
    (extracts_differ, "docs/extracts.md", "| `trt_begn_date` | 待遇开始日期 | file |", "| `trt_begn_date` | 待遇开始日期 | row |"),
    (extracts_differ, "docs/extracts.md", "`former_name`", "`later_name`"),
    (extracts_differ, "docs/extracts.md", "### civil_affairs/death 死亡信息", "### civil_affairs/deaths 死亡信息"),
    (reasons_differ, "docs/extracts.md", "| `bad_date` |", "| `bad_day` |"),
    (gates_differ, "docs/extracts.md", "more than 5% of", "more than 6% of"),
    (gates_differ, "docs/extracts.md", "more than 20% of", "more than 30% of"),
    (gates_differ, "docs/extracts.md", "| `row_drop` |", "| `row_fall` |"),
    (endings_differ, "docs/extracts.md", "`.xlsx`, ", ""),
    (kinds_differ, "docs/identifiers.md", "| `military` |", "| `soldier` |"),
    (flags_differ, "docs/identifiers.md", "| `reissue` |", "| `renewal` |"),
    (identifier_reasons_differ, "docs/identifiers.md", "| `id_masked` |", "| `id_hidden` |"),
    (datasets_differ, "docs/datasets.md", "`period_end` date32", "`period_end` date32 null"),
    (datasets_differ, "docs/datasets.md", "Key: relation_id.", "Key: donor_person_id."),
    (datasets_differ, "docs/datasets.md", "### coverage_gaps", "### gaps"),
    (options_differ, "docs/datasets.md", "| `--policy ID` |", "| `--law ID` |"),
    (statuses_differ, "docs/datasets.md", "| 3 | stopped", "| 5 | stopped"),
    (glossary_differs, "docs/glossary.md", "| hold | 待出院后处理 |", "| hold | 待处理 |"),
]


@pytest.mark.parametrize(("check", "name", "truth", "lie"), LIES)
def test_a_lie_is_noticed(check, name, truth, lie):
    text = page(name)
    assert truth in text
    assert check(text.replace(truth, lie)) != []
