"""Mainland travel permit of Hong Kong and Macau residents 港澳居民来往内地通行证.

H (Hong Kong) or M (Macau) and eight digits that are for life; permits before 2013 add two digits that count the reissues
(公安部出入境管理局). Since July 2024 permanent residents who are not Chinese citizens hold one, too: H or M, a letter, seven
digits (国家移民管理局公告2024年). Social-security numbers put HKG or MAC and zeros in front.
"""

import polars as pl

from transforms.identifiers.kinds import form18
from transforms.identifiers.kinds.model import UNKNOWN_TYPE, Document

NAME = "hk_macau_permit"
FORM = r"^(?:(?:HKG|MAC)0*)?([HM](?:[0-9]{8}|[A-Z][0-9]{7}))([0-9]{2})?$"
#: MA and MB with seven digits are Macau passports before they are anything else.
MACAU_PASSPORT = r"^M[AB][0-9]{7}$"
#: Answered as by other kinds.
reason = form18.reason_of


def recognizes(document: Document) -> pl.Expr:
    return document.text.str.contains(FORM)


def unmistakable(document: Document) -> pl.Expr:
    """Not with ten digits where the stated type means any other number: children of one day have virtual numbers that differ in the last two."""
    numbered = (document.stated == UNKNOWN_TYPE).fill_null(False) & document.text.str.extract(FORM, 2).is_not_null()
    return document.text.str.contains(FORM) & ~document.text.str.contains(MACAU_PASSPORT) & ~numbered


def canonical(document: Document) -> pl.Expr:
    return document.text.str.extract(FORM).fill_null(document.text)


def flags(document: Document) -> dict[str, pl.Expr]:
    number, stated = canonical(document), document.stated
    return {
        "prefix": document.text.str.contains("^(?:HKG|MAC)"),
        "reissue": document.text.str.extract(FORM, 2).is_not_null(),
        "type_corrected": ((stated == "04") & number.str.starts_with("M")) | ((stated == "05") & number.str.starts_with("H")),
    }
