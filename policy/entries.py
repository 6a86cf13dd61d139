"""What all tables of policy share: references by name, review dates, and dated entries in ascending order."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from contracts.strict_yaml import Node
from policy import vocabulary as known
from policy.model import Entry, Reference, Series

REVIEW_KEYS = ("last_reviewed", "review_every_months")


def _reference(node: Node) -> Reference:
    parts = node.mapping(("document", "clause", "known_from"), ("note",))
    reference = Reference(
        parts["document"].text(),
        parts["clause"].text(),
        parts["known_from"].one_of(known.KNOWN_FROM),
        parts["note"].text() if "note" in parts else "",
    )
    if reference.known_from in known.UNSEEN and not reference.note:
        raise node.fail(f"known from {reference.known_from} without a note", "Say in `note:` what has not been seen")
    return reference


class References:
    """The references that a file names once; one that no entry uses is a defect."""

    def __init__(self, top: dict[str, Node]) -> None:
        nodes = top["references"].mapping(optional=None) if "references" in top else {}
        self._named = {name: (node, _reference(node)) for name, node in nodes.items()}
        self._used: set[str] = set()

    def of(self, node: Node) -> Reference:
        """The reference at `node`: written out there, or by its name."""
        if isinstance(node.data, dict):
            return _reference(node)
        name = node.one_of(tuple(self._named), "reference")
        self._used.add(name)
        return self._named[name][1]

    def check_used(self) -> None:
        for name, (node, _) in self._named.items():
            if name not in self._used:
                raise node.fail("no entry uses it", "Cite it, or remove it")


@dataclass(frozen=True)
class Review:
    """What stands beside the entries of a key: its topic, and when a person last looked at it."""

    topic: str
    last_reviewed: date
    review_every_months: int


def review(parts: dict[str, Node], topic: str) -> Review:
    return Review(topic, parts["last_reviewed"].day(), parts["review_every_months"].integer(1, 60))


def series(
    node: Node,
    reviewed: Review,
    references: References,
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
        published = parts["published_on"].day() if "published_on" in parts else None
        if published and published > reviewed.last_reviewed:
            reason = f"published on {published}, after the last review on {reviewed.last_reviewed}"
            raise parts["published_on"].fail(reason, "Read it again and renew last_reviewed")
        read = None if ends else value(parts["value"])
        entries.append(Entry(begins, read, references.of(parts["reference"]), published))
    if not entries:
        raise node.fail("no entry", "Add at least one dated entry")
    return Series(node.file, node.key, tuple(entries), reviewed.topic, reviewed.last_reviewed, reviewed.review_every_months)
