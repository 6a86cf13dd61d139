"""What a count must be: the checks of gates.yaml, told for each extract that they apply to."""

from collections.abc import Mapping
from dataclasses import dataclass

from contracts.extracts import Extract
from contracts.reasons import REASONS
from expectations.loader import ERROR, WARNING, Check, load

__all__ = ["CHECKS", "ERROR", "GATES", "NAMES", "WARNING", "Bound", "Check", "bounds_of", "load"]

#: The checks as they are shipped; a bureau's own gates.yaml changes thresholds (`load`).
CHECKS = load()
#: Gates that stop the night unless a bureau says otherwise, and every name that --accept takes.
GATES = tuple(name for name, check in CHECKS.items() if check.severity == ERROR)
NAMES = tuple(CHECKS)


@dataclass(frozen=True)
class Bound:
    """``metric`` (a column of the one-row frame of counts) lies between ``least`` and ``most``, ends included.

    ``failed``: the metric that counts the rows that fail; ``checked``: the one that counts the rows looked at; ``at``: the
    step that judges it.
    """

    check_id: str
    severity: str
    metric: str
    least: float | None
    most: float | None
    zh: str
    en: str
    failed: str = ""
    checked: str = "rows"
    at: str = "gate"

    @property
    def expected(self) -> str:
        if self.least is None:
            return f"<= {self.most:g}"
        return f">= {self.least:g}" if self.most is None else f"{self.least:g}..{self.most:g}"


def bounds_of(extract: Extract, checks: Mapping[str, Check] = CHECKS) -> list[Bound]:
    """The bounds of one extract, in the order of gates.yaml."""
    groups = {"every", extract.name, *_groups(extract)}
    return [bound for check in checks.values() if groups & set(check.of) for bound in _bounds(check)]


def _groups(extract: Extract) -> list[str]:
    filled = [f for f in extract.fields if f.filled]
    has = {
        "required": extract.required,
        "certificates": any(f.name.endswith("certno") for f in filled),
        "dates": any(f.column.type == "date" for f in filled),
    }
    return [group for group, holds in has.items() if holds]


def _bounds(check: Check) -> list[Bound]:
    if check.each == "reason":
        return [_bound(check, reason, {"reason_zh": zh, "reason_en": en}) for reason, (zh, en) in REASONS.items()]
    return [_bound(check, "", {})]


def _bound(check: Check, one: str, words: Mapping[str, str]) -> Bound:
    said = {"least": _shown(check.least, check.unit), "most": _shown(check.most, check.unit), **words}
    return Bound(
        f"{check.check_id}_{one}" if one else check.check_id,
        check.severity,
        check.metric + one,
        check.least,
        check.most,
        check.zh.format_map(said),
        check.en.format_map(said),
        check.failed and check.failed + one,
        check.checked,
        check.at,
    )


def _shown(bound: float | None, unit: str) -> str:
    if bound is None:
        return ""
    return f"{bound * 100:g}%" if unit == "share" else f"{bound:g}"
