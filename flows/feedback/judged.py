"""What is taken of each returned row: only the clerk's cells, and only where everything else is as it went out."""

from datetime import date, timedelta

import polars as pl

from contracts.worklists import CHECKSUM, CHOICE, RESULTS, SHEETS, Sheet
from flows.feedback.returned import Problem, Returned
from flows.worklists.cells import checksums, harmless, original
from transforms.reading.values import day

#: A decision is not returned later than this after its list: it is a typing error, not a day to come.
LATEST = timedelta(days=366)
#: The same where nobody says which day it is (--as-of): the next night would take a typing error for its as-of date.
LATEST_UNTOLD = timedelta(days=31)
#: The rows of the extract, and of the record: what is taken, from which row of which workbook, and what becomes of it.
ANSWER = ("case_no", "enrollment_id", "result", "chosen_enrollment_id", "note", "decided_on", "decided_by")
PLACE = ("file", "sheet", "row")
SCHEMA = {**dict.fromkeys((*PLACE, *ANSWER, "verdict"), pl.String), "row": pl.Int64}
#: Verdicts that are none of a problem.
ACCEPTED, OPEN, REPEATED, MONEY = "accepted", "open", "repeated", "money"


def judge(found: Returned, key: bytes, until: date | None) -> pl.DataFrame:
    """The rows of a workbook with their verdict: accepted, money, open, or a key of words.PROBLEMS. ``until``: the last day on
    which something can have been decided; None where that is not known."""
    frames = [_judged(found, SHEETS[name], rows, key, until) for name, rows in found.sheets.items()]
    return pl.concat([pl.DataFrame(schema=SCHEMA), *frames])


def _judged(found: Returned, sheet: Sheet, rows: pl.DataFrame, key: bytes, until: date | None) -> pl.DataFrame:
    as_of = found.about.as_of
    latest = min(until, as_of + LATEST) if until else as_of + LATEST_UNTOLD
    whole = checksums(_as_shown(rows, sheet), sheet, found.about.book, key) == rows[CHECKSUM].str.to_uppercase()
    empty = pl.all_horizontal(pl.col(name) == "" for name in sheet.inputs)
    decided = day(rows["decided_on"].replace("", None)).alias("day")
    chosen = pl.col("chosen_enrollment_id") if sheet.is_case else pl.lit("")
    choices = pl.col("choices") if sheet.is_case else pl.lit("")
    chose = pl.col("result") == next(word for word, code in RESULTS.items() if code == CHOICE)
    listed = choices.str.split("、").list.contains(chosen) & (chosen != "")
    verdict = (
        pl.when(~pl.lit(whole)).then(pl.lit("altered"))
        .when(empty).then(pl.lit(OPEN))
        .when(pl.col("result") == "").then(pl.lit("no_result"))
        .when(~pl.col("result").is_in(sheet.results)).then(pl.lit("unknown_result"))
        .when((pl.col("decided_on") != "") & pl.col("day").is_null()).then(pl.lit("bad_date"))
        .when(pl.col("day") < as_of).then(pl.lit("before_list"))
        .when(pl.col("day") > latest).then(pl.lit("future"))
        .when(chose & ~listed).then(pl.lit("bad_choice"))
        .when(~chose & (chosen != "")).then(pl.lit("choice_alone"))
        .otherwise(pl.lit(ACCEPTED if sheet.is_case else MONEY))
    )  # fmt: skip
    return rows.with_columns(decided).select(
        file=pl.lit(found.file), sheet=pl.lit(sheet.name), row=pl.col("row").cast(pl.Int64), case_no=pl.col("case_no"),
        enrollment_id=original(pl.col("enrollment_id")), result=pl.col("result").replace(RESULTS), chosen_enrollment_id=original(chosen),
        note=harmless(pl.col("note")), decided_on=pl.col("day").fill_null(as_of).cast(pl.String), decided_by=harmless(pl.col("decided_by")), verdict=verdict,
    )  # fmt: skip


def _as_shown(rows: pl.DataFrame, sheet: Sheet) -> pl.DataFrame:
    """The locked cells as they went out: an amount that a spreadsheet keeps as 434.4 is 434.40."""
    money = [c.name for c in sheet.locked if c.type == "money"]
    return rows.with_columns(pl.col(c).cast(pl.Decimal(12, 2), strict=False).cast(pl.String).fill_null(pl.col(c)) for c in money)


def settle(rows: pl.DataFrame, earlier: pl.DataFrame) -> pl.DataFrame:
    """The rows with what only several of them tell: one case answered in two ways for one day, here or in an ``earlier``
    return, is a conflict, and none of the new answers is taken; the same answer twice is taken once."""
    answer = pl.struct("result", "chosen_enrollment_id")
    mine = pl.col("verdict").is_in([ACCEPTED, MONEY])
    before = earlier.group_by("case_no", "decided_on").agg(pl.struct("result", "chosen_enrollment_id").unique().alias("answered"))
    known = rows.join(before, on=["case_no", "decided_on"], how="left", maintain_order="left")
    of_case = ["case_no", "decided_on", "verdict"]
    several = answer.n_unique().over(of_case) > 1
    contradicts = pl.col("answered").is_not_null() & (pl.col("answered").list.len() > 0)
    same = pl.col("answered").list.contains(answer).fill_null(False)
    again = pl.int_range(pl.len()).over(of_case) > 0
    settled = (
        pl.when(mine & (several | (contradicts & ~same))).then(pl.lit("conflict"))
        .when(mine & (again | same)).then(pl.lit(REPEATED))
        .otherwise(pl.col("verdict"))
    )  # fmt: skip
    return known.with_columns(verdict=settled).select(*SCHEMA)


def problems(found: Returned, rows: pl.DataFrame) -> list[Problem]:
    """What is told of one workbook: its own problems, rows that are not taken, and rows of its lists that are gone."""
    mine = rows.filter(pl.col("file") == found.file)
    told = list(found.problems)
    for name, sheet in SHEETS.items():
        refused = mine.filter((pl.col("sheet") == name) & ~pl.col("verdict").is_in([ACCEPTED, OPEN, REPEATED, MONEY]))
        for kind, at in sorted(refused.group_by("verdict").agg("row").iter_rows()):
            told.append(Problem(kind, found.file, sheet.zh, tuple(sorted(at))))
        if name in found.sheets:
            there = set(found.sheets[name]["serial"].cast(pl.Int64, strict=False).drop_nulls())
            if gone := tuple(n for n in range(1, found.about.rows.get(name, 0) + 1) if n not in there):
                told.append(Problem("rows_gone", found.file, sheet.zh, gone))
    return told


def differing(found: Returned, published: Returned, zh: str) -> list[str]:
    """Labels of the locked columns in which rows of one sheet differ from the rows of the same serial as they went out."""
    sheet = next(s for s in SHEETS.values() if s.zh == zh)
    if sheet.name not in published.sheets:
        return []
    names = [c.name for c in sheet.locked if c.name != "serial"]
    ours, theirs = (_as_shown(b.sheets[sheet.name], sheet).select("serial", *names, CHECKSUM) for b in (published, found))
    both = theirs.join(ours, on="serial", suffix="_out")
    labels = {c.name: c.zh for c in sheet.columns}
    return [labels[n] for n in (*names, CHECKSUM) if (both[n] != both[f"{n}_out"]).any()]
