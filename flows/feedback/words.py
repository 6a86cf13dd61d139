"""What a returned workbook is told to have: kinds of problems, and what to do. Numbers of rows and our own labels only."""

from collections.abc import Sequence

from contracts.worklists import RESULTS
from flows.feedback.returned import Problem

PROBLEMS = {
    "unknown_book": "is no worklist of this site, or its sheet 说明 was changed, or it is older than the present key: nothing of it is taken",
    "not_read": "is no workbook of the form .xlsx and was not read; where it is a worklist, save it as .xlsx and return it again",
    "no_sheet": "the sheet is gone: its cases stay open",
    "columns_twice": "columns are there twice, so that none can be told for ours; the sheet is not taken",
    "columns_missing": "columns are gone or renamed; the sheet is not taken",
    "columns_added": "columns that are not ours are passed over",
    "altered": "something else than the clerk's cells was changed; the rows are not taken",
    "no_result": "there is something in the clerk's cells but no result; the rows stay open",
    "unknown_result": f"the result is none of {'、'.join(RESULTS)}, or not offered on this sheet; the rows stay open",
    "bad_date": "the day cannot be read; write it as 2026-11-25; the rows stay open",
    "before_list": "the day is before that of the list; the rows stay open",
    "future": "the day is still to come; the rows stay open. Where it is not, say with --as-of which day the answers came back",
    "bad_choice": "本人选择 needs one of the enrollments that the row offers; the rows stay open",
    "choice_alone": "an enrollment is chosen, but the result is not 本人选择; the rows stay open",
    "conflict": "one case has different answers for one day, here or in an earlier return; none of these is taken",
    "rows_gone": "rows of the list, by their 序号, did not come back; they stay open",
}


def told(problem: Problem) -> str:
    """One line."""
    at = f" {_ranges(problem.rows)}" if problem.rows else ""
    which = f" ({'、'.join(problem.which)})" if problem.which else ""
    return f"{problem.file}{' ' + problem.sheet if problem.sheet else ''}{at}: {PROBLEMS[problem.kind]}{which}"


def _ranges(rows: Sequence[int], most: int = 12) -> str:
    """rows 3-5, 9; the first of them where they are many."""
    runs: list[list[int]] = []
    for row in rows:
        if runs and row == runs[-1][1] + 1:
            runs[-1][1] = row
        else:
            runs.append([row, row])
    shown = [f"{a}-{b}" if a < b else str(a) for a, b in runs[:most]]
    return f"{'rows' if len(rows) > 1 else 'row'} {', '.join(shown)}{f' and {len(runs) - most} more' if len(runs) > most else ''}"
