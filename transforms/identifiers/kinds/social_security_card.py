"""Social security card 社会保障卡: the number on it is the resident ID (社会保险法 art. 58), taken for what it is; the printed card
number, a letter or digit and eight digits (人力资源社会保障部), changes at every reissue and links nobody by itself.
"""

import polars as pl

from transforms.identifiers.kinds import form18
from transforms.identifiers.kinds.model import NOTHING_TOLD, Document, Told

NAME = "social_security_card"
FORM = r"^[A-Z0-9][0-9]{8}$"


def recognizes(document: Document) -> pl.Expr:
    return document.text.str.contains(FORM)


def unmistakable(document: Document) -> pl.Expr:
    return pl.lit(False)


def canonical(document: Document) -> pl.Expr:
    return document.text


def reason(document: Document) -> pl.Expr:
    return form18.reason(document.text, document.as_of)


def flags(document: Document) -> dict[str, pl.Expr]:
    return {}


def told(canonical: pl.Expr) -> Told:
    return NOTHING_TOLD
