"""The way back: returned worklists become the extract case_feedback of the next night: ``python -m flows feedback FILES``.

All returns that ever came stand in one file of the inbox, dated with the day of the newest: a night reads what its inbox
holds and knows nothing else, and a rejected case must not come back because the inbox of the day after is another.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import polars as pl

from contracts import EXTRACTS
from contracts.codes import CODE_LISTS
from flows.disk import make_private, write_private
from flows.errors import NightError, UsageError
from flows.feedback import judged, words
from flows.feedback.returned import Returned, read_workbook, workbooks
from flows.inbox import check_inbox
from flows.settings import known_key
from flows.warehouse import link_of
from flows.worklists import FOLDER, key_of

EXTRACT = EXTRACTS["case_feedback"]
#: Files that this command writes and replaces; others of the extract are the bureau's own.
STEM = f"{EXTRACT.name}_worklists_"
#: What came back, row by row, with its verdict; beside the runs, and as private as they are.
RECORD = ".feedback"


def feedback(given: Sequence[Path], inbox: Path, warehouse: Path, as_of: date | None) -> str:
    """Read returned workbooks, write what is valid of them and of all earlier ones, and say what is not.

    ``as_of``: the day of the return; None: the newest day that the workbooks name. Nothing is written where a file cannot be
    read at all (UnreadableFile).
    """
    key = key_of(known_key(warehouse))
    if inbox.exists():
        check_inbox(inbox)
    files, others = workbooks(given)
    found = [read_workbook(path, key, name) for name, path in files.items()]
    earlier, old = _earlier(inbox)
    rows = judged.settle(pl.concat([pl.DataFrame(schema=judged.SCHEMA), *(judged.judge(f, key, as_of) for f in found)]), earlier)
    taken = rows.filter(pl.col("verdict") == judged.ACCEPTED).select(judged.ANSWER)
    everything = _standing(pl.concat([earlier, taken]).unique()).sort("decided_on", "case_no", "result", pl.all())
    day = as_of or _newest(found, everything)
    written = _write(everything, inbox, day, old) if everything.height else None
    _record(rows, warehouse, day)
    problems = [*_problems(found, rows, warehouse, key), *map(words.told, others)]
    return _summary(found, rows, problems, written, everything.height)


def _standing(answers: pl.DataFrame) -> pl.DataFrame:
    """Without what was answered under the number of a case before it was returned as to be checked: that opens it again."""
    case = ["case_no", "enrollment_id"]
    opened = answers.filter(pl.col("result") == "to_be_checked").group_by(case).agg(opened_on=pl.col("decided_on").max())
    return (
        answers.join(opened, on=case, how="left").filter(~(pl.col("decided_on") < pl.col("opened_on")).fill_null(False)).drop("opened_on")
    )


def _newest(found: Sequence[Returned], everything: pl.DataFrame) -> date:
    days = [f.about.as_of for f in found if f.about] + [date.fromisoformat(d) for d in everything["decided_on"]]
    if not days:
        raise UsageError("no workbook says of which day it is; name the returned worklists, or say the day with --as-of YYYY-MM-DD")
    return max(days)


def _earlier(inbox: Path) -> tuple[pl.DataFrame, list[Path]]:
    """All earlier returns, and the files they stand in."""
    old = sorted((inbox / EXTRACT.department).glob(f"{STEM}*.csv"))
    empty = pl.DataFrame(schema=dict.fromkeys(judged.ANSWER, pl.String))
    try:
        read = [_read_texts(path).select(judged.ANSWER) for path in old]
    except (OSError, pl.exceptions.PolarsError):
        raise NightError(f"earlier returns ({STEM}*.csv) in {inbox} cannot be read; restore them, nothing was written") from None
    return pl.concat([empty, *read]).unique(maintain_order=True), old


def _read_texts(path: Path) -> pl.DataFrame:
    return pl.read_csv(path, infer_schema=False).with_columns(pl.all().fill_null(""))


def _write(rows: pl.DataFrame, inbox: Path, day: date, old: Sequence[Path]) -> Path:
    """The extract, in one step; what it replaces goes when it is there."""
    path = inbox / EXTRACT.department / f"{STEM}{day:%Y%m%d}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_private(path, rows.write_csv())
    for before in old:
        if before != path:
            before.unlink()
    return path


def _record(rows: pl.DataFrame, warehouse: Path, day: date) -> None:
    """Every row that was answered or changed, with what became of it; results on money stand here alone."""
    answered = rows.filter(pl.col("verdict") != judged.OPEN)
    if not answered.height:
        return
    path = make_private(warehouse / RECORD) / f"returned_{day:%Y%m%d}.csv"
    texts = answered.cast(pl.String)
    before = _read_texts(path) if path.exists() else texts.clear()
    write_private(path, pl.concat([before, texts]).unique(maintain_order=True).write_csv())


def _problems(found: Sequence[Returned], rows: pl.DataFrame, warehouse: Path, key: bytes) -> list[str]:
    lines = []
    for one in found:
        for problem in judged.problems(one, rows):
            lines.append(words.told(problem))
            if problem.kind == "altered" and (names := _altered(one, problem.sheet, warehouse, key)):
                lines[-1] += f" ({'、'.join(names)})"
    return lines


def _altered(found: Returned, sheet: str, warehouse: Path, key: bytes) -> list[str]:
    """Labels of the columns that differ from the workbook as it was published; none where that is gone."""
    path = link_of(warehouse, found.about.as_of) / FOLDER / f"{found.about.stem}.xlsx"
    if not path.is_file():
        return []
    return judged.differing(found, read_workbook(path, key), sheet)


def _summary(found: Sequence[Returned], rows: pl.DataFrame, problems: Sequence[str], written: Path | None, all_returns: int) -> str:
    verdicts = Counter(rows["verdict"])
    results = Counter(rows.filter(pl.col("verdict") == judged.ACCEPTED)["result"])
    said = ", ".join(f"{n:,} {CODE_LISTS['feedback_result'].values[code][1]}" for code, n in sorted(results.items()))
    refused = sum(verdicts.values()) - sum(verdicts[v] for v in (judged.ACCEPTED, judged.OPEN, judged.REPEATED, judged.MONEY))
    lines = [
        f"OneCover, returned workbooks: {len(found):,}",
        f"  read       {rows.height:,} rows",
        f"  accepted   {verdicts[judged.ACCEPTED]:,}{f': {said}' if said else ''}",
        f"  open       {verdicts[judged.OPEN]:,} without a result",
        f"  refused    {refused:,}",
    ]
    lines += [f"  repeated   {verdicts[judged.REPEATED]:,} that were returned before, or twice"] * bool(verdicts[judged.REPEATED])
    lines += [f"  money      {verdicts[judged.MONEY]:,} on refunds and deductions, kept on record"] * bool(verdicts[judged.MONEY])
    lines += [f"  problem    {line}" for line in problems]
    lines.append(f"  written    {written}, {all_returns:,} returns in all" if written else "  written    nothing: no return is valid yet")
    return "\n".join(lines)
