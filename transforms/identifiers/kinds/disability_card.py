"""Disability card 残疾人证: the holder's resident ID, a digit for the kind 1-7, a digit for the degree 1-4; B and a digit or two
count reissues (中国残联, 残疾人证管理办法, 2017). The first 18 characters are the identifier, the rest is not part of it: where a
number is stated to be such a card, a rest of another form is kept out of it all the same, and the number is marked.
"""

import polars as pl

from transforms.identifiers.eighteen import RESIDENCE_PERMIT, RESIDENT_ID
from transforms.identifiers.kinds import form18, resident_id
from transforms.identifiers.kinds.model import Document

NAME = "disability_card"
FORM = r"^([0-9]{17}[0-9X])[1-7][1-4](?:B[0-9]{1,2})?$"
#: Some print one digit, or a kind and a degree that are none, or count reissues in another way.
UNUSUAL_FORM = r"^([0-9]{17}[0-9X])[0-9A-Z]{1,4}$"
STATED = "09"


def recognizes(document: Document) -> pl.Expr:
    return _holds(document.text.str.extract(FORM), document)


def _holds(number: pl.Expr, document: Document) -> pl.Expr:
    return form18.holds_as(number, document.as_of).is_in([RESIDENT_ID, RESIDENCE_PERMIT])


def unmistakable(document: Document) -> pl.Expr:
    """Never: a mother's number with two digits behind it, for her child, looks the same."""
    return pl.lit(False)


def canonical(document: Document) -> pl.Expr:
    of_any_form = pl.when(document.stated == STATED).then(document.text.str.extract(UNUSUAL_FORM))
    return pl.coalesce(document.text.str.extract(FORM), of_any_form, document.text)


def reason(document: Document) -> pl.Expr:
    number = canonical(document)
    return pl.when(~_holds(number, document)).then(resident_id.reason(document._replace(text=number)))


def flags(document: Document) -> dict[str, pl.Expr]:
    return {"embedded": canonical(document) != document.text}
