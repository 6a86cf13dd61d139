"""The checks of a night as one page that works offline: every check as a sentence, what was found, and its history over nights."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from contracts import DATASETS, EXTRACTS
from expectations import Verdict, bounds_of, is_accepted
from flows.dataset_files import file_of
from flows.report.figures import WITHHELD, apart, count
from flows.report.style import environment, hash_of, style

HERE = Path(__file__).parent
#: Nights of history shown beside each check.
NIGHTS = 14
WORDS = {
    "pass": ("通过", "pass"),
    "pass_with_exceptions": ("通过（有个别不合格记录）", "pass, with exceptions"),
    "fail": ("未通过", "fail"),
    "error": ("检查本身出错", "the check itself failed"),
    "not_run": ("未检查", "not run"),
}


def write(night) -> Path:
    """Write ``report/checks.html`` into the run folder; counts only, the same bytes for the same checks."""
    folder = night.run / "report"
    folder.mkdir(exist_ok=True)
    path = folder / "checks.html"
    earlier = [(n.name.removeprefix("as_of="), _statuses(n)) for n in reversed(night.house.nights_before(night.settings.as_of, NIGHTS))]
    path.write_text(page(night.verdicts, night.settings.as_of.isoformat(), night.settings.accept, earlier, night.checks), encoding="utf-8")
    return path


def page(verdicts: Sequence[Verdict], as_of: str, accept: tuple[str, ...], earlier: Sequence[tuple[str, Mapping]], checks: Mapping) -> str:
    """``earlier``: (as-of, {(extract, check): status}), oldest first."""
    sentences = {(e.name, b.check_id): b for e in EXTRACTS.values() for b in bounds_of(e, checks)}
    told_failed = failed_rows(verdicts)
    rows = [
        {
            "verdict": v,
            "extract_zh": EXTRACTS[v.extract].zh,
            "sentence": sentences.get((v.extract, v.check_id)),
            "failed": told_failed[v.extract, v.check_id],
            # a share of rows that are told would tell the count
            "observed": v.observed if told_failed[v.extract, v.check_id] == f"{v.rows_failed:,}" else WITHHELD,
            "is_accepted": v.stops and is_accepted(v, accept),
            "history": [(day, statuses.get((v.extract, v.check_id)) or "not_run") for day, statuses in earlier],
        }
        for v in sorted(verdicts, key=lambda v: (v.extract, not v.stops, not v.failed, v.check_id))
    ]
    look = style() + (HERE / "checks.css").read_text(encoding="utf-8")
    return (
        environment(HERE)
        .get_template("checks.html")
        .render(
            style=look,
            style_hash=hash_of(look),
            as_of=as_of,
            rows=rows,
            words=WORDS,
            accepted=sorted(accept),
            agreed={name: check.agreed for name, check in checks.items() if check.agreed},
        )
    )


def failed_rows(verdicts: Sequence[Verdict]) -> dict[tuple[str, str], str]:
    """(extract, check) -> rows that failed as index.html tells them: few are not told, nor a reason of quarantine from which the
    few of another one would follow."""
    found = {(v.extract, v.check_id): count(v.rows_failed) for v in verdicts}
    for extract in {v.extract for v in verdicts}:
        reasons = {v.check_id: v.rows_failed for v in verdicts if v.extract == extract and v.check_id.startswith("reason_")}
        shown = dict(apart(reasons))
        found |= {(extract, name): shown.get(name, WITHHELD) for name in reasons}
    return found


def _statuses(night: Path) -> dict[tuple[str, str], str]:
    """(extract, check) -> status of an earlier night; nothing where they cannot be read."""
    try:
        rows = pq.read_table(file_of(night, DATASETS["checks"]), columns=["extract", "check_id", "status"]).to_pylist()
    except (OSError, pa.ArrowException):
        return {}
    return {(r["extract"], r["check_id"]): r["status"] for r in rows}
