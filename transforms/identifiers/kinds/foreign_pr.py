"""Permanent residence of foreigners 外国人永久居留身份证: the card of 1 December 2023, and the cards before it.

The card of 2023 (国家移民管理局公告) has the 18-character form: 9, two digits of the province, three of the country (ISO 3166-1
numeric), birth date, sequence, check character; the number is for life. Older cards: three letters of the country (ISO 3166-1
alpha-3) and 12 digits: four of the place, six of the birth date, a serial and a check digit whose rule is not published, so
that it is not checked.
"""

import polars as pl

from transforms.identifiers.countries import ALPHA_3
from transforms.identifiers.eighteen import FOREIGN_PR
from transforms.identifiers.kinds import form18
from transforms.identifiers.kinds.model import Document, as_written, no_flags

NAME = "foreign_pr"
OLD_FORM = r"^[A-Z]{3}[0-9]{12}$"
#: The same with a month and a day where the birth date stands.
OLD_FORM_DATED = r"^[A-Z]{3}[0-9]{6}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{2}$"
#: Answered as by other kinds.
canonical, reason, flags = as_written, form18.reason_of, no_flags


def recognizes(document: Document) -> pl.Expr:
    return (form18.holds_as(document.text, document.as_of) == FOREIGN_PR) | document.text.str.contains(OLD_FORM)


def unmistakable(document: Document) -> pl.Expr:
    """A foreigner's social-security number has the old form by chance, but zeros where the place and the birth date are."""
    old = document.text.str.contains(OLD_FORM_DATED) & document.text.str.slice(0, 3).is_in(ALPHA_3)
    return (form18.holds_as(document.text, document.as_of) == FOREIGN_PR) | old
