"""Resident ID number 公民身份号码: GB 11643-1999, and the 15 digits of GB 11643-1989 before it.

18 characters: first digit 1-7 (the six great regions and Taiwan, GB/T 2260), MOD 11-2 (ISO 7064). 15 digits: a birth year of
two digits and no check character; given until 1 October 1999, so nobody born in 2000 or later has one. The sequences 996 to
999 were kept for people of a hundred years and more: for these the century is 18, else 19. Where the police corrected a
number in 1999 the conversion misses it: a converted number is marked and matched with less confidence.
"""

import polars as pl

from transforms.identifiers.eighteen import RESIDENT_ID
from transforms.identifiers.kinds import form18
from transforms.identifiers.kinds.model import Document

NAME = "resident_id"
OLD_FORM = r"^[1-7][0-9]{14}$"


def recognizes(document: Document) -> pl.Expr:
    return form18.holds_as(canonical(document), document.as_of) == RESIDENT_ID


def unmistakable(document: Document) -> pl.Expr:
    """The 18 characters with their check are; one in four numbers of 15 digits has a birth date by chance."""
    return form18.holds_as(document.text, document.as_of) == RESIDENT_ID


def canonical(document: Document) -> pl.Expr:
    return in_eighteen(document.text)


def in_eighteen(text: pl.Expr) -> pl.Expr:
    """Numbers of 15 digits as 18 characters, all others as they are."""
    century = pl.when(text.str.slice(12).is_in(["996", "997", "998", "999"])).then(pl.lit("18")).otherwise(pl.lit("19"))
    old = pl.when(text.str.contains(OLD_FORM)).then(text)
    return form18.with_check_character(old.str.slice(0, 6) + century + old.str.slice(6)).fill_null(text)


def reason(document: Document) -> pl.Expr:
    """There always is one where ``recognizes`` is false: a number of this form holds, or it is none."""
    text = document.text
    return (
        pl.when(text.str.contains(r"[^0-9X]|X.")).then(pl.lit("id_characters"))
        .when(~text.str.len_bytes().is_in([15, 18])).then(pl.lit("id_length"))
        # no kind begins with 0, nor with 8 and a place that is none of the three of residence permits
        .when(~text.str.contains(r"^(?:[1-79]|8[123]0000)")).then(pl.lit("id_characters"))
        .when(text.str.contains(OLD_FORM)).then(pl.lit("id_birth_date"))
        .otherwise(form18.reason(text, document.as_of).fill_null("id_characters"))
    )  # fmt: skip


def flags(document: Document) -> dict[str, pl.Expr]:
    return {"derived_from_15": document.text.str.contains(OLD_FORM)}
