"""What a count must be: the gates that every extract has from its contract, and where each extract adds its own."""

from dataclasses import dataclass
from importlib import import_module

from contracts.extracts import Extract
from contracts.reasons import REASONS

ERROR, WARNING = "error", "warning"


@dataclass(frozen=True)
class Bound:
    """``metric`` (a column of the one-row frame of counts) lies between ``least`` and ``most``, ends included.

    ``failed``: the metric that counts the rows that fail; ``checked``: the one that counts the rows looked at.
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

    @property
    def expected(self) -> str:
        if self.least is None:
            return f"<= {self.most:g}"
        return f">= {self.least:g}" if self.most is None else f"{self.least:g}..{self.most:g}"


#: Gates that stop the night, in the order of the specification of extracts; `--accept NAME` lets one pass.
GATES = ("quarantine_share", "identifier_fill", "date_fill", "row_drop", "extract_missing", "extract_stale", "overlap_share")


def contract_bounds(extract: Extract) -> list[Bound]:
    """Bounds that follow from the contract: fill, quarantine, rows against the last night, and a count per reason."""
    dates = any(f.filled and f.column.type == "date" for f in extract.fields)
    certs = any(f.filled and f.name.endswith("certno") for f in extract.fields)
    bounds = [
        Bound(
            "quarantine_share",
            ERROR,
            "quarantine_share",
            None,
            0.05,
            "隔离记录不超过5%",
            "at most 5% of the rows are quarantined",
            "quarantined",
        ),
        Bound("row_drop", ERROR, "row_ratio", 0.8, None, "行数不少于上次发布的80%", "at least 80% of the rows of the last published night"),
        Bound(
            "extract_stale",
            ERROR,
            "days_old",
            None,
            7,
            "文件日期不早于统计日7天",
            "no file is more than 7 days older than the as-of date",
            checked="files",
        ),
    ]
    if certs:
        bounds.append(
            Bound(
                "identifier_fill",
                ERROR,
                "identifier_fill",
                0.98,
                None,
                "证件号码填充率不低于98%",
                "at least 98% of the certificate numbers are filled",
                "identifiers_missing",
            )
        )
    if dates:
        bounds.append(
            Bound(
                "date_fill",
                ERROR,
                "date_fill",
                0.98,
                None,
                "必填日期填充率不低于98%",
                "at least 98% of the required dates are filled",
                "dates_missing",
                "date_slots",
            )
        )
    if extract.required:
        bounds.append(Bound("extract_missing", ERROR, "rows", 1, None, "数据项存在且有记录", "the extract is there and has rows"))
    bounds += [
        Bound(f"reason_{r}", WARNING, f"share_{r}", None, 0.01, f"{zh}不超过1%", f"at most 1%: {en}", f"count_{r}")
        for r, (zh, en) in REASONS.items()
    ]
    return bounds


def bounds_of(extract: Extract) -> list[Bound]:
    """The bounds of the contract and the hand-written ones of the extract's module."""
    try:
        own = import_module(f"expectations.{extract.name}").BOUNDS
    except ModuleNotFoundError:
        own = ()
    return [*contract_bounds(extract), *own]
