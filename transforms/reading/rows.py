"""A batch of rows of one extract, as they arrive -> rows of the contract, rows for the quarantine, and counts."""

from dataclasses import dataclass, field
from datetime import date

import polars as pl

from contracts.extracts import Extract
from contracts.model import Field
from contracts.reasons import REASON_BIT, REASONS
from transforms.identifiers import identify
from transforms.reading import values

#: Columns that the night after ingest never reads: they are kept in the quarantine's raw rows only.
NOT_CARRIED = frozenset({"psn_no", "emp_name", "crter_name", "school_name", "student_no", "funding"})
READERS = {"text": values.text, "date": values.day, "month": values.month, "money": values.money, "timestamp": values.moment}
BAD = {"date": "bad_date", "month": "bad_date", "timestamp": "bad_date", "money": "unparseable_number"}
ADMDVS = ("admdvs", "poolarea_no")
#: Places of residence come from the police and from people; a code that is none leaves the home unknown, no more.
LENIENT = frozenset({"hsreg_admdvs", "live_admdvs", "permit_admdvs", "updt_time", "clct_time"})
#: An end that is before its beginning: (extract, begin, end).
SPANS = {
    "enrollment": ("crt_insu_date", "paus_insu_date"),
    "contribution": ("accrym_begn", "accrym_end"),
    "resident": ("permit_begin", "permit_end"),
    "assistance": ("begin", "end"),
    "employment": ("begin", "end"),
    "inpatient_stay": ("admitted_on", "discharged_on"),
    "student": ("entry_date", "expected_graduation"),
}


@dataclass
class RowTally:
    """Counts of one file or extract; rows, quarantined rows, rows per reason, filled certificate numbers and dates."""

    rows: int = 0
    quarantined: int = 0
    id_filled: int = 0
    date_slots: int = 0
    date_filled: int = 0
    reasons: dict[str, int] = field(default_factory=dict)

    def add(self, other: "RowTally") -> None:
        for name in ("rows", "quarantined", "id_filled", "date_slots", "date_filled"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for reason, count in other.reasons.items():
            self.reasons[reason] = self.reasons.get(reason, 0) + count


class _Findings:
    """Bit masks of what is wrong with each row: which reasons, and which fields they speak of."""

    def __init__(self, extract: Extract, length: int):
        self.bit = {f.name: n for n, f in enumerate(extract.fields)}
        self.reasons = pl.Series("reasons", [0], dtype=pl.Int32).new_from_index(0, length)
        self.columns = pl.Series("columns", [0], dtype=pl.Int32).new_from_index(0, length)

    def note(self, bad: pl.Series, reason: str, *columns: str) -> None:
        bad = bad.fill_null(False)
        if bad.any():
            mask = bad.cast(pl.Int32)
            self.reasons = self.reasons | mask * (1 << REASON_BIT[reason])
            self.columns = self.columns | mask * sum(1 << self.bit[c] for c in columns)

    def note_bits(self, bits: pl.Series, column: str) -> None:
        if (bits != 0).any():
            self.reasons = self.reasons | bits
            self.columns = self.columns | (bits != 0).cast(pl.Int32) * (1 << self.bit[column])


def read_rows(extract: Extract, raw: pl.DataFrame, as_of: date) -> tuple[pl.DataFrame, pl.DataFrame, RowTally]:
    """Accepted rows (typed), rejected rows and counts of one batch.

    ``raw``: columns of the contract that the file has, as they arrived, plus ``row_id`` (file number << 40 | row).
    Accepted: the carried columns, typed, with ``person_key`` etc. beside every certificate number. Rejected: row_id,
    reasons, columns and ``raw`` columns as text.
    """
    findings = _Findings(extract, len(raw))
    typed, tally = {"row_id": raw["row_id"]}, RowTally(rows=len(raw))
    for f in extract.fields:
        if f.name in NOT_CARRIED or f.name.endswith("certno"):
            continue
        if f.name in raw.columns:
            typed[f.name] = _value(f, raw[f.name], findings)
        else:
            typed[f.name] = pl.Series(f.name, [None], dtype=_dtype(f)).new_from_index(0, len(raw))
        if f.filled and f.column.type == "date":
            tally.date_slots += len(raw)
            tally.date_filled += len(raw) - typed[f.name].null_count()
    typed |= _identifiers(extract, raw, typed, findings, tally, as_of)
    _row_rules(extract, typed, findings)
    bad = findings.reasons != 0
    frame = pl.DataFrame([s.alias(name) for name, s in typed.items()])
    if not bad.any():
        return frame, raw.clear(), tally
    _count(findings, bad, tally)
    rejected = raw.with_columns(findings.reasons.alias("_reasons"), findings.columns.alias("_columns")).filter(bad)
    return frame.filter(~bad), _quarantine(extract, rejected), tally


def _dtype(f: Field) -> pl.DataType:
    return {"date": pl.Date, "month": pl.Int32, "money": pl.Decimal(12, 2), "timestamp": pl.Datetime("us")}.get(f.column.type, pl.String())


def _value(f: Field, raw: pl.Series, findings: _Findings) -> pl.Series:
    """One typed column; what is missing or cannot be read is noted."""
    if f.codes:
        typed = values.code(raw, f.codes)
    elif f.name.endswith(ADMDVS):
        typed = values.area(raw)
    else:
        typed = READERS[f.column.type](raw)
    reason = "unknown_code" if f.codes or f.name.endswith(ADMDVS) else BAD.get(f.column.type)
    if reason and f.name not in LENIENT and typed.null_count() > raw.null_count():
        something = raw.str.strip_chars() != "" if raw.dtype == pl.String else raw.is_not_null()
        lost = typed.is_null() & something
        if f.column.type in ("date", "month"):
            lost = lost & ~values.is_sentinel(raw)
        findings.note(lost, reason, f.name)
    if f.filled and typed.null_count():
        is_key = reason is None
        findings.note(typed.is_null(), "missing_key" if is_key else reason, f.name)
    return typed


def _identifiers(extract, raw, typed, findings, tally, as_of) -> dict[str, pl.Series]:
    """``person_key`` and its companions beside ``certno``; ``payer_person_key`` beside ``payer_certno`` and so on.

    A number that the row does not need may be unreadable: ``payer_is_given`` says that there was one.
    """
    found = {}
    for f in extract.fields:
        if not f.name.endswith("certno"):
            continue
        prefix = f.name.removesuffix("certno")
        present = f.name in raw.columns
        certno = raw[f.name].cast(pl.String) if present else pl.Series([None], dtype=pl.String).new_from_index(0, len(raw))
        cert_type = typed.get(f"{prefix}cert_type" if prefix else "psn_cert_type", pl.Series([None], dtype=pl.String).new_from_index(0, len(raw)))
        identity = identify(certno, cert_type, as_of)
        if f.filled:
            findings.note_bits(identity["id_reasons"], f.name)
            tally.id_filled += len(raw) - (identity["id_reasons"] == 1 << REASON_BIT["id_missing"]).sum()
        else:
            found[prefix + "is_given"] = identity["id_reasons"] != 1 << REASON_BIT["id_missing"]
        found |= {prefix + name: identity[name] for name in ("person_key", "id_kind", "canonical", "id_flags")}
    return found


def _row_rules(extract: Extract, typed: dict[str, pl.Series], findings: _Findings) -> None:
    """What one row says against itself."""
    if extract.name in SPANS:
        begin, end = SPANS[extract.name]
        findings.note(typed[end] < typed[begin], "end_before_start", begin, end)
    if extract.name == "enrollment":
        ended = typed["psn_insu_stas"].is_in(["2", "4"]) & typed["paus_insu_date"].is_null()
        findings.note(ended, "ended_without_date", "psn_insu_stas", "paus_insu_date")
    if extract.name == "resident":
        gone = (typed["dereg_reason"] == "death") & typed["dereg_date"].is_null()
        findings.note(gone, "ended_without_date", "dereg_reason", "dereg_date")


def _count(findings: _Findings, bad: pl.Series, tally: RowTally) -> None:
    tally.quarantined += int(bad.sum())
    masks = findings.reasons.filter(bad)
    for reason, bit in REASON_BIT.items():
        count = int((masks & (1 << bit) != 0).sum())
        if count:
            tally.reasons[reason] = count


def names_of(mask: pl.Expr, names: list[str]) -> pl.Expr:
    """List of the names whose bit is set in ``mask``."""
    hits = [pl.when(mask & (1 << n) != 0).then(pl.lit(name)) for n, name in enumerate(names)]
    return pl.concat_list(hits).list.drop_nulls()


def _quarantine(extract: Extract, rejected: pl.DataFrame) -> pl.DataFrame:
    carried = [c for c in rejected.columns if c not in ("row_id", "_reasons", "_columns")]
    entry = [pl.struct(pl.lit(c).alias("key"), pl.col(c).cast(pl.String).alias("value")) for c in carried]
    return rejected.select(
        "row_id",
        reasons=names_of(pl.col("_reasons"), list(REASONS)),
        columns=names_of(pl.col("_columns"), [f.name for f in extract.fields]),
        raw=pl.concat_list(entry),
    )
