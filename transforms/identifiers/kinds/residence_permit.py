"""Residence permit of Hong Kong, Macau and Taiwan residents 港澳台居民居住证: 国办发〔2018〕81号.

The 18-character form with 810000 (Hong Kong), 820000 (Macau) or 830000 (Taiwan) for the place; the number is for life.
"""

import polars as pl

from transforms.identifiers.eighteen import RESIDENCE_PERMIT
from transforms.identifiers.kinds import form18, resident_id
from transforms.identifiers.kinds.model import Document, as_written, no_flags

NAME = "residence_permit"
#: Answered as by other kinds.
canonical, reason, flags = as_written, resident_id.reason, no_flags


def recognizes(document: Document) -> pl.Expr:
    return form18.holds_as(document.text, document.as_of) == RESIDENCE_PERMIT


def unmistakable(document: Document) -> pl.Expr:
    return recognizes(document)
