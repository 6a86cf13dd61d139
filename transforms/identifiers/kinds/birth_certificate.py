"""Medical certificate of birth 出生医学证明: a letter for the edition and nine digits, by practice two of the province first
(国家卫生健康委, 出生医学证明管理). It stands for a child until the household register gives it a resident ID.
"""

import polars as pl

from transforms.identifiers.kinds import form18
from transforms.identifiers.kinds.model import Document, as_written, no_flags

NAME = "birth_certificate"
FORM = r"^[A-Z][0-9]{9}$"
#: Answered as by other kinds.
canonical, reason, flags = as_written, form18.reason_of, no_flags


def recognizes(document: Document) -> pl.Expr:
    return document.text.str.contains(FORM)


def unmistakable(document: Document) -> pl.Expr:
    return document.text.str.contains(FORM)
