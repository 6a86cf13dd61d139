"""The checks of a night as one page that works offline: every check as a sentence, what was found, and its history over nights."""

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from contracts import DATASETS, EXTRACTS
from expectations import Verdict, bounds_of, is_accepted
from flows.dataset_files import file_of
from flows.report.figures import WITHHELD, apart, count
from flows.report.style import hash_of, style

#: Nights of history shown beside each check.
NIGHTS = 14
WORDS = {
    "pass": ("通过", "pass"),
    "pass_with_exceptions": ("通过（有个别不合格记录）", "pass, with exceptions"),
    "fail": ("未通过", "fail"),
    "error": ("检查本身出错", "the check itself failed"),
    "not_run": ("未检查", "not run"),
}
STYLE = (
    ":root{--bad:#a1001a;--good:#2b7a3d;--so:#b9a11b}@media(prefers-color-scheme:dark){:root{--bad:#ff8a80;--good:#56c288;--so:#d8c24a}}"
    "th,td{text-align:left!important}.fail,.error{color:var(--bad);font-weight:600}.not_run{color:var(--soft)}"
    "td.n{text-align:right!important;white-space:nowrap}"
    ".h span{display:inline-block;width:.75em;height:.75em;margin-right:2px;background:var(--good)}"
    ".h .fail,.h .error{background:var(--bad)}.h .pass_with_exceptions{background:var(--so)}.h .not_run{background:var(--line)}"
)


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
    ordered = sorted(verdicts, key=lambda v: (v.extract, not v.stops, not v.failed, v.check_id))
    told_failed = failed_rows(verdicts)
    rows = [
        _row(
            v,
            told_failed[v.extract, v.check_id],
            sentences.get((v.extract, v.check_id)),
            accept,
            [(day, told.get((v.extract, v.check_id))) for day, told in earlier],
        )
        for v in ordered
    ]
    failed = sum(v.failed for v in verdicts)
    let_pass = [f"<p>已放行 · let pass by --accept: <code>{escape(name)}</code></p>" for name in sorted(accept)]
    agreed = [
        f"<p>本局自定阈值 · the bureau's own threshold: <code>{escape(name)}</code>, {escape(check.agreed)}</p>"
        for name, check in checks.items()
        if check.agreed
    ]
    look = style() + STYLE
    return "\n".join([
        "<!doctype html>", '<html lang="zh"><head><meta charset="utf-8">',
        f"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-{hash_of(look)}'\">",
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">',
        f"<title>数据检查 {as_of}</title><style>{look}</style></head><body><main>",
        f"<h1>数据检查 · Checks of {as_of}</h1>",
        f"<p>{len(verdicts)} 项检查，{failed} 项未通过 · {len(verdicts)} checks, {failed} failed. "
        "只含计数，不含个人信息 · counts only, nothing about a person.</p>", *let_pass, *agreed,
        '<div class="wide" tabindex="0" role="group" aria-label="数据检查 · checks">',
        "<table><thead><tr><th>数据项<br>extract</th><th>检查<br>check</th><th>结果<br>status</th><th>观测<br>observed</th>"
        "<th>期望<br>expected</th><th>不合格 / 检查<br>failed / checked</th><th>近几个批次<br>last nights</th></tr></thead><tbody>",
        *rows, "</tbody></table></div></main></body></html>", "",
    ])  # fmt: skip


def failed_rows(verdicts: Sequence[Verdict]) -> dict[tuple[str, str], str]:
    """(extract, check) -> rows that failed as index.html tells them: few are not told, nor a reason of quarantine from which the
    few of another one would follow."""
    found = {(v.extract, v.check_id): count(v.rows_failed) for v in verdicts}
    for extract in {v.extract for v in verdicts}:
        reasons = {v.check_id: v.rows_failed for v in verdicts if v.extract == extract and v.check_id.startswith("reason_")}
        found |= {(extract, name): dict(apart(reasons)).get(name, WITHHELD) for name in reasons}
    return found


def _row(verdict: Verdict, failed: str, bound, accept: tuple[str, ...], history: Sequence[tuple[str, str | None]]) -> str:
    zh, en = WORDS[verdict.status]
    severity = "不通过即停止 · stops the night" if verdict.severity == "error" else "警告 · warning"
    let_pass = "<br><small>已放行 · accepted</small>" if verdict.stops and is_accepted(verdict, accept) else ""
    cells = "".join(f'<span class="{escape(s or "not_run")}" title="{escape(day)} {escape(s or "not_run")}"></span>' for day, s in history)
    # a share of rows that are told would tell the count
    observed = verdict.observed if failed == f"{verdict.rows_failed:,}" else WITHHELD
    said = f"{escape(bound.zh)}<br>{escape(bound.en)}<br>" if bound else ""
    return (
        f"<tr><td>{escape(EXTRACTS[verdict.extract].zh)}<br><small>{escape(verdict.extract)}</small></td>"
        f"<td>{said}<small><code>{escape(verdict.check_id)}</code>, {severity}</small></td>"
        f'<td class="{verdict.status}">{zh}<br>{en}{let_pass}</td><td class="n">{escape(observed)}</td>'
        f'<td class="n">{escape(verdict.expected)}</td><td class="n">{escape(failed)} / {verdict.rows_checked:,}</td>'
        f'<td class="h">{cells}</td></tr>'
    )


def _statuses(night: Path) -> dict[tuple[str, str], str]:
    """(extract, check) -> status of an earlier night; nothing where they cannot be read."""
    try:
        rows = pq.read_table(file_of(night, DATASETS["checks"]), columns=["extract", "check_id", "status"]).to_pylist()
    except (OSError, pa.ArrowException):
        return {}
    return {(r["extract"], r["check_id"]): r["status"] for r in rows}
