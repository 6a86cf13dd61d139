"""Mainland travel permit of Taiwan residents 台湾居民来往大陆通行证 (台胞证).

Eight digits that are for life, alone on the card of 2015; on the booklets before it two digits that count the reissues
follow, and sometimes a letter in brackets (国务院台湾事务办公室, 公安部出入境管理局). Social-security numbers put TWN and zeros in
front. A number that lost its leading zeros is not padded: it could be anybody's.
"""

import polars as pl

from transforms.identifiers.kinds import form18
from transforms.identifiers.kinds.model import Document

NAME = "taiwan_permit"
FORM = r"^(?:TWN0*)?([0-9]{8})((?:[0-9]{2})?(?:\([A-Z]\))?|[0-9]{2}[A-Z])$"
#: Eight digits alone can be a day or a piece of anything.
UNMISTAKABLE = r"^(?:TWN0*[0-9]{8}|(?:TWN0*)?[0-9]{10}\([A-Z]\))$"
#: Answered as by other kinds.
reason = form18.reason_of


def recognizes(document: Document) -> pl.Expr:
    return document.text.str.contains(FORM)


def unmistakable(document: Document) -> pl.Expr:
    return document.text.str.contains(UNMISTAKABLE)


def may_be_meant(document: Document) -> pl.Expr:
    """Eight digits, of an extract that has no types."""
    return document.text.str.contains("^[0-9]{8}$")


def canonical(document: Document) -> pl.Expr:
    return document.text.str.extract(FORM).fill_null(document.text)


def flags(document: Document) -> dict[str, pl.Expr]:
    return {"prefix": document.text.str.starts_with("TWN"), "reissue": document.text.str.extract(FORM, 2) != ""}
