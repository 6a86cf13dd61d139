"""What one row says against itself: an end before its beginning or without a date, a number that a spreadsheet cut."""

import numpy as np
import polars as pl

from contracts.extracts import Extract
from transforms.identifiers.flags import FLAG_BIT
from transforms.identifiers.mod11 import check_value, split
from transforms.reading.columns import Column
from transforms.reading.findings import Findings

#: Numbers that did not arrive with 18 characters: no spreadsheet wrote their last three digits.
NOT_AS_ARRIVED = FLAG_BIT["derived_from_15"] | FLAG_BIT["embedded"]
#: Spans whose end may be before their beginning: extract -> (begin, end).
SPANS = {
    "enrollment": ("crt_insu_date", "paus_insu_date"),
    "contribution": ("accrym_begn", "accrym_end"),
    "resident": ("permit_begin", "permit_end"),
    "assistance": ("begin", "end"),
    "employment": ("begin", "end"),
    "mutual_aid": ("begin", "end"),
    "inpatient_stay": ("admitted_on", "discharged_on"),
    "student": ("entry_date", "expected_graduation"),
}


def judge_rows(extract: Extract, typed: dict[str, Column], findings: Findings) -> None:
    """Notes in ``findings`` what rows say against themselves. ``typed``: the columns of a batch by their names in the contract."""
    if extract.name in SPANS:
        begin, end = SPANS[extract.name]
        if typed[end].values.null_count() < len(typed[end].values):
            findings.note(Column(typed[end].rows() < typed[begin].rows(), None), "end_before_start", begin, end)
    if extract.name == "enrollment":
        _ended_without_date(typed, "psn_insu_stas", ["2", "4"], "paus_insu_date", findings)
    if extract.name == "resident":
        _ended_without_date(typed, "dereg_reason", ["death"], "dereg_date", findings)
    if extract.name in ("enrollment", "resident"):
        findings.note_at(_truncated(typed), "id_excel_truncated", "certno")


def _ended_without_date(typed: dict[str, Column], state: str, ended: list[str], day: str, findings: Findings) -> None:
    states = typed[state].like(typed[state].values.is_in(ended))
    if states.values.any() and typed[day].values.null_count():
        undated = typed[day].like(typed[day].values.is_null()).flags()
        findings.note(Column(pl.Series(states.flags() & undated), None), "ended_without_date", state, day)


def _truncated(typed: dict[str, Column]) -> np.ndarray:
    """Places of numbers that end in 000 and pass their check by chance, but not the row: it gives another birth date or sex."""
    keys = typed["person_key"].rows().fill_null(0).to_numpy()
    at = np.flatnonzero((keys % 100 == 0) & (keys > 0))
    at = at[check_value(keys[at]) == 0]
    at = at[typed["id_flags"].at(at).rows().to_numpy() & NOT_AS_ARRIVED == 0]
    born, sex = typed["brdy"].at(at).rows(), typed["gend"].at(at).rows()
    told = (born.dt.year() * 10000 + born.dt.month().cast(pl.Int32) * 100 + born.dt.day().cast(pl.Int32)).cast(pl.Int64)
    # 17th digit 0 is even: the number says female
    contradicts = (told != pl.Series(split(keys[at])[1])).fill_null(False) | (sex == "1").fill_null(False)
    return at[contradicts.to_numpy()]
