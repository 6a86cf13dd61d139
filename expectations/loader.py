"""Reads gates.yaml, ours and a bureau's own, strictly: what is not understood stops the load; one line names file, key and reason."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from contracts.extracts import EXTRACTS

FILE = "gates.yaml"
ERROR, WARNING = "error", "warning"
_TEXTS = ("severity", "metric", "unit", "failed", "checked", "at", "each", "zh", "en", "source")
_NUMBERS = ("least", "most")
#: What a bureau may say of a check.
CHANGES = ("severity", *_NUMBERS, "agreed")
_CHOICES = {"severity": (ERROR, WARNING), "unit": ("share", "number"), "at": ("gate", "overlaps", "retention"), "each": ("", "reason")}
GROUPS = ("every", "required", "certificates", "dates")


class GateError(ValueError):
    """A file of gates is not understood."""


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


class _Strict(yaml.BaseLoader):
    """Texts only, no key twice, no aliases."""

    def compose_node(self, parent, index):
        if self.check_event(yaml.AliasEvent):
            raise yaml.MarkedYAMLError(problem="aliases are not allowed", problem_mark=self.peek_event().start_mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node, deep=False):
        keys = [self.construct_object(key) for key, _ in node.value]
        for key, (mark, _) in zip(keys, node.value, strict=True):
            if not isinstance(key, str) or keys.count(key) > 1:
                raise yaml.MarkedYAMLError(problem=f"the key {key!r} is no text, or there twice", problem_mark=mark.start_mark)
        return super().construct_mapping(node, deep)


def load(own: Path | None = None) -> dict[str, Check]:
    """Every check by its id, in the order of the file; with what ``own``, a bureau's gates.yaml, says otherwise.

    Raises GateError.
    """
    checks = {name: _check(name, entry) for name, entry in _read(Path(__file__).with_name(FILE)).items()}
    for name, entry in (_read(own) if own else {}).items():
        if name not in checks:
            raise GateError(f"{FILE}: {name}: no such check. Use only: {', '.join(checks)}")
        checks[name] = _changed(checks[name], entry)
    return checks


def _read(path: Path) -> dict[str, dict]:
    try:
        content = yaml.load(path.read_bytes().decode("utf-8-sig"), _Strict)  # a BaseLoader makes texts only
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise GateError(f"{FILE}: line {line}: {error.problem}. Mend the line") from None
    except (yaml.YAMLError, UnicodeDecodeError):
        raise GateError(f"{FILE}: it is no YAML in UTF-8. Write it as `check: {{most: 0.08, agreed: who}}`") from None
    if content in (None, ""):
        return {}
    wrong = "" if not isinstance(content, dict) else next((name for name, entry in content.items() if not isinstance(entry, dict)), None)
    if wrong is not None:
        raise GateError(f"{FILE}: {wrong or 'top'}: a mapping is expected. Write it as `key: value` lines")
    return content


def _check(name: str, entry: Mapping) -> Check:
    _keys(name, entry, (*_TEXTS, *_NUMBERS, "of"))
    missing = [key for key in ("severity", "metric", "unit", "zh", "en", "source") if not entry.get(key)]
    if missing:
        raise GateError(f"{FILE}: {name}: missing {missing[0]!r}. Add it")
    of = entry.get("of", "every")
    groups = (of,) if isinstance(of, str) else tuple(of)
    if unknown := [g for g in groups if g not in EXTRACTS and g not in GROUPS]:
        raise GateError(f"{FILE}: {name}.of: {unknown[0]!r} is no extract and no group. Use: {', '.join((*GROUPS, *EXTRACTS))}")
    texts = {key: str(entry[key]) for key in _TEXTS if key in entry}
    return _sound(Check(name, of=groups, **texts, **_bounds(name, entry)))


def _changed(check: Check, entry: Mapping) -> Check:
    name = check.check_id
    _keys(name, entry, CHANGES)
    if not entry.get("agreed"):
        raise GateError(f"{FILE}: {name}: missing 'agreed'. Say who agreed to the change, and when")
    if extra := [key for key in _NUMBERS if key in entry and getattr(check, key) is None]:
        raise GateError(f"{FILE}: {name}.{extra[0]}: the check has no such bound. Leave it out")
    texts = {key: str(entry[key]) for key in ("severity", "agreed") if key in entry}
    return _sound(replace(check, **texts, **_bounds(name, entry)))


def _keys(name: str, entry: Mapping, known: tuple[str, ...]) -> None:
    if unknown := [key for key in entry if key not in known]:
        raise GateError(f"{FILE}: {name}: unknown key {unknown[0]!r}. Use only: {', '.join(known)}")


def _bounds(name: str, entry: Mapping) -> dict[str, float]:
    try:
        return {key: float(entry[key]) for key in _NUMBERS if key in entry}
    except (TypeError, ValueError):
        raise GateError(f"{FILE}: {name}: a bound is no number. Write it as 0.05") from None


def _sound(check: Check) -> Check:
    for key, choices in _CHOICES.items():
        if getattr(check, key) not in choices:
            raise GateError(
                f"{FILE}: {check.check_id}.{key}: {getattr(check, key)!r} is not known. Use: {', '.join(filter(None, choices))}"
            )
    given = [b for b in (check.least, check.most) if b is not None]
    if not given or not all(0 <= b < 1e12 for b in given) or given != sorted(given):
        raise GateError(f"{FILE}: {check.check_id}: least and most must be numbers from 0, least not above most. Give one of them, or both")
    return check
