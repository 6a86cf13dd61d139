"""Passports. A number changes at every renewal, and two countries may give the same: nationality and number are the identifier.

Forms of Chinese ones: E, G, D, S or P and eight digits; E with a letter other than I and O and seven digits; SE, DE or PE and
seven digits (普通, 外交, 公务, 公务普通护照; 国家移民管理局). Hong Kong: K or H and eight digits, KJ and seven. Macau: MA or MB and
seven digits. These three are known by the number alone. Foreign ones: 5 to 15 letters and digits; up to nine of them stand in
the machine-readable zone (ICAO Doc 9303).
"""

import polars as pl

from transforms.identifiers.kinds import foreign_pr, form18
from transforms.identifiers.kinds.model import Document

NAME = "passport"
FORM = r"^[A-Z0-9]{5,15}$"
CHINESE = r"^(?:[EGDSPKH][0-9]{8}|E[A-HJ-NP-Z][0-9]{7}|(?:SE|DE|PE|KJ|MA|MB)[0-9]{7})$"
#: H and eight digits are a travel permit, before they are a passport of Hong Kong.
UNMISTAKABLE = r"^(?:[EGDSPK][0-9]{8}|E[A-HJ-NP-Z][0-9]{7}|(?:SE|DE|PE|KJ|MA|MB)[0-9]{7})$"
#: Where nobody is asked for the kind: letters and digits, or nine digits, but no piece of a resident ID.
MAY_BE_MEANT = r"^[A-Z0-9]{7,10}$"
PIECE_OF_RESIDENT_ID = r"^(?:[0-9]{7,8}|[0-9]{10}|[0-9]+X)$"
CHINESE_TYPE = "16"
CHINESE_NATIONALITIES = ("CHN", "HKG", "MAC")
#: Answered as by other kinds.
reason = form18.reason_of


def recognizes(document: Document) -> pl.Expr:
    """A permanent residence card of the old form is one, though its holder is a foreigner."""
    return document.text.str.contains(FORM) & ~foreign_pr.unmistakable(document)


def unmistakable(document: Document) -> pl.Expr:
    return document.text.str.contains(UNMISTAKABLE)


def may_be_meant(document: Document) -> pl.Expr:
    """A number that nothing else claims, of an extract that has no types."""
    text = document.text
    return text.str.contains(MAY_BE_MEANT) & ~text.str.contains(PIECE_OF_RESIDENT_ID) & (text.str.count_matches("[0-9]") >= 5)


def canonical(document: Document) -> pl.Expr:
    """Nationality and number of a foreign passport, not twice where the number has the nationality in front already."""
    text, nationality = document.text, document.nationality
    return pl.when(is_foreign(document) & ~text.str.starts_with(nationality)).then(nationality + text).otherwise(text)


def is_foreign(document: Document) -> pl.Expr:
    """A nationality that is none of China's; the stated type of a Chinese passport, with a Chinese number, outweighs it."""
    chinese = (document.stated == CHINESE_TYPE).fill_null(False) & document.text.str.contains(CHINESE)
    return document.nationality.is_not_null() & ~document.nationality.is_in(CHINESE_NATIONALITIES) & ~chinese


def flags(document: Document) -> dict[str, pl.Expr]:
    known = document.nationality.is_not_null() | (document.stated == CHINESE_TYPE) | document.text.str.contains(UNMISTAKABLE)
    return {"no_nationality": ~known}
