"""From a certificate number to a kind, a canonical form and a person key, or to the reasons why there is none.

Three kinds share the 18-character form and the first digits decide between them: 1-7 resident ID, 810000, 820000,
830000 residence permit, 9 the foreign permanent resident card of 2023. Where the stated type disagrees, the number
wins. Clean numbers, nearly all of them, take a path of three table look-ups; only the rest is repaired and sorted.
"""

from datetime import date

import numpy as np
import polars as pl

from contracts.reasons import REASON_BIT
from transforms.identifiers.clean import cleaned, is_placeholder
from transforms.identifiers.keys import text_key
from transforms.identifiers.mod11 import FIRST_YEAR, LAST_YEAR, check_value, plain_check_value, split

#: Kinds in a fixed order: the typed tables hold the position.
KINDS = (
    "resident_id", "residence_permit", "foreign_pr", "hk_macau_permit", "taiwan_permit", "passport",
    "military", "disability_card", "birth_certificate", "social_security_card", "other",
)  # fmt: skip
KIND_CODE = {kind: code for code, kind in enumerate(KINDS)}
KIND_OF_TYPE = {
    "02": "military", "03": "military", "04": "hk_macau_permit", "05": "hk_macau_permit", "06": "taiwan_permit",
    "07": "foreign_pr", "08": "passport", "16": "passport", "09": "disability_card", "90": "social_security_card",
}  # fmt: skip
#: Stated types whose number must be of the 18-character form (or the 15 digits before it).
EIGHTEEN_TYPES = ("01", "17", "09")

DERIVED_FROM_15, TYPE_CORRECTED, REPAIRED = 1, 2, 4
SCHEMA = {"person_key": pl.Int64, "id_kind": pl.UInt8, "canonical": pl.String, "id_flags": pl.UInt8, "id_reasons": pl.Int32}


def identify(certno: pl.Series, cert_type: pl.Series, as_of: date) -> pl.DataFrame:
    """Kind, person key and reasons of every number.

    ``certno``, ``cert_type``: text columns of equal length, nulls allowed. Returns one row per input row:
    ``person_key`` int64 (null where there is a reason), ``id_kind`` position in KINDS, ``canonical`` text of the kinds
    that are not 18 characters long (the others are rebuilt from the key), ``id_flags`` and ``id_reasons`` bit masks.
    """
    key, valid = _eighteen(certno, as_of)
    kind = _kind_of_key(key)
    valid &= kind >= 0
    flags = np.where(valid & _type_disagrees(cert_type, kind), TYPE_CORRECTED, 0).astype(np.uint8)
    absent = certno.is_null()
    result = pl.DataFrame(
        {
            "person_key": pl.Series(np.where(valid, key, 0)),
            "id_kind": pl.Series(np.where(valid, kind, 0).astype(np.uint8)),
            "canonical": pl.Series([None], dtype=pl.String).new_from_index(0, len(key)),
            "id_flags": pl.Series(flags),
            "id_reasons": absent.cast(pl.Int32) * (1 << REASON_BIT["id_missing"]),
        },
        schema=SCHEMA,
    )
    result = result.with_columns(person_key=pl.when(~pl.lit(absent)).then("person_key")) if absent.any() else result
    rest = np.flatnonzero(~valid & ~absent.to_numpy())
    if not len(rest):
        return result
    slow = _identify_slowly(certno.gather(rest), cert_type.gather(rest), as_of)
    order = np.full(len(key), -1, dtype=np.int64)
    order[rest] = np.arange(len(rest))
    # rows of the slow path stand behind the clean ones; one gather puts all in their place
    return pl.concat([result, slow]).select(pl.all().gather(pl.lit(pl.Series(np.where(order < 0, np.arange(len(key)), len(key) + order)))))


def _eighteen(text: pl.Series, as_of: date) -> tuple[np.ndarray, np.ndarray]:
    """Key of each text by its first 17 characters, and whether all 18 make a valid number on ``as_of``."""
    parts = pl.select(
        key=text.str.slice(0, 17).cast(pl.Int64, strict=False).fill_null(-1),
        last=pl.when(text.str.slice(17) == "X")
        .then(10)
        .otherwise(text.str.slice(17).cast(pl.Int8, strict=False))
        .fill_null(-1)
        .cast(pl.Int8),
        length=text.str.len_bytes().fill_null(0),
    )
    key = parts["key"].to_numpy()
    check = check_value(key)
    born = split(key)[1]
    valid = (parts["length"].to_numpy() == 18) & (key >= 10**16) & (check >= 0) & (parts["last"].to_numpy() == check)
    return key, valid & (born <= as_of.year * 10000 + as_of.month * 100 + as_of.day)


def _kind_of_key(key: np.ndarray) -> np.ndarray:
    """Code of the 18-character kind of each key; -1 where the first digits belong to none."""
    first, place = key // 10**16, key // 10**11
    permit = (place == 810000) | (place == 820000) | (place == 830000)
    kinds = (KIND_CODE["resident_id"], KIND_CODE["residence_permit"], KIND_CODE["foreign_pr"])
    return np.select([(first >= 1) & (first <= 7), permit, first == 9], kinds, -1).astype(np.int8)


def _type_disagrees(cert_type: pl.Series, kind: np.ndarray) -> np.ndarray:
    stated = cert_type.replace_strict({"01": 0, "17": 1, "07": 2}, default=-1, return_dtype=pl.Int8)
    return (stated.fill_null(-2).to_numpy() != kind) & cert_type.is_not_null().to_numpy()


def _identify_slowly(certno: pl.Series, cert_type: pl.Series, as_of: date) -> pl.DataFrame:
    """The same for numbers that are not clean: repaired, then by kind, then sorted by what is wrong with them."""
    frame = pl.DataFrame({"raw": certno, "type": cert_type}).with_columns(text=cleaned(pl.col("raw")))
    card = pl.col("text").str.slice(0, 18)
    is_card = (pl.col("type") == "09") & pl.col("text").str.contains(r"^\d{17}[0-9X]\d[0-9]")
    frame = frame.with_columns(number=pl.when(is_card).then(card).otherwise(pl.col("text")))
    fifteen = pl.col("number").str.contains(r"^\d{15}$") & pl.col("type").fill_null("01").is_in(["01", "09", "17"])
    fifteen = fifteen.fill_null(False)
    frame = frame.with_columns(fifteen=fifteen, number=pl.when(fifteen).then(_from_fifteen()).otherwise(pl.col("number")))

    key, valid = _eighteen(frame["number"], as_of)
    kind = _kind_of_key(key)
    valid &= kind >= 0
    text_kind = frame["type"].replace_strict(KIND_OF_TYPE, default="other", return_dtype=pl.String)
    must_be_18 = frame["type"].fill_null("01").is_in(EIGHTEEN_TYPES).to_numpy()
    reasons = np.where(valid, 0, _reasons(frame, key, must_be_18, as_of)).astype(np.int32)
    by_text = ~valid & (reasons == 0)
    frame = frame.with_columns(kind=text_kind).with_columns(text=_without_reissue())
    flags = np.where(valid & frame["fifteen"].to_numpy(), DERIVED_FROM_15, 0)
    flags |= np.where(valid & _type_disagrees(cert_type, kind), TYPE_CORRECTED, 0)
    flags |= np.where(frame.select(pl.col("raw").ne_missing(pl.col("text"))).to_series().to_numpy(), REPAIRED, 0)
    keys = pl.Series(np.where(valid, key, 0))
    canonical = pl.select(pl.when(pl.Series(by_text)).then(frame["text"])).to_series()
    keys = pl.select(pl.when(pl.Series(valid)).then(keys).when(pl.Series(by_text)).then(text_key(text_kind, frame["text"]))).to_series()
    codes = np.where(valid, kind, text_kind.replace_strict(KIND_CODE, return_dtype=pl.UInt8).to_numpy())
    return pl.DataFrame(
        {"person_key": keys, "id_kind": pl.Series(codes.astype(np.uint8)), "canonical": canonical,
         "id_flags": pl.Series(flags.astype(np.uint8)), "id_reasons": pl.Series(reasons)},
        schema=SCHEMA,
    )  # fmt: skip


def _without_reissue() -> pl.Expr:
    """Travel permits keep their first part for life: H or M + 8 digits, or 8 digits; what counts reissues is dropped."""
    text, kind = pl.col("text"), pl.col("kind")
    permit = (kind == "hk_macau_permit") & text.str.contains(r"^[HM]\d{10}$")
    booklet = (kind == "taiwan_permit") & text.str.contains(r"^\d{8}\d{2}(\([A-Z]\))?$")
    return pl.when(permit).then(text.str.slice(0, 9)).when(booklet).then(text.str.slice(0, 8)).otherwise(text)


def _from_fifteen() -> pl.Expr:
    """18 characters from 15 digits: century 18 for the sequences 996-999 kept for centenarians, else 19; check added."""
    number = pl.col("number")
    century = pl.when(number.str.slice(12).is_in(["996", "997", "998", "999"])).then(pl.lit("18")).otherwise(pl.lit("19"))
    first17 = number.str.slice(0, 6) + century + number.str.slice(6)

    def with_check(texts: pl.Series) -> pl.Series:
        keys = texts.cast(pl.Int64, strict=False).fill_null(0).to_numpy()
        checks = pl.Series(plain_check_value(keys)).cast(pl.String).replace("10", "X")
        return texts + checks

    return first17.map_batches(with_check, return_dtype=pl.String, is_elementwise=True)


def _reasons(frame: pl.DataFrame, key: np.ndarray, must_be_18: np.ndarray, as_of: date) -> np.ndarray:
    """The first thing that is wrong with each number that is not valid, as a bit; 0 where text may stand as it is."""
    text, number = frame["text"], frame["number"]

    def holds(series: pl.Series) -> np.ndarray:
        return series.fill_null(False).to_numpy()

    digits18 = holds(number.str.contains(r"^\d{17}[0-9X]$"))
    looks_18 = digits18 | must_be_18
    born = split(key)[1]
    today = as_of.year * 10000 + as_of.month * 100 + as_of.day
    check = check_value(np.where(digits18, key, 0))
    last = (
        pl.select(
            pl.when(number.str.slice(17, 1) == "X").then(10).otherwise(number.str.slice(17, 1).cast(pl.Int8, strict=False)).fill_null(-1)
        )
        .to_series()
        .to_numpy()
    )
    sum_ok = digits18 & (plain_check_value(np.where(digits18, key, 0)) == last)
    no_day = digits18 & ((check < 0) | (born > today))
    spacing = np.select([key < 14_411_518_807_585_587, key < 28_823_037_615_171_174, key < 57_646_075_230_342_348], [16, 32, 64], 128)
    whole = np.where(digits18 & (last >= 0) & (last < 10), key % 10**16 * 10 + last, 1)
    rounded = digits18 & ~sum_ok & (last < 10) & ((whole + (key // 10**16 % spacing) * (10**17 % spacing)) % spacing == 0)
    found = [
        (holds(frame.select(is_placeholder(pl.col("text"))).to_series()), "id_missing"),
        (holds(text.str.contains(r"\*")) | holds(text.str.contains(r"X{3,}")), "id_masked"),
        (holds(text.str.contains(r"^\d(\.\d+)?E\+?\d+$")), "id_excel_scientific"),
        (looks_18 & holds(text.str.contains(r"^[\p{Han}·]{2,}$")), "id_is_a_name"),
        (digits18 & ~sum_ok & holds(number.str.ends_with("000")), "id_excel_truncated"),
        (rounded, "id_float_rounded"),
        (digits18 & sum_ok & no_day, "id_birth_date"),
        (digits18 & ~sum_ok, "id_checksum"),
        (frame["fifteen"].to_numpy(), "id_birth_date"),
        (must_be_18 & ~holds(text.str.contains(r"^[0-9X]+$")), "id_characters"),
        (must_be_18 & (holds(text.str.len_chars() != 18)), "id_length"),
        (must_be_18, "id_characters"),
    ]
    return np.select([mask for mask, _ in found], [1 << REASON_BIT[reason] for _, reason in found], 0)


__all__ = ["DERIVED_FROM_15", "FIRST_YEAR", "KINDS", "KIND_CODE", "LAST_YEAR", "REPAIRED", "SCHEMA", "TYPE_CORRECTED", "identify"]
