"""A column of a batch typed as its contract says; what is missing or cannot be read is noted as a finding of its row."""

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from contracts.model import Field
from transforms.identifiers.clean import repaired
from transforms.identifiers.eighteen import as_arrow
from transforms.identifiers.kinds import resident_id
from transforms.native import find_strange
from transforms.reading import values
from transforms.reading.columns import Column
from transforms.reading.findings import Findings

READERS = {"date": values.day, "month": values.month, "money": values.money, "timestamp": values.moment}
#: What a value of a type that cannot be read is. Times only order rows of one key, which they cannot do then.
BAD = {"date": "bad_date", "month": "bad_date", "money": "unparseable_number"}
#: Places of residence and of schools are written by people; a code that is none leaves the place unknown, no more. It is carried on
#: as values.UNREADABLE: were it nothing, the next best place would pass for the home, and a student for none.
LENIENT = frozenset({"hsreg_admdvs", "live_admdvs", "permit_admdvs", "school_admdvs"})
#: Days that leave the row as if they were not given: who has been admitted, and "未出院", is in hospital.
OPEN_ENDED = frozenset({"discharged_on"})


def has_reason(f: Field) -> bool:
    """Whether what cannot be read in the column rejects a row."""
    return bool(f.codes) or f.is_place or f.column.type in BAD


def dtype_of(f: Field) -> pl.DataType:
    return {"date": pl.Date(), "month": pl.Int32(), "money": pl.Decimal(12, 2), "timestamp": pl.Datetime("us")}.get(
        f.column.type, pl.String()
    )


def typed_column(f: Field, raw: Column, findings: Findings, drift: dict[str, str], damaged: str | None) -> tuple[Column, int]:
    """One typed column, and how many of its values were something that cannot be read; that, and what is missing, is noted. ``damaged``: what
    a text becomes of which only a quantity is left."""
    if f.column.type == "text" and raw.texts is not None and not f.codes and not f.is_place:
        return _text(f, raw, findings, damaged), 0
    typed, lost = _typed(f, raw.values, drift, damaged)
    reason = "unknown_code" if f.codes or f.is_place else BAD.get(f.column.type)
    if lost is not None and f.name in LENIENT:
        typed = pl.select(pl.when(lost).then(pl.lit(values.UNREADABLE)).otherwise(typed)).to_series()
    elif lost is not None and f.name not in OPEN_ENDED:
        findings.note(raw.like(lost), reason, f.name)
    if f.filled and typed.null_count():
        findings.note(raw.like(typed.is_null()), reason or "missing_key", f.name)
    return raw.like(typed), 0 if lost is None else int(np.count_nonzero(raw.like(lost).flags()))


#: What few texts were typed to: the same come back with every batch.
_KNOWN: dict[tuple, tuple[pl.Series, pl.Series | None]] = {}
_FEW, _MOST_KNOWN = 32, 1 << 12


def _typed(f: Field, raw: pl.Series, drift: dict[str, str], damaged: str | None) -> tuple[pl.Series, pl.Series | None]:
    """Values typed, and which of them were something that cannot be read, if any."""
    if len(raw) > _FEW or raw.dtype != pl.String:
        return _typed_anew(f, raw, drift, damaged)
    key = (f.column.type, f.codes, damaged, f.is_place, *raw.to_list(), *drift.items())
    if key not in _KNOWN:
        if len(_KNOWN) >= _MOST_KNOWN:
            _KNOWN.clear()
        _KNOWN[key] = _typed_anew(f, raw, drift, damaged)
    return _KNOWN[key]


def _typed_anew(f: Field, raw: pl.Series, drift: dict[str, str], damaged: str | None) -> tuple[pl.Series, pl.Series | None]:
    if f.codes:
        typed = values.code(raw, f.codes, drift)
    elif f.is_place:
        typed = values.area(raw)
    elif f.column.type == "text":
        typed = values.text(raw, damaged)
    else:
        typed = READERS[f.column.type](raw)
    return typed, _lost(f, raw, typed) if has_reason(f) and typed.null_count() > raw.null_count() else None


def _text(f: Field, raw: Column, findings: Findings, damaged: str | None) -> Column:
    """A column of texts that do not repeat: only those that may need it are looked at."""
    at, typed = find_strange(raw.texts), raw
    if len(at) and raw.texts.null_count:
        at = at[~raw.are_null()[at]]
    if len(at):
        arrived = pl.from_arrow(raw.texts.take(pa.array(at)))
        texts = values.text(arrived, damaged)
        if not texts.eq_missing(arrived).all():
            mask = np.zeros(len(raw.texts), bool)
            mask[at] = True
            typed = Column(None, None, pc.replace_with_mask(raw.texts, pa.array(mask), as_arrow(texts)))
    if f.filled and typed.has_nulls():
        findings.note(Column(pl.Series(typed.are_null()), None), "missing_key", f.name)
    return typed


def said(f: Field, raw: pl.Series, drift: dict[str, str]) -> pl.Series:
    """What the values of a column say, as text, whatever form each is written in; what cannot be read says what is written. ``raw``: text."""
    if f.name.endswith("certno"):
        return pl.select(resident_id.in_eighteen(pl.lit(values.text(repaired(raw)[0])))).to_series().alias(raw.name)
    typed, _ = _typed_anew(f, raw, drift, None)
    return pl.select(pl.when(_lost(f, raw, typed)).then(raw).otherwise(typed.cast(pl.String))).to_series()


def _lost(f: Field, raw: pl.Series, typed: pl.Series) -> pl.Series:
    """There was something, and it cannot be read."""
    something = raw.str.strip_chars() != "" if raw.dtype == pl.String else raw.is_not_null()
    lost = (typed.is_null() & something).fill_null(False)
    if f.column.type in ("date", "month") and lost.any():
        at = lost.arg_true()
        lost = lost.scatter(at.filter(values.is_sentinel(raw.gather(at))), False)
    return lost
