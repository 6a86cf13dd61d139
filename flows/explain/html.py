"""The explanation as one page that needs nothing else: the time line and the ladders drawn, then everything in words, in both
languages. It speaks of a person: whoever writes it to a file keeps it to themselves.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from flows.explain import ladder
from flows.explain.page import Page
from flows.explain.picture import NAMES, WIDTH, picture
from flows.explain.sections import head, sections
from flows.report.style import environment, hash_of, style

HERE = Path(__file__).parent
#: What the picture explains below it: kinds of flows/explain/picture.py.
LEGEND = ("overlap", "enrolled", "active", "paid", "back_paid", "effect", "evidence")


@dataclass(frozen=True)
class Block:
    """Lines of one indent: rows of two columns, or paragraphs with an empty first one."""

    indent: int
    is_parted: bool
    rows: list[tuple[str, str]]


def html(pages: Sequence[Page]) -> str:
    """The same explanation in several languages, the first of them shown first."""
    templates = environment(HERE)
    templates.globals |= {"picture": picture, "head": head, "sections": sections, "ladders": ladders, "blocks": blocks}
    look = style() + (HERE / "style.css").read_text(encoding="utf-8")
    return templates.get_template("page.html").render(
        pages=pages, style=look, style_hash=hash_of(look), legend=LEGEND, names=NAMES, width=WIDTH
    )


def blocks(lines: Sequence[str]) -> Iterator[Block]:
    """Lines of text as blocks: those of one indent that follow one another, parted in two columns or not."""

    def form(line: str) -> tuple[int, bool]:
        return len(line) - len(line.lstrip(" ")), "\t" in line

    for (indent, is_parted), group in groupby(lines, form):
        rows = [line.strip(" ").split("\t", 1) if is_parted else ("", line.strip()) for line in group]
        yield Block(indent, is_parted, [(first, second) for first, second in rows])


def ladders(page: Page) -> Iterator[tuple[str, list[tuple[str, str, str]]]]:
    """(overlap and rule, steps as (fact, fate, what that says)) of each rule that compared something."""
    shown, names = set(), {o["overlap_id"]: f"{page.say('overlap', n=n)} · " for n, o in enumerate(page.told.overlaps, 1)}
    for overlap_id, decisions in page.of_overlap.items():
        for d in decisions:
            rules = page.policies.get(d["policy_id"])
            rule = rules.rules.get(d["rule_id"]) if rules else None
            if rule is None or (overlap_id, rule.rule_id) in shown:
                continue
            shown.add((overlap_id, rule.rule_id))
            if steps := ladder.steps(rule, decisions):
                told = [(page.word("fact", s.fact), s.fate, page.word("fate", s.fate).format(members=page.ids(s.members))) for s in steps]
                yield names.get(overlap_id, "") + page.say("ladder_of", title=page.rule(rule.rule_id, d["policy_id"])), told
