"""The explanation as lines of text, section by section.

Two columns of a line are parted by a tab; whoever lays them out (`text`, flows/explain/html.py) aligns them.
"""

from collections.abc import Sequence
from itertools import groupby

from flows.explain.decided import beyond, overlaps
from flows.explain.follows import lists, money
from flows.explain.over_nights import over_nights
from flows.explain.page import Page
from flows.explain.timeline import BACK_PAID, ENROLLED, IN_OVERLAP, PAID, axis_of, spans_of
from flows.terminal import pad, width


def text(page: Page) -> str:
    """The whole explanation, for a terminal."""
    parts = [head(page), _timeline(page), *sections(page)]
    return "\n\n".join("\n".join(_aligned(lines)) for lines in parts if lines)


def sections(page: Page) -> list[list[str]]:
    """What follows the time line: a title and its lines for each section."""
    return [lines for lines in (*overlaps(page), beyond(page), money(page), lists(page), over_nights(page)) if lines]


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
