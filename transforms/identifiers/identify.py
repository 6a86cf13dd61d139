"""From a certificate number to a kind, a canonical form and a person key, or to the reason why there is none.

Three kinds share the 18-character form and the first digits decide between them: 1-7 resident ID, 810000, 820000, 830000
residence permit, 9 the foreign permanent resident card of 2023. Where the stated type disagrees with the number, the number
wins. Numbers of that form, nearly all there are, are read from their bytes (eighteen.py); the rest is repaired and read again;
what is left then is shown to every kind (kinds/).
"""

from datetime import date

import numpy as np
import polars as pl
import pyarrow as pa

from contracts.reasons import REASON_BIT
from transforms.identifiers.by_kind import by_kind
from transforms.identifiers.clean import repaired
from transforms.identifiers.countries import Coded, alpha_3_at
from transforms.identifiers.eighteen import Eighteen, read, read_repaired
from transforms.identifiers.flags import TYPE_CORRECTED
from transforms.identifiers.kinds import stated as stated_types
from transforms.identifiers.kinds.form18 import day_number

SCHEMA = {"person_key": pl.Int64, "id_kind": pl.UInt8, "canonical": pl.String, "id_flags": pl.UInt16, "id_reasons": pl.Int32}


def identify(certno: pl.Series | pa.StringArray, cert_type: Coded, as_of: date, nationality: Coded | None = None) -> pl.DataFrame:
    """Kind, person key and reason of every number.

    ``certno``: text column, nulls allowed. ``cert_type``: the stated types (kinds.stated.UNASKED where the extract has none),
    ``nationality``: of the holder, for passports; columns of the same rows, as text or as (values, index). Returns one row per input
    row: ``person_key`` int64 (null where there is a reason), ``id_kind`` position in KINDS, ``canonical`` text of the kinds that are
    not 18 characters long (the others are rebuilt from the key), ``id_flags`` (flags.FLAGS) and ``id_reasons`` (contracts.reasons)
    bit masks.
    """
    types, index = cert_type if isinstance(cert_type, tuple) else (cert_type, None)
    stated = stated_types.places(types)
    found = read_repaired(certno, day_number(as_of))
    flags = found.flags
    flags |= (found.valid & ~stated_types.agree(stated, index, found.kind)) * np.uint16(TYPE_CORRECTED)
    if found.valid.all():
        return _frame(found, flags, np.zeros(len(flags), np.int32), _no_text(len(flags)))
    certno = certno if isinstance(certno, pl.Series) else pl.from_arrow(certno)
    absent = certno.is_null().to_numpy()
    reasons = absent * np.int32(1 << REASON_BIT["id_missing"])
    found.kind[absent] = 0
    rest = np.flatnonzero(~found.valid & ~absent)
    stated = stated[rest if index is None else index[rest]]
    left = _identify_rest(certno.gather(rest), stated, alpha_3_at(nationality, rest), as_of)
    for column, name in ((found.key, "person_key"), (found.kind, "id_kind"), (flags, "id_flags"), (reasons, "id_reasons")):
        column[rest] = left[name].fill_null(0).to_numpy()
    return _frame(found, flags, reasons, _at(rest, left["canonical"], len(flags)))


def _identify_rest(certno: pl.Series, stated: np.ndarray, nationality: pl.Series, as_of: date) -> pl.DataFrame:
    """The same of numbers that do not hold as they are: of those that hold once repaired, and of those that never will."""
    texts, flags = repaired(certno)
    found = read(texts, day_number(as_of))
    flags |= (found.valid & ~stated_types.agree(stated, None, found.kind)) * np.uint16(TYPE_CORRECTED)
    reasons, canonical = np.zeros(len(flags), np.int32), _no_text(len(flags))
    rest = np.flatnonzero(~found.valid)
    if len(rest):
        documents = pl.DataFrame({"text": texts.gather(rest), "stated": stated[rest], "nationality": nationality.gather(rest)})
        left = by_kind(documents, as_of)
        for column, name in ((found.key, "person_key"), (found.kind, "id_kind"), (reasons, "id_reasons")):
            column[rest] = left[name].to_numpy()
        flags[rest] |= left["id_flags"].to_numpy()
        canonical = _at(rest, left["canonical"], len(flags))
    return _frame(found, flags, reasons, canonical)


def _frame(found: Eighteen, flags: np.ndarray, reasons: np.ndarray, canonical: pl.Series) -> pl.DataFrame:
    keys = pl.Series("person_key", found.key)
    if reasons.any():
        keys = pl.select(pl.when(pl.Series(reasons == 0)).then(keys)).to_series()
    columns = (keys, pl.Series(found.kind), canonical, pl.Series(flags), pl.Series(reasons))
    return pl.DataFrame(dict(zip(SCHEMA, columns, strict=True)), schema=SCHEMA)


def _no_text(rows: int) -> pl.Series:
    return pl.Series([None], dtype=pl.String).new_from_index(0, rows)


def _at(rows: np.ndarray, texts: pl.Series, length: int) -> pl.Series:
    """A column of ``length`` with ``texts`` at ``rows``, null elsewhere."""
    if texts.null_count() == len(texts):
        return _no_text(length)
    place = np.zeros(length, np.int32)
    place[rows] = np.arange(1, len(rows) + 1)
    return _no_text(1).append(texts).gather(place)
