"""Rows that must be quarantined, old versions and copies: extra rows, so that the truth holds only if they are kept out."""

import numpy as np
import polars as pl

from sample_data.book import Book
from sample_data.extracts import Extract
from sample_data.people import digits_of, number

QUARANTINED, COPIED, SUPERSEDED = 0.008, 0.003, 0.002

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


def _rounded(n: pl.Series) -> pl.Series:
    """What a binary float leaves of the number, or a neighbour of it: with a check that does not hold, and not cut to 000."""
    whole = n.str.replace("X$", "0").cast(pl.Int64).to_numpy().astype(np.float64)
    best = np.zeros(len(whole), dtype=np.int64)
    for step in reversed(range(12)):
        other = (whole + step * np.spacing(whole)).astype(np.int64)
        holds = number(other // 10**12, other // 10**4 % 10**8, other // 10 % 1000).str.slice(17).cast(pl.Int64, strict=False)
        plain = (holds.fill_null(-1).to_numpy() != other % 10) & (other % 1000 != 0)
        best = np.where(plain, other, best)
    return pl.Series(best).cast(pl.String)


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
        "id_float_rounded": lambda n, book: _rounded(n),
        "id_is_a_name": lambda n, book: _cycle(["王芳", "欧阳静", "买买提·艾力"], len(n)),
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
        ("bad_date",): {"brdy": ["2021-02-30", "1985-13-01"]},
        ("unknown_code",): {"gend": ["7"]},
        ("end_before_start",): {"permit_admdvs": ["220102"], "permit_begin": ["2021-05-01"], "permit_end": ["2021-04-30"]},
    },
    "identity_link": {("bad_date",): {"link_date": ["2021-02-30"]}},
    "death": {("bad_date",): {"death_date": [None, "2021-02-30"]}},
    "assistance": {("bad_date",): {"begin": [None, "2021-02-30"]}, ("end_before_start",): {"begin": ["2021-05-01"], "end": ["2021-04-30"]}},
    "student": {
        ("bad_date",): {"entry_date": ["2021-09-31"]},
        ("unknown_code",): {"stage": ["幼儿园"]},
        ("end_before_start",): {"entry_date": ["2021-09-01"], "expected_graduation": ["2021-08-31"]},
    },
    "inpatient_stay": {("bad_date",): {"admitted_on": ["2021-02-30"]}, ("end_before_start",): {"admitted_on": ["2021-05-02"], "discharged_on": ["2021-05-01"]}},
}  # fmt: skip


def is_quiet(book: Book, extract: Extract) -> pl.Series:
    """Which rows of an extract are of persons about whom nothing is decided, or change no decision if they cannot be used."""
    enrolled = book.enrollments.columns()["who"]
    owners = {
        "enrollment": lambda: enrolled,
        "contribution": lambda: enrolled[book.contributions.columns()["enrollment"]],
        "resident": lambda: book.residents.columns()["who"],
        "identity_link": lambda: book.links.columns()["old_who"],
        "death": lambda: book.deaths.columns()["who"],
        "student": lambda: book.students.columns()["who"],
    }
    if extract.name not in owners:
        return pl.Series([True])
    return pl.Series(~np.isin(owners[extract.name](), enrolled[book.decisions.columns()["enrollment"]]))


def rejected_rows(book: Book, extract: Extract, frame: pl.DataFrame, length: int, first_key: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Extra rows that cannot be used, made of those in ``frame``, and the truth about them. ``length``: rows of the whole extract;
    ``first_key``: the first free key."""
    wanted = int(length * QUARANTINED)
    sources = frame.gather(book.rng.integers(0, max(len(frame), 1), wanted * 3)).filter(
        pl.col(extract.number).str.contains(r"^[1-6]\d{16}[0-9X]$")
    )
    sources = sources.head(wanted)
    kinds = [(reason,) for reason in _bad_numbers()] + list(FAULTS[extract.name])
    if extract.name in ("enrollment", "resident"):
        kinds.append(("id_excel_truncated", "by sex"))
    of_kind = (np.arange(len(sources)) + int(book.rng.integers(0, len(kinds)))) % len(kinds)
    parts, truths = [], []
    for position, kind in enumerate(kinds):
        rows = np.flatnonzero(of_kind == position)
        if len(rows):
            part, truth = _reject(book, extract, sources.gather(rows), kind, first_key + rows)
            parts.append(part)
            truths.append(truth)
    if extract.name == "enrollment" and len(sources) > 40:
        part, truth = _undecided(sources.head(len(sources) // 40), first_key + len(sources))
        parts.append(part)
        truths.append(truth)
    return (pl.concat(parts), pl.concat(truths)) if parts else (frame.clear(), _truth(extract, [], [], [], ()))


def _reject(book: Book, extract: Extract, rows: pl.DataFrame, kind: tuple, numbers: np.ndarray) -> tuple[pl.DataFrame, pl.DataFrame]:
    """``rows`` with new keys, damaged in the way of ``kind``."""
    keys = pl.Series(numbers).cast(pl.String)
    marker, number_column = extract.marker, extract.number
    marks = {"psn_name": "样本" + keys, "reason": "样本" + keys, "emp_no": "Q" + keys}.get(marker, keys)
    if extract.key:
        rows = rows.with_columns(keys.alias(extract.key))
    rows = rows.with_columns(marks.alias(marker))
    changes = [_cycle(values, len(rows)).alias(column) for column, values in FAULTS[extract.name].get(kind, {}).items()]
    makers = _bad_numbers()
    if kind[-1] == "by sex":
        changes += [_plausible(rows[number_column]).alias(number_column), _cycle(["1"], len(rows)).alias("gend")]
    else:
        changes += [makers[reason](rows[number_column], book).alias(number_column) for reason in kind if reason in makers]
    if extract.cert_type in rows.columns:
        changes.append(_cycle(["01"], len(rows)).alias(extract.cert_type))
    rows = rows.with_columns(changes)
    key = rows[extract.key] if extract.key else [None] * len(rows)
    return rows, _truth(extract, key, [marker] * len(rows), marks, tuple(r for r in kind if r != "by sex"))


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


def _truth(extract, key, marker_column, marker, reasons) -> pl.DataFrame:
    name = extract.name if extract else "enrollment"
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
