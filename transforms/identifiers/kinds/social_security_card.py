"""Social security card 社会保障卡: the number on it is the resident ID (社会保险法 art. 58), taken for what it is; the printed card
number, a letter or digit and eight digits (人力资源社会保障部), changes at every reissue and links nobody by itself.
"""

import polars as pl

from transforms.identifiers.kinds import form18
from transforms.identifiers.kinds.model import Document, as_written, never, no_flags

NAME = "social_security_card"
FORM = r"^[A-Z0-9][0-9]{8}$"
#: Answered as by other kinds.
unmistakable, canonical, reason, flags = never, as_written, form18.reason_of, no_flags


def recognizes(document: Document) -> pl.Expr:
    return document.text.str.contains(FORM)
