"""What `identify` says of single numbers, in words; shared by the tests of identifiers."""

from datetime import date

import polars as pl
from inbox import AS_OF

from contracts.reasons import REASON_BIT
from transforms.identifiers import FLAGS, KINDS, identify
from transforms.identifiers.kinds.form18 import with_check_character

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
OF_18 = ("resident_id", "residence_permit", "foreign_pr")


def series(values: list) -> pl.Series:
    return pl.Series(values, dtype=pl.String)


def look_at(numbers: list, cert_types: list, as_of: date = AS_OF, nationalities: list | None = None) -> list[dict]:
    """For each number the row of `identify`, with kind, flags and reasons spelled out and ``text``, its canonical form."""
    found = identify(series(numbers), series(cert_types), as_of, None if nationalities is None else series(nationalities))
    of_18 = with_check_character(pl.when(pl.col("person_key") > 0).then(pl.col("person_key")).cast(pl.String))
    rows = found.with_columns(text=of_18.fill_null(pl.col("canonical"))).to_dicts()
    for row in rows:
        row["kind"] = KINDS[row["id_kind"]]
        row["flags"] = {flag for bit, flag in enumerate(FLAGS) if row["id_flags"] >> bit & 1}
        row["reasons"] = [r for r, bit in REASON_BIT.items() if row["id_reasons"] >> bit & 1]
    return rows


def look(number: str | None, cert_type: str | None = "01", as_of: date = AS_OF, nationality: str | None = None) -> dict:
    return look_at([number], [cert_type], as_of, [nationality])[0]


def assert_is(number: str, kind: str, text: str, cert_type: str | None = "01", flags: set | frozenset = frozenset()) -> None:
    """``number`` is accepted as ``kind`` with the canonical form ``text``, and just these ``flags`` are recorded."""
    found = look(number, cert_type)
    assert (found["reasons"], found["kind"], found["text"], found["flags"]) == ([], kind, text, set(flags))
    # 18 characters are their own key; what is not must never be mistaken for one
    assert found["person_key"] == int(text[:17]) if kind in OF_18 and len(text) == 18 else found["person_key"] < 0


def assert_refused(number: str | None, cert_type: str | None, reason: str) -> None:
    found = look(number, cert_type)
    assert (found["reasons"], found["person_key"], found["canonical"]) == ([reason], None, None)


def check_character(first_17: str) -> str:
    """GB 11643, by hand."""
    return "10X98765432"[sum(int(digit) * weight for digit, weight in zip(first_17, WEIGHTS, strict=True)) % 11]
