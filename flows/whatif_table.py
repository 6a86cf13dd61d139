"""The comparison of two policies as a table of text."""

from collections.abc import Mapping
from datetime import date

from contracts import divisions
from flows.terminal import aligned
from flows.whatif import CHANGED, MANIFEST, Comparison


def table(c: Comparison) -> str:
    """The comparison for people: totals under each policy, then the changes by rule and action and by province."""
    lines = [
        f"OneCover, what if: the night of {c.as_of} under {c.b.policy_id} ({c.b.version}) instead of {c.a.policy_id} ({c.a.version})",
        f"  changed    {c.changed:,} decisions of {c.people:,} people",
        "",
        *_indented([["", c.a.policy_id, c.b.policy_id, "change"], *(_total(c, name) for name in TOTALS)]),
    ]
    if c.changed:
        head = [
            "decisions",
            "people",
            *(f"{money} {policy}" for money in ("deductions", "refunds") for policy in (c.a.policy_id, c.b.policy_id)),
        ]
        lines += ["", *_indented([["by rule and action", *head], *([_move(r), *_figures(r)] for r in c.by_rule)])]
        lines += ["", *_indented([["by province", *head], *([_province(r["province"], c.as_of), *_figures(r)] for r in c.by_province)])]
    lines += ["", f"  kept in    {c.out} ({CHANGED.name}, {MANIFEST})" if c.out else "  nothing is kept; name a folder with --out"]
    return "\n".join(lines)


#: Rows of the totals: column of compared/totals.sql -> what it is called.
TOTALS = {
    "terminations": "terminations", "suspensions": "suspensions", "reviews": "reviews", "deductions": "deductions, yuan", "refunds": "refunds, yuan",
}  # fmt: skip


def _total(c: Comparison, name: str) -> list[str]:
    a, b = (c.totals.get(side, {}).get(name) or 0 for side in "ab")
    return [TOTALS[name], f"{a:,}", f"{b:,}", f"{b - a:+,}"]


def _figures(row: Mapping) -> list[str]:
    return [f"{row[name]:,}" for name in ("decisions", "people", "deductions_a", "deductions_b", "refunds_a", "refunds_b")]


def _move(row: Mapping) -> str:
    """`rule: action -> action`, with the second rule where it is another; a side without the decision is `no decision`."""
    sides = []
    for side in "ab":
        action, would_be, rule_id = (row[f"{name}_{side}"] for name in ("action", "would_be", "rule_id"))
        shown = action + (f" ({would_be})" if would_be else "") if action else "no decision"
        same = side == "b" and rule_id == row["rule_id_a"]
        sides.append(shown if same or not rule_id else f"{rule_id} {shown}")
    return " -> ".join(sides)


def _province(code: str, as_of: date) -> str:
    return f"{code} {divisions.name_of(f'{code}0000', as_of) or ''}".rstrip()


def _indented(rows: list[list[str]]) -> list[str]:
    return [f"  {line}" for line in aligned(rows)]
