"""Reads gates.yaml, ours and a bureau's own: what is checked of every extract, and from which value on a check fails."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from contracts.extracts import EXTRACTS
from contracts.strict_yaml import Node, read_file

FILE = "gates.yaml"
ERROR, WARNING = "error", "warning"
_REQUIRED = ("severity", "metric", "unit", "zh", "en", "source")
_BOUNDS = ("least", "most")
_OPTIONAL = ("failed", "checked", "of", "at", "each", *_BOUNDS)
_CHOICES = {"severity": (ERROR, WARNING), "unit": ("share", "number"), "at": ("gate", "overlaps", "retention"), "each": ("reason",)}
GROUPS = ("every", "required", "certificates", "dates")


@dataclass(frozen=True)
class Check:
    """One entry of gates.yaml. ``of``: a group of extracts, or names; ``agreed``: who agreed to a bureau's own threshold."""

    check_id: str
    severity: str
    metric: str
    unit: str
    zh: str
    en: str
    source: str
    least: float | None = None
    most: float | None = None
    failed: str = ""
    checked: str = "rows"
    of: tuple[str, ...] = ("every",)
    at: str = "gate"
    each: str = ""
    agreed: str = ""


def load(own: Path | None = None) -> dict[str, Check]:
    """Every check by its id, in the order of the file; with what ``own``, a bureau's gates.yaml if it has one, says otherwise.

    Raises FileError.
    """
    checks = {name: _check(name, node) for name, node in _entries(Path(__file__).with_name(FILE)).items()}
    for name, node in (_entries(own, tuple(checks)) if own and own.exists() else {}).items():
        checks[name] = _changed(checks[name], node)
    return checks


def _entries(path: Path, known: tuple[str, ...] | None = None) -> dict[str, Node]:
    top, _ = read_file(path.parent, path.name)
    return top.mapping(optional=known) if top.data else {}


def _check(name: str, node: Node) -> Check:
    parts = node.mapping(_REQUIRED, _OPTIONAL)
    of = {"of": tuple(one.one_of((*GROUPS, *EXTRACTS), "extract or group") for one in _one_or_more(parts["of"]))} if "of" in parts else {}
    return _within(node, Check(name, **_texts(parts), **of, **_bounds(parts)))


def _changed(check: Check, node: Node) -> Check:
    """The check as a bureau wants it: who agreed to that is said."""
    parts = node.mapping(("agreed",), ("severity", *_BOUNDS))
    for key in _BOUNDS:
        if key in parts and getattr(check, key) is None:
            raise parts[key].fail("the check has no such bound", "Leave it out")
    return _within(node, replace(check, **_texts(parts), **_bounds(parts)))


def _one_or_more(node: Node) -> list[Node]:
    return [node] if isinstance(node.data, str) else node.items()


def _texts(parts: Mapping[str, Node]) -> dict[str, str]:
    texts = {name: part for name, part in parts.items() if name not in (*_BOUNDS, "of")}
    return {name: part.one_of(_CHOICES[name]) if name in _CHOICES else part.text() for name, part in texts.items()}


def _bounds(parts: Mapping[str, Node]) -> dict[str, float]:
    return {key: parts[key].number() for key in _BOUNDS if key in parts}


def _within(node: Node, check: Check) -> Check:
    given = [bound for bound in (check.least, check.most) if bound is not None]
    if not given or given != sorted(given):
        raise node.fail("least is above most, or neither is there", "Give one of them, or both in order")
    return check
