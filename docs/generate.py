"""Write the documents that follow from contracts, policy and cases; with --check, fail where a committed one is stale."""

import sys
from pathlib import Path

from contracts import DATASETS, EXTRACTS
from contracts.aliases import ALIASES
from contracts.codes import CODE_LISTS
from contracts.model import ARROW_TYPES
from contracts.reasons import REASONS
from docs import cookbook, register
from docs.clauses import clauses
from policy.files import read_tree

HERE = Path(__file__).parent


def _table(head: list[str], rows: list[list[str]]) -> list[str]:
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    return lines + ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows] + [""]


def data_dictionary() -> str:
    """Every extract, dataset, code list and quarantine reason, as the contracts define them."""
    lines = [
        "# Data dictionary",
        "",
        "Generated from `contracts/` by `make docs`; a check fails when it is stale. Dates are half-open: every end is the first day that does not count.",
        "",
        "## Extracts: what comes in",
        "",
        "Where files lie and in which forms they arrive: [extracts.md](extracts.md). A column answers to its name, its Chinese label and its aliases.",
        "*file*: the file cannot be read without the column. *row*: a row without a value goes to the quarantine.",
        "",
    ]
    for e in EXTRACTS.values():
        lines += [
            f"### {e.folder} {e.zh}",
            "",
            f"Grain: {e.grain}. Key: {e.key or 'none'}. {'Required.' if e.required else 'Optional.'}",
            "",
        ]
        lines += _table(
            ["column", "中文", "type", "needed by", "codes", "personal", "meaning", "aliases"],
            [
                [f"`{f.name}`", f.column.zh, f.column.type, "row" if f.filled else "file" if f.header else "", f.codes or "",
                 "yes" if f.column.personal else "", f.column.meaning, "、".join(ALIASES.get(f.name, ()))]
                for f in e.fields
            ],
        )  # fmt: skip
    lines += ["## Datasets: what goes out", "", "How they are published, and what their values mean: [datasets.md](datasets.md).", ""]
    for d in DATASETS.values():
        place = "restricted/" if d.restricted else ""
        lines += [f"### {place}{d.name} {d.zh}", "", f"Grain: {d.grain}. Sorted by its key: {', '.join(d.key)}.", ""]
        rows = [
            [f"`{c.name}`", c.zh, ARROW_TYPES[c.type], "null" if c.name in d.nullable else "", "yes" if c.personal else "", c.meaning]
            for c in d.columns
        ]
        lines += _table(["column", "中文", "Arrow type", "may be null", "personal", "meaning"], rows)
    lines += ["## Code lists", ""]
    for c in CODE_LISTS.values():
        lines += [
            f"### {c.name}",
            "",
            f"Open: other codes of the form `{c.pattern}` are carried along." if c.pattern else "Closed: any other code is `unknown_code`.",
            "",
        ]
        drift = {code: [s for s, to in c.drift.items() if to == code] for code in c.values}
        lines += _table(
            ["code", "中文", "English", "also written"], [[f"`{k}`", zh, en, "、".join(drift[k])] for k, (zh, en) in c.values.items()]
        )
    lines += ["## Reasons for quarantine", ""]
    lines += _table(["reason", "中文", "English"], [[f"`{r}`", zh, en] for r, (zh, en) in REASONS.items()])
    return "\n".join(lines).rstrip() + "\n"


def clause_table() -> str:
    """Every clause of the rules, with the cases that show it."""
    lines = [
        "# Clauses and the cases that show them",
        "",
        "Generated from `tests/clauses.yaml` and `tests/scenarios/` by `make docs`; a check fails when it is stale. Each clause of [rules.md](rules.md) is",
        "shown by a case in which it holds and by one in which it just does not; *by a day*: on the last day on which it holds, and on the next one.",
        "A case is a person, a sentence and the expected decisions; each runs through a whole night and through a second implementation.",
        "",
    ]
    for section, rows in clauses():
        lines += [f"## {'What a province changes' if section == 'overlays' else f'Section {section}'}", ""]
        lines += _table(["clause", "what it says", "holds", "just does not hold"], rows)
    return "\n".join(lines).rstrip() + "\n"


def policy_register() -> str:
    """Every rule and parameter with its dates, clauses and sources, and what each province changes."""
    tree, readers = read_tree(), register.readers()
    lines = [
        "# Policy register",
        "",
        "Generated from `policy/` by `make docs`; a check fails when it is stale. What an entry says holds from its date until the next one of the",
        "same place; a province's goes before the nation's. How to change one: [policy.md](policy.md). What the rules mean: [rules.md](rules.md).",
        "",
        "## Rules, in the order of precedence",
        "",
    ]
    pages = [register.rule_page(rule_id, tree) for rule_id in tree.national.rules]
    lines += _pages(pages) + ["## Parameters", ""]
    lines += _pages([register.parameter_page(name, tree, readers[name]) for name in tree.national.parameters]) + ["## Money", ""]
    lines += _pages([(title, [told, ""], table) for title, told, table in register.money_tables(tree)])
    lines += ["## What a province's text is known to say and no parameter holds", ""]
    lines += _pages([(f"{f.name_zh} {f.name_en} `{f.policy_id}`", [], register.province_points(f)) for f in tree.provinces.values()])
    lines += [
        "## Who has been looked at",
        "",
        "*inherited*: looked at, the nation holds. *not yet analysed*: the nation holds until somebody looks. –: no part in the scheme.",
        "",
    ]
    return "\n".join(lines + _table(*register.coverage_table(tree))).rstrip() + "\n"


def _pages(pages: list[tuple[str, list[str], register.Table]]) -> list[str]:
    return [line for title, told, table in pages for line in (f"### {title}", "", *told, *_table(*table))]


def cookbook_page() -> str:
    """Twenty questions with their queries and answers."""
    lines = [
        "# Cookbook: questions to what is published",
        "",
        "Generated from `docs/cookbook.yaml` by `make docs`. Every query runs on the night that `make run` publishes; tests compare what",
        "it gives with the answer printed here.",
        "",
        '**SQL** is for `make explore` (or `python -m flows explore --sql "..."`): a view for each dataset of the newest night, and',
        "`nights.<dataset>` with `as_of` over all nights. `overlaps` is a word of SQL: write `night.overlaps`. Every other engine reads the",
        "same files: `warehouse/current/<dataset>/*.parquet`. Columns: [data_dictionary.md](data_dictionary.md). A status of `exempt` or",
        "`reversed` is no money.",
        "",
        "**Polars** snippets go on from",
        "",
        "```python",
        cookbook.POLARS,
        "```",
        "",
        "**PySpark** snippets from",
        "",
        "```python",
        cookbook.PYSPARK,
        "```",
        "",
    ]
    for n, q in enumerate(cookbook.questions(), 1):
        head, *rows = q["answer"]
        lines += [f"## {n}. {q['en']}", "", q["zh"], "", "```sql", q["sql"].rstrip(), "```", ""]
        lines += ["```python", "# Polars", q["polars"].rstrip(), "", "# PySpark", q["pyspark"].rstrip(), "```", "", *_table(head, rows)]
    return "\n".join(lines).rstrip() + "\n"


DOCUMENTS = {
    "data_dictionary.md": data_dictionary, "policy_register.md": policy_register, "clauses.md": clause_table, "cookbook.md": cookbook_page,
}  # fmt: skip


def main(arguments: list[str]) -> int:
    stale = []
    for name, make in DOCUMENTS.items():
        path, text = HERE / name, make()
        if "--check" in arguments:
            stale += [name] if not path.exists() or path.read_text(encoding="utf-8") != text else []
        else:
            path.write_text(text, encoding="utf-8")
    if stale:
        print(f"docs: {', '.join(stale)} is stale; run make docs and commit it", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
