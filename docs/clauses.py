"""The page that says which cases show which clause of the rules."""

from collections import defaultdict
from pathlib import Path

import yaml

TESTS = Path(__file__).parents[1] / "tests"
HOW = {
    "holds": ("holds", ""),
    "holds_by_a_day": ("holds", " (by a day)"),
    "just_not": ("not", ""),
    "not_by_a_day": ("not", " (by a day)"),
}


def clauses() -> list[tuple[str, list[list[str]]]]:
    """(section, rows of clause, cases in which it holds, cases in which it just does not) of tests/clauses.yaml."""
    shown: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for path in sorted((TESTS / "scenarios").glob("*.yaml")):
        for case in yaml.safe_load(path.read_text(encoding="utf-8")):
            for clause, how in case.get("proves", {}).items():
                side, by_a_day = HOW[how]
                shown[clause][side].append(f"`{case['id']}`{by_a_day}")
    sections = yaml.safe_load((TESTS / "clauses.yaml").read_text(encoding="utf-8"))
    return [(section, [_row(clause, told, shown[clause]) for clause, told in listed.items()]) for section, listed in sections.items()]


def _row(clause: str, told: dict, cases: dict[str, list[str]]) -> list[str]:
    if "proved_by" in told:
        return [f"`{clause}`", told["says"], f"`{told['proved_by']}`", f"`{told['proved_by']}`"]
    return [f"`{clause}`", told["says"], ", ".join(cases["holds"]), ", ".join(cases["not"])]
