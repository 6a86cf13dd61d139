"""A batch of rows of one extract, as they arrive -> rows of the contract, rows for the quarantine, and counts."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from contracts.extracts import Extract
from contracts.reasons import REASON_BIT, REASONS
from transforms.identifiers import identify
from transforms.identifiers.eighteen import as_arrow
from transforms.identifiers.flags import FLAG_BIT
from transforms.identifiers.foreign_passport import number_keys
from transforms.identifiers.kinds.stated import UNASKED
from transforms.reading import values
from transforms.reading.columns import Column
from transforms.reading.duplicates import tagged
from transforms.reading.everybody import OF_EVERYBODY, of_everybody
from transforms.reading.findings import Findings
from transforms.reading.marks import MARKED, is_wanted, marks_of, pays_plainly
from transforms.reading.measures import BASIC, among, effective, measured
from transforms.reading.quarantine import lists_of, spelled_out
from transforms.reading.row_rules import judge_rows
from transforms.reading.tally import RowTally
from transforms.reading.terms import Terms
from transforms.reading.typed import dtype_of, has_reason, typed_column
from transforms.reading.wanted import load

#: Columns that no step after ingest reads: they are kept in the quarantine's raw rows only, and judged where their type has a reason.
NOT_CARRIED = {
    "enrollment": ("psn_no", "nat_regn_code", "emp_name", "crter_name", "updt_time"),
    "contribution": ("emp_no", "emp_clct_amt", "clct_time"),
    "death": ("source",),
    "case_feedback": ("note", "decided_by"),
    "student": ("student_no", "school_name"),
    "assistance": ("psn_name", "admdvs", "funding"),
    "employment": ("employer",),
}
#: A payment whose enrollment id cannot be read belongs to no enrollment; one that names none may belong to any that fits.
#: A stay in hospital that is read as naming none holds all enrollments of the person.
NAMING = ("contribution", "psn_insu_rlts_id")
#: What the type of a certificate says beside the kind of the number, as a column of the row: that a person's whereabouts are secret, that
#: the number is of a disability card, that a passport is China's, whoever else's number it may be.
_OF_BOTH = {"is_protected": "91", "is_disabled": "09"}
TOLD_BY_TYPE = {"enrollment": _OF_BOTH, "resident": _OF_BOTH, "death": {"is_chinese": "16"}}
#: Columns of rows in quarantine that are looked at, as far as they can be read: what a department said of somebody and nobody can use
#: is doubt (docs/decisions/0098).
UNREAD = {
    "identity_link": ("old_person_key", "new_person_key", "reason", "link_date", "old_id_kind", "old_canonical", "new_id_kind", "new_canonical"),
    "enrollment": ("person_key", "psn_insu_rlts_id", "psn_name", "gend", "brdy", "insutype", "psn_insu_stas", "paus_insu_date"),
    "resident": ("person_key",),
    "death": ("person_key",),
    "contribution": ("person_key", "psn_insu_rlts_id", "insutype", "accrym_begn", "accrym_end", "clct_type", "clct_flag", "revs_flag", "clct_detl_id"),
    "student": ("person_key", "status", "expected_graduation"),
    "inpatient_stay": ("person_key", "psn_insu_rlts_id", "admitted_on", "discharged_on"),
    "case_feedback": ("case_no", "enrollment_id", "result", "decided_on"),
}  # fmt: skip
#: Companions of a column that are asked while a row is read, and not carried on.
NOT_WRITTEN = ("cert_type", "id_flags")
#: Multipliers that tell the columns of a row apart in its hashes.
_ODD = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F)


@dataclass
class Reading:
    """What a batch became. ``accepted``: typed rows that are carried on. ``unread``: rows for the quarantine, typed as far as they can
    be read, of extracts UNREAD. ``everybody``: narrow rows of all persons, where the extract has such (everybody.py). ``quarantined``: rows for the quarantine, if any. ``hashes``: for every row of the batch, in two lines, of
    its key (of its content where it has none) and of its content, which says whether the row is quarantined (duplicates.py).
    ``marks``: who is in question, or plainly covered (marks.py), of extracts that say so. ``tally``: the batch counted."""

    accepted: pa.Table
    unread: pa.Table | None
    everybody: pa.Table | None
    quarantined: pa.Table | None
    hashes: np.ndarray
    marks: np.ndarray | None
    tally: RowTally


def read_rows(extract: Extract, raw: pa.Table, first_row: int, terms: Terms) -> Reading:
    """Type one batch. ``raw``: columns of the contract that the file has, one chunk each, as they arrived;
    ``first_row``: the row id (file number << 40 | row) of its first row."""
    findings = Findings(extract, len(raw))
    typed, tally = {}, RowTally(rows=len(raw))
    arrived = {name: Column.of(raw[name].chunk(0)) for name in raw.column_names}

    def column(name: str, dtype: pl.DataType) -> Column:
        return arrived.get(name) or Column.missing(dtype, len(raw))

    for f in extract.fields:
        is_carried = f.name not in NOT_CARRIED.get(extract.name, ())
        if f.name.endswith("certno") or not (is_carried or has_reason(f)):
            continue
        drift = terms.site.drift(extract.name, f.codes)
        damaged = values.UNREADABLE if (extract.name, f.name) == NAMING else None
        value, unreadable = typed_column(f, column(f.name, dtype_of(f)), findings, drift, damaged)
        if is_carried:
            typed[f.name] = value
        if f.filled and f.column.type == "date":
            tally.date_slots += len(raw)
            tally.date_filled += len(raw) - value.nulls() + unreadable
    typed |= _identifiers(extract, arrived, typed, findings, tally, terms.as_of)
    judge_rows(extract, typed, findings)
    row_ids = np.arange(first_row, first_row + len(raw))
    good = findings.reasons == 0
    wanted = load(terms.wanted) if terms.wanted else None
    asked = is_wanted(typed, wanted) if wanted else np.ones(len(raw), bool)
    tally.good, tally.measures = int(np.count_nonzero(good)), measured(extract.name, typed, good)
    counts = good & effective(typed) & among(typed["insutype"], BASIC) if extract.name == "contribution" else good
    paying = pays_plainly(typed, counts, wanted, terms) if wanted and extract.name == "contribution" else np.empty(0, np.int64)
    return Reading(
        _carried(extract.name, typed, row_ids, good & asked),
        _unread(extract.name, typed, row_ids, ~good & asked, findings) if extract.name in UNREAD else None,
        of_everybody(extract.name, typed, row_ids, counts, paying, terms) if extract.name in OF_EVERYBODY else None,
        _quarantined(extract, raw, row_ids, findings, tally),
        _hashes(extract, arrived, typed, ~good),
        marks_of(extract.name, typed, row_ids, good, paying, terms) if extract.name in MARKED else None,
        tally,
    )


def _identifiers(
    extract: Extract, arrived: dict[str, Column], typed: dict[str, Column], findings: Findings, tally: RowTally, as_of: date
) -> dict[str, Column]:
    """``arrived``: the columns of the file. Notes what is wrong with the numbers that a row needs. Returns ``person_key`` and its companions
    beside ``certno``; ``payer_person_key`` beside ``payer_certno`` and so on. Where there is a nationality, ``number_key`` says how a
    passport is known where there is none.

    A number that the row does not need may be unreadable: ``payer_is_given`` says that there was one.
    """
    found, nothing = {}, Column.missing(pl.String(), tally.rows)
    for f in extract.fields:
        if not f.name.endswith("certno"):
            continue
        prefix = f.name.removesuffix("certno")
        certno, type_name = arrived.get(f.name, nothing), f"{prefix}cert_type" if prefix else "psn_cert_type"
        cert_type = typed[type_name] if type_name in arrived else nothing.like(pl.Series([UNASKED]))
        if certno.index is None or f.filled:
            numbers = as_arrow(certno.rows().cast(pl.String)) if certno.texts is None else certno.texts
            certno = Column(None, None, numbers)
            nationality = arrived.get("nat_regn_code", nothing)
            identity = identify(numbers, cert_type.pair(), as_of, nationality.pair())
            if "nat_regn_code" in extract.names:
                found["number_key"] = Column(number_keys(identity, nationality.pair()), None)
        else:
            identity = identify(certno.values.cast(pl.String), pl.Series([UNASKED]).new_from_index(0, len(certno.values)), as_of)
        if f.filled:
            _count_flags(identity["id_flags"].to_numpy(), tally)
            found[prefix + "id_flags"] = certno.like(identity["id_flags"])
            findings.note_bits(identity["id_reasons"].to_numpy(), f.name)
            tally.id_slots += tally.rows
            tally.id_filled += tally.rows - int((identity["id_reasons"] == 1 << REASON_BIT["id_missing"]).sum())
        else:
            found[prefix + "is_given"] = certno.like(identity["id_reasons"] != 1 << REASON_BIT["id_missing"])
        found |= {prefix + name: certno.like(identity[name]) for name in ("person_key", "id_kind", "canonical")}
    return found


def _count_flags(flags: np.ndarray, tally: RowTally) -> None:
    """How many numbers were repaired or corrected, by what was done."""
    marked = flags[flags != 0]
    for flag, bit in FLAG_BIT.items():
        count = int(np.count_nonzero(marked & bit))
        if count:
            tally.flags[flag] = tally.flags.get(flag, 0) + count


def _carried(extract: str, typed: dict[str, Column], row_ids: np.ndarray, keep: np.ndarray) -> pa.Table:
    columns = {name: c for name, c in typed.items() if not name.endswith(NOT_WRITTEN)}
    if extract == "enrollment":
        columns["enrollment_hash"] = Column(pl.Series(typed["psn_insu_rlts_id"].hashes()), None)
    cert_type = typed.get("psn_cert_type")
    columns |= {told: cert_type.like(cert_type.values.eq_missing(code)) for told, code in TOLD_BY_TYPE.get(extract, {}).items()}
    if not keep.all():
        at = np.flatnonzero(keep)
        row_ids, columns = row_ids[at], {name: c.at(at) for name, c in columns.items()}
    return pa.table({"row_id": pa.array(row_ids)} | {name: c.arrow() for name, c in columns.items()})


def _unread(extract: str, typed: dict[str, Column], row_ids: np.ndarray, asked: np.ndarray, findings: Findings) -> pa.Table | None:
    """Rows for the quarantine, null where nobody can read them, with ``reasons`` in words."""
    at = np.flatnonzero(asked)
    if not len(at):
        return None
    reasons = pc.binary_join(lists_of(findings.reasons[at], list(REASONS)), " ")
    told = {name: typed[name].at(at).arrow() for name in UNREAD[extract]}
    return pa.table({"row_id": pa.array(row_ids[at])} | told | {"reasons": reasons})


def _quarantined(extract: Extract, raw: pa.Table, row_ids: np.ndarray, findings: Findings, tally: RowTally) -> pa.Table | None:
    at = np.flatnonzero(findings.reasons)
    if not len(at):
        return None
    _count(findings.reasons[at], tally)
    words = (list(REASONS), extract.names)
    return spelled_out(row_ids[at], findings.reasons[at], findings.columns[at], words, raw.take(pa.array(at)))


def _hashes(extract: Extract, arrived: dict[str, Column], typed: dict[str, Column], bad: np.ndarray) -> np.ndarray:
    """Two hashes of each row, as two lines: of its key and of its content; without a key both are of the content, but two of them."""
    columns = [(place, arrived[name]) for place, name in enumerate(extract.names) if name in arrived]
    hashes = np.empty((2, len(bad)), dtype=np.uint64)
    hashes[1] = tagged(_mixed(columns, len(bad), 0), bad)
    hashes[0] = typed[extract.key].hashes() if extract.key else _mixed(columns, len(bad), 1)
    # a row without the key that it needs is like its copies only
    keyless = bad & (hashes[0] == 0)
    hashes[0][keyless] = hashes[1][keyless]
    return hashes


def _mixed(columns: list[tuple[int, Column]], length: int, seed: int) -> np.ndarray:
    """One hash of several columns, each by its place in the contract: their order in the file does not matter, nor whether a
    column that is empty is there at all. What repeats is worked on once per value."""
    total = np.zeros(length, dtype=np.uint64)
    for place, column in columns:
        column.add_to(total, (place + 1) * _ODD[seed] % (1 << 64) | 1)
    return total


def _count(reasons: np.ndarray, tally: RowTally) -> None:
    tally.quarantined += len(reasons)
    for reason, bit in REASON_BIT.items():
        count = int(np.count_nonzero(reasons & (1 << bit)))
        if count:
            tally.reasons[reason] = count
