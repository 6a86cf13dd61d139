"""Write the documents that follow from the contracts; with --check, fail where a committed one is stale."""

import sys
from pathlib import Path

from contracts import DATASETS, EXTRACTS
from contracts.aliases import ALIASES
from contracts.codes import CODE_LISTS
from contracts.model import ARROW_TYPES
from contracts.reasons import REASONS

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


DOCUMENTS = {"data_dictionary.md": data_dictionary}


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
