"""Officers and soldiers, the People's Armed Police: 军官证, 士兵证, 武警警官证.

One character or more for the arm, 字第, digits, 号, as printed on the card; registers hold the bare digits, too. Nothing in it
can be checked, it changes with rank and reissue, and the text is kept as written. Those who serve hold a resident ID besides
(现役军人和人民武装警察居民身份证申领发放办法, 2007), which a link can tie to it.
"""

import polars as pl

from transforms.identifiers.kinds import form18
from transforms.identifiers.kinds.model import Document, as_written, no_flags

NAME = "military"
PRINTED = r"^\p{Han}{1,4}字第?[0-9]{4,9}号?$"
FORM = r"^(?:\p{Han}{1,6})?[0-9]{4,9}号?$"
#: Answered as by other kinds.
canonical, reason, flags = as_written, form18.reason_of, no_flags


def recognizes(document: Document) -> pl.Expr:
    return document.text.str.contains(FORM)


def unmistakable(document: Document) -> pl.Expr:
    return document.text.str.contains(PRINTED)
