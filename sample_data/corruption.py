"""Damage: numbers that can be repaired, names in another spelling, rows that must be quarantined, old versions and copies.

Repairs and spellings change how a row looks and never what it means. Rows for the quarantine are extra rows, so that
the truth holds only if they are kept out.
"""

import numpy as np
import polars as pl

from sample_data.book import Book
from sample_data.layouts import Layout
from sample_data.people import CERT_TYPE, NAMES, RESIDENT_ID, VARIANTS, digits_of, number

REPAIRED, RESPELLED = 0.012, 0.01
QUARANTINED, COPIED, SUPERSEDED = 0.008, 0.003, 0.002
ALL_NAMES = pl.concat([NAMES, VARIANTS])
TYPES = pl.Series([f"{n:02d}" for n in range(100)])

# --- numbers that can be repaired

_N = pl.col("number")
#: Ways in which a number is damaged and can be repaired (identifiers.md, Repairs).
REPAIRS = {
    "full_width": _N.str.replace_many(list("0123456789X"), list("０１２３４５６７８９Ｘ")),
    "spaces": _N.str.slice(0, 6) + " " + _N.str.slice(6, 8) + " " + _N.str.slice(14),
    "apostrophe": "'" + _N,
    "hyphens": _N.str.slice(0, 6) + "-" + _N.str.slice(6, 8) + "-" + _N.str.slice(14),
    "zero_width": _N.str.slice(0, 10) + "\u200b" + _N.str.slice(10),
    "formula": '="' + _N + '"',
    "wide_space": "\u3000" + _N + " ",
    "small_x": _N.str.replace("X$", "x"),
    "times_sign": _N.str.replace("X$", "×"),
    "greek_chi": _N.str.replace("X$", "Χ"),
    "cyrillic_ha": _N.str.replace("X$", "х"),
    "fifteen_digits": _N.str.slice(0, 6) + _N.str.slice(8, 9),
    "disability_card": _N + "43",
}
WAYS = list(REPAIRS)
SPACES, FIFTEEN, DISABILITY_CARD = (WAYS.index(way) for way in ("spaces", "fifteen_digits", "disability_card"))
DAY_1900, DAY_2000 = -25567, 10957


def certificates(book: Book, who: np.ndarray, typed: bool, paper=None, short_type: bool = False) -> tuple[pl.Series, pl.Series]:
    """Certificate numbers and types of the rows of ``who``, about one in a hundred damaged so that it can be repaired.

    ``typed``: the extract states the type, so that a disability card can stand for the number it begins with.
    ``short_type``: half the persons' rows have 1 for 01. ``paper`` 1: the reissue digits of a travel permit are there.
    """
    people, n = book.people, len(book.people.index)
    at, code = who.copy(), CERT_TYPE[people.kind[who]]
    rows = np.flatnonzero((book.rng.random(len(who)) < REPAIRED) & people.has_number[who])
    way = _ways(book, who[rows], typed)
    at[rows] = n + np.arange(len(rows))
    code[rows[way == DISABILITY_CARD]] = 9
    pools = [people.certno, _damaged(people.certno.gather(who[rows]), way)]
    if paper is not None and paper.any():
        reissued = np.flatnonzero(paper == 1)
        at[reissued] = n + len(rows) + np.arange(len(reissued))
        pools.append(people.certno.gather(who[reissued]) + "01")
    types = TYPES.gather(code)
    if short_type:
        types = pl.select(pl.when(pl.Series((who % 2 == 1) & (code == 1))).then(pl.lit("1")).otherwise(types)).to_series()
    return pl.concat(pools).gather(at), types


def _ways(book: Book, who: np.ndarray, typed: bool) -> np.ndarray:
    """A way of damage for each row: 15 digits only for those born in the 1900s, a disability card only where the type says so."""
    people = book.people
    way = book.rng.integers(0, len(WAYS), len(who))
    ordinary, born = people.kind[who] == RESIDENT_ID, people.born[who]
    way = np.where((way == FIFTEEN) & ~(ordinary & (born >= DAY_1900) & (born < DAY_2000)), SPACES, way)
    return np.where((way == DISABILITY_CARD) & ~(ordinary & typed), SPACES, way)


def _damaged(certno: pl.Series, way: np.ndarray) -> pl.Series:
    frame = pl.DataFrame({"number": certno, "way": way})
    text = _N
    for position, form in enumerate(REPAIRS.values()):
        text = pl.when(pl.col("way") == position).then(form).otherwise(text)
    return frame.select(text.alias("certno")).to_series()


def names_of(name: np.ndarray, shift, rng) -> pl.Series:
    """Names by number, a few in another spelling; ``shift`` 0 is the person's own name, anything else another one."""
    at = (name + np.asarray(shift) * 1009) % len(NAMES)
    return ALL_NAMES.gather(np.where(rng.random(len(at)) < RESPELLED, at + len(NAMES), at))


# --- rows for the quarantine


def _wrong_check(n: pl.Series) -> pl.Series:
    """Another last character, an odd digit: what is left of a float is never odd."""
    return pl.select(n.str.slice(0, 17) + pl.when(n.str.slice(17) == "3").then(pl.lit("5")).otherwise(pl.lit("3"))).to_series()


def _no_such_day(n: pl.Series, book: Book) -> pl.Series:
    tomorrow = int(digits_of(np.array([book.calendar.today + 40]))[0])
    births = np.resize(np.array([19900230, 19851301, tomorrow, 19990431]), len(n))
    places, sequences = (n.str.slice(*cut).cast(pl.Int64).to_numpy() for cut in ((0, 6), (14, 3)))
    return number(places, births, sequences)


def _truncated(n: pl.Series) -> pl.Series:
    """Fifteen digits and 000; a digit is changed where the check would hold by chance."""
    key = n.str.slice(0, 15).cast(pl.Int64).to_numpy() * 100
    births, places, sequences = key // 1000 % 10**8, key // 10**11, key % 1000
    holds = number(places, births, sequences).str.ends_with("0").to_numpy()
    sequences = np.where(holds, (sequences + 100) % 1000, sequences)
    key = places * 10**11 + births * 1000 + sequences
    return pl.Series(key).cast(pl.String) + "0"


def _plausible(n: pl.Series) -> pl.Series:
    """Fifteen digits and 000 with a check that holds; where none is found, one that does not."""
    best = _truncated(n)
    places, births = (n.str.slice(*cut).cast(pl.Int64).to_numpy() for cut in ((0, 6), (6, 8)))
    for step in range(50):
        other = number(places, births // 100 * 100 + 1 + step // 10, np.full(len(n), step % 10 * 100))
        best = pl.select(pl.when(other.str.ends_with("000")).then(other).otherwise(best)).to_series()
    return best


def _cycle(words: list, length: int) -> pl.Series:
    return pl.Series([words[i % len(words)] for i in range(length)], dtype=pl.String)


def _bad_numbers() -> dict:
    """What is wrong with the number -> how such a number is made from a good one."""
    return {
        "id_missing": lambda n, book: _cycle([None, "无", "暂无", "同上", "000000000000000000"], len(n)),
        "id_length": lambda n, book: pl.select(
            pl.when(pl.int_range(len(n)) % 2 == 0).then(n.str.slice(0, 17)).otherwise(n.str.slice(0, 16) + "123")
        ).to_series(),
        "id_characters": lambda n, book: n.str.slice(0, 9) + "O" + n.str.slice(10),
        "id_checksum": lambda n, book: _wrong_check(n),
        "id_birth_date": _no_such_day,
        "id_excel_truncated": lambda n, book: _truncated(n),
        "id_excel_scientific": lambda n, book: n.str.slice(0, 1) + "." + n.str.slice(1, 5) + "E+17",
        "id_masked": lambda n, book: n.str.slice(0, 6) + "********" + n.str.slice(14),
    }


#: Reasons -> columns that say so, beyond the number. A list of values is dealt out row by row.
FAULTS = {
    "enrollment": {
        ("missing_key",): {"psn_insu_rlts_id": [None]},
        ("ended_without_date",): {"psn_insu_stas": ["2", "4"], "paus_insu_date": [None]},
        ("end_before_start",): {"psn_insu_stas": ["4"], "crt_insu_date": ["2021-05-01"], "paus_insu_date": ["2021-04-30"]},
        ("bad_date",): {"crt_insu_date": [None, "2021-02-30", "2021-13-01"], "psn_insu_stas": ["1"], "paus_insu_date": [None]},
        ("unknown_code",): {"psn_insu_stas": ["9", "正"], "paus_insu_date": [None]},
        ("ended_without_date", "id_checksum"): {"psn_insu_stas": ["2"], "paus_insu_date": [None]},
    },
    "contribution": {
        ("missing_key",): {"clct_detl_id": [None]},
        ("bad_date",): {"accrym_begn": [None, "202113", "2021"]},
        ("end_before_start",): {"accrym_begn": ["202105"], "accrym_end": ["202104"]},
        ("unknown_code",): {"revs_flag": ["Q", None]},
        ("unparseable_number",): {"psn_clct_amt": ["四百", "4OO.00"]},
        ("id_checksum", "unparseable_number"): {"psn_clct_amt": ["?"]},
    },
    "resident": {
        ("bad_date",): {"brdy": ["20210230", "19851301"]},
        ("unknown_code",): {"gend": ["7"]},
        ("end_before_start",): {"permit_admdvs": ["220102"], "permit_begin": ["20210501"], "permit_end": ["20210430"]},
    },
    "death": {("bad_date",): {"death_date": [None, "2021-02-30"]}},
    "assistance": {("bad_date",): {"begin": [None, "20210230"]}, ("end_before_start",): {"begin": ["20210501"], "end": ["20210430"]}},
    "student": {
        ("bad_date",): {"entry_date": ["2021-09-31"]},
        ("unknown_code",): {"stage": ["幼儿园"]},
        ("end_before_start",): {"entry_date": ["2021-09-01"], "expected_graduation": ["2021-08-31"]},
    },
    "inpatient_stay": {("bad_date",): {"admitted_on": ["2021-02-30"]}, ("end_before_start",): {"admitted_on": ["2021-05-02"], "discharged_on": ["2021-05-01"]}},
}  # fmt: skip
#: Column that marks a row of the quarantine where there is no key.
MARKERS = {"enrollment": "psn_no", "contribution": "emp_no", "inpatient_stay": "psn_insu_rlts_id"}


def rejected_rows(book: Book, layout: Layout, frame: pl.DataFrame, first_key: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Extra rows that cannot be used, and the truth about them. ``first_key``: the first free number for a key."""
    wanted = int(len(frame) * QUARANTINED)
    sources = frame.gather(book.rng.integers(0, max(len(frame), 1), wanted * 3)).filter(
        pl.col("certno").str.contains(r"^[1-6]\d{16}[0-9X]$")
    )
    sources = sources.head(wanted)
    kinds = [(reason,) for reason in _bad_numbers()] + list(FAULTS[layout.name])
    if layout.name in ("enrollment", "resident"):
        kinds.append(("id_excel_truncated", "by sex"))
    of_kind = (np.arange(len(sources)) + int(book.rng.integers(0, len(kinds)))) % len(kinds)
    parts, truths = [], []
    for position, kind in enumerate(kinds):
        rows = np.flatnonzero(of_kind == position)
        if len(rows):
            part, truth = _reject(book, layout, sources.gather(rows), kind, first_key + rows)
            parts.append(part)
            truths.append(truth)
    if layout.name == "enrollment" and len(sources) > 40:
        part, truth = _undecided(sources.head(len(sources) // 40), first_key + len(sources))
        parts.append(part)
        truths.append(truth)
    return (pl.concat(parts), pl.concat(truths)) if parts else (frame.clear(), _truth(layout, [], [], [], ()))


def _reject(book: Book, layout: Layout, rows: pl.DataFrame, kind: tuple, numbers: np.ndarray) -> tuple[pl.DataFrame, pl.DataFrame]:
    """``rows`` with new keys, damaged in the way of ``kind``."""
    keys = pl.Series(numbers).cast(pl.String)
    marker = MARKERS.get(layout.name, "psn_name")
    marks = {"psn_name": "样本" + keys, "emp_no": "Q" + keys}.get(marker, keys)
    if layout.key:
        rows = rows.with_columns(keys.alias(layout.key))
    rows = rows.with_columns(marks.alias(marker))
    changes = [_cycle(values, len(rows)).alias(column) for column, values in FAULTS[layout.name].get(kind, {}).items()]
    makers = _bad_numbers()
    if kind[-1] == "by sex":
        changes += [_plausible(rows["certno"]).alias("certno"), _cycle(["1"], len(rows)).alias("gend")]
    else:
        changes += [makers[reason](rows["certno"], book).alias("certno") for reason in kind if reason in makers]
    if "psn_cert_type" in rows.columns:
        changes.append(_cycle(["01"], len(rows)).alias("psn_cert_type"))
    rows = rows.with_columns(changes)
    key = rows[layout.key] if layout.key else [None] * len(rows)
    return rows, _truth(layout, key, [marker] * len(rows), marks, tuple(r for r in kind if r != "by sex"))


def _undecided(rows: pl.DataFrame, first: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Pairs of one key that differ and are equally old: nothing says which one holds."""
    keys = pl.Series(first + np.arange(len(rows))).cast(pl.String)
    rows = rows.with_columns(
        keys.alias("psn_insu_rlts_id"),
        keys.alias("psn_no"),
        pl.lit("2021-06-01 09:00:00").alias("updt_time"),
        pl.lit("01").alias("psn_cert_type"),
    )
    other = rows.with_columns(
        pl.lit("另一经办").alias("crter_name"), pl.lit("220281").alias("insu_admdvs"), pl.lit("220200").alias("poolarea_no")
    )
    both = pl.concat([keys, keys])
    return pl.concat([rows, other]), _truth(None, both, ["psn_no"] * len(both), both, ("duplicate_key",))


def _truth(layout, key, marker_column, marker, reasons) -> pl.DataFrame:
    name = layout.name if layout else "enrollment"
    text = {"key": key, "marker_column": marker_column, "marker": marker}
    frame = pl.DataFrame(text, schema=dict.fromkeys(text, pl.String))
    return frame.select(pl.lit(name).alias("extract"), pl.all(), pl.lit(sorted(reasons), dtype=pl.List(pl.String)).alias("reasons"))


# --- old versions and copies


def old_versions(book: Book, frame: pl.DataFrame) -> pl.DataFrame:
    """Earlier versions of a few enrollment rows: the same key, an older updt_time, another start and no end."""
    rows = frame.gather(np.flatnonzero(book.rng.random(len(frame)) < SUPERSEDED)).filter(pl.col("updt_time").is_not_null())
    return rows.with_columns(
        pl.lit("2014-01-01").alias("crt_insu_date"), pl.lit(None, pl.String).alias("paus_insu_date"), pl.lit(None, pl.String).alias("trt_begn_date"),
        pl.lit("1").alias("psn_insu_stas"), pl.lit("2015-03-01 08:30:00").alias("updt_time"),
    )  # fmt: skip


def copies(book: Book, frame: pl.DataFrame) -> pl.DataFrame:
    """Exact copies of a few rows."""
    return frame.gather(np.flatnonzero(book.rng.random(len(frame)) < COPIED))
