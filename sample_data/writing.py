"""How a certificate number is written: clean, or damaged in a way that can be repaired without a guess."""

import numpy as np
import polars as pl

from sample_data.book import Book
from sample_data.people import FOREIGN_PR, RESIDENCE_PERMIT, RESIDENT_ID

REPAIRED = 0.012
TYPES = pl.Series([f"{n:02d}" for n in range(100)])
#: The same with codes below ten as some systems write them, without the 0.
SHORT_TYPES = pl.Series([str(n) for n in range(10)] + [f"{n:02d}" for n in range(10, 100)])

_N = pl.col("number")


def _grouped(mark: str) -> pl.Expr:
    return _N.str.slice(0, 6) + mark + _N.str.slice(6, 8) + mark + _N.str.slice(14)


def _wide(characters: str) -> dict:
    return {c: chr(ord(c) + 0xFEE0) for c in characters}


#: Ways in which any number of 18 characters is damaged and can be repaired (identifiers.md, Repairs).
REPAIRS = {
    "full_width": _N.str.replace_many(_wide("0123456789X")),
    "spaces": _grouped(" "),
    "apostrophe": "'" + _N,
    "hyphens": _grouped("-"),
    "zero_width": _N.str.slice(0, 10) + "\u200b" + _N.str.slice(10),
    "formula": '="' + _N + '"',
    "wide_space": "\u3000" + _N + " ",
    "small_x": _N.str.replace("X$", "x"),
    "times_sign": _N.str.replace("X$", "×"),
    "greek_chi": _N.str.replace("X$", "Χ"),
    "cyrillic_ha": _N.str.replace("X$", "х"),
    "wide_x": _N.str.replace("X$", "Ｘ"),
    "no_break_space": "\u00a0" + _N,
    "byte_order_mark": _N.str.slice(0, 6) + "\ufeff" + _N.str.slice(6),
    "direction_mark": "\u200e" + _N + "\u2060",
    "dots": _grouped("."),
    "full_stop": _N + ".",
    "backtick": "`" + _N,
    "curly_apostrophe": "’" + _N,
    "tab": "\t" + _N,
    "student_number": "G" + _N,
    "school_number": "L" + _N,
}
#: Ways for some numbers only: resident IDs of those born in the 1900s; resident IDs whose type the extract states; any whose
#: type it states; then documents that are not 18 characters long, each in the ways of its kind.
FIFTEEN, CARD, TYPE, *_ = SPECIAL = ("fifteen_digits", "disability_card", "wrong_type")
_SPECIAL_FORMS = {
    "fifteen_digits": _N.str.slice(0, 6) + _N.str.slice(8, 9),
    "disability_card": _N + "43",
    "wrong_type": _N,
}
_PERMITS = {
    "reissue": _N + "01",
    "full_width_permit": _N.str.replace_many(_wide("0123456789HM")),
    "small_letter": _N.str.to_lowercase(),
    "spaced_permit": _N.str.slice(0, 1) + " " + _N.str.slice(1, 4) + " " + _N.str.slice(5),
    "social_security": pl.when(_N.str.starts_with("H")).then("HKG000000" + _N).when(_N.str.starts_with("M")).then("MAC000000" + _N)
    .otherwise("TWN000" + _N),
    "short_social_security": pl.when(_N.str.starts_with("H")).then("HKG" + _N).when(_N.str.starts_with("M")).then("MAC" + _N)
    .otherwise("TWN" + _N),
    "booklet": pl.when(_N.str.contains("^[0-9]")).then(_N + "01(B)").otherwise(_N + "02"),
}  # fmt: skip
FORMS = REPAIRS | _SPECIAL_FORMS | _PERMITS
WAYS = list(FORMS)
PERMIT_WAYS = [WAYS.index(way) for way in _PERMITS]
#: Ways of a resident ID of somebody born in the 1900s, in an extract that states the type.
ID_WAYS = [WAYS.index(way) for way in (*REPAIRS, *SPECIAL)]
SPACES = WAYS.index("spaces")
#: Values of the column ``writing``: as it comes, never damaged; a way n is n + 1.
AS_IT_COMES, CLEAN = 0, -1
DAY_1900, DAY_2000 = -25567, 10957
#: Type codes that the three kinds of 18 characters are wrongly stated as.
WRONG_TYPES = {RESIDENT_ID: (17, 7, 8, 99, 90), RESIDENCE_PERMIT: (1, 7, 4, 99), FOREIGN_PR: (1, 8, 17, 99)}


def certificates(book: Book, who: np.ndarray, paper=-1, writing=None, typed: bool = True, short_type: bool = False) -> tuple:
    """Certificate numbers and types of rows, about one in a hundred of 18 characters damaged so that it can be repaired.

    ``paper``, ``writing``: columns of the rows. ``typed``: the extract states the type, so that the number may be a disability
    card's, or the type wrong. ``short_type``: half the persons' rows have 1 for 01.
    """
    documents = book.documents
    at, texts = documents.at(who, paper), documents.texts
    writing = np.zeros(len(who), dtype=np.int64) if writing is None else writing
    by_chance = (book.rng.random(len(who)) < REPAIRED) & documents.have_18[at] & (writing == AS_IT_COMES)
    rows = np.flatnonzero(by_chance | (writing > 0))
    way = np.where(writing[rows] > 0, writing[rows] - 1, _ways(book, rows, at, typed))
    code = documents.codes[at]
    code[rows] = np.where(way == WAYS.index(CARD), 9, code[rows])
    wrong = rows[way == WAYS.index(TYPE)]
    code[wrong] = _wrong_codes(documents.kinds[at[wrong]], who[wrong])
    damaged = _damaged(texts.gather(at[rows]), way)
    at[rows] = len(texts) + np.arange(len(rows))
    types = TYPES if not short_type else pl.concat([TYPES, SHORT_TYPES])
    return pl.concat([texts, damaged]).gather(at), types.gather(code + 100 * (who % 2) if short_type else code)


def _ways(book: Book, rows: np.ndarray, at: np.ndarray, typed: bool) -> np.ndarray:
    """A way of damage by chance for each row, one that its document and the extract allow."""
    documents, people = book.documents, book.people
    way = book.rng.choice(ID_WAYS, len(rows))
    own = at[rows] < len(people.index)
    kind, person = documents.kinds[at[rows]], np.where(own, at[rows], 0)
    # how old the holder of an added document is, is not known here
    may_be_old = own & (kind == RESIDENT_ID) & (people.born[person] >= DAY_1900) & (people.born[person] < DAY_2000)
    refused = (way == WAYS.index(FIFTEEN)) & ~may_be_old
    refused |= (way == WAYS.index(CARD)) & ~((kind == RESIDENT_ID) & typed)
    refused |= (way == WAYS.index(TYPE)) & (not typed)
    return np.where(refused, SPACES, way)


def _wrong_codes(kind: np.ndarray, who: np.ndarray) -> np.ndarray:
    tables = np.array([np.resize(WRONG_TYPES.get(k, (0,)), 20) for k in range(FOREIGN_PR + 1)])
    return tables[kind, who % 20]


def _damaged(numbers: pl.Series, way: np.ndarray) -> pl.Series:
    frame = pl.DataFrame({"number": numbers, "way": way})
    text = _N
    for position, form in enumerate(FORMS.values()):
        text = pl.when(pl.col("way") == position).then(form).otherwise(text)
    return frame.select(text.alias("certno")).to_series()
