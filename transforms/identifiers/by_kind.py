"""Numbers that are not valid 18-character ones, even when repaired: every kind is asked whether a number is one of its own, and one of
them takes it."""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache, reduce
from operator import or_
from types import ModuleType

import numpy as np
import polars as pl

from contracts.reasons import REASON_BIT
from transforms.identifiers.damage import beyond_repair, of_no_number
from transforms.identifiers.eighteen import read
from transforms.identifiers.flags import FLAG_BIT, TYPE_CORRECTED
from transforms.identifiers.keys import text_key
from transforms.identifiers.kinds import KIND_CODE, KINDS, MODULES, other, passport, taiwan_permit
from transforms.identifiers.kinds.form18 import day_number, nobody_born
from transforms.identifiers.kinds.model import Document
from transforms.identifiers.kinds.stated import CODES, STATED, UNASKED, UNSTATED, agree

#: Stated types whose numbers are digits, but for an X.
OF_DIGITS = (UNSTATED, UNASKED, "01", "09", "17")
#: Reasons why the check character of a number of 18 characters fails.
CHECK_FAILS = ("id_checksum", "id_excel_truncated", "id_float_rounded")
_MASKS = {reason: 1 << bit for reason, bit in REASON_BIT.items()}
_MEANS = np.array([KIND_CODE[stated.means.NAME] for stated in STATED.values()], dtype=np.uint8)


def by_kind(documents: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """``documents``: ``text`` (repaired), ``stated`` (position in kinds.stated.CODES), ``nationality`` (alpha-3 or null).

    Returns in the same order ``person_key`` (0 where there is a reason), ``id_kind``, ``canonical`` (null where the key says
    it), ``id_flags``, ``id_reasons``.
    """
    types = pl.Series(CODES, dtype=pl.String).gather(documents["stated"])
    document = _document(as_of)
    asked = documents.with_columns(type=types).with_row_index("row").with_columns(
        beyond_repair=beyond_repair(document.text, document.stated.is_in(OF_DIGITS)), of_no_number=of_no_number(document.text)
    )  # fmt: skip
    asked = asked.with_columns(_kinds(asked, as_of))
    parts = asked.group_by("kind", "recognized")
    taken = pl.concat([_taken(part, _answers(MODULES[code], recognized, as_of)) for (code, recognized), part in parts]).sort("row")
    holds, reasons = read(taken["canonical"], day_number(as_of)), _with_birth_dates(taken["id_reasons"], documents["text"], as_of)
    kind = np.where(holds.valid, holds.kind, taken["kind"].to_numpy())
    by_text = pl.Series((reasons == 0) & ~holds.valid)
    canonical = pl.select(pl.when(by_text).then(taken["canonical"])).to_series()
    text_keys = text_key(pl.Series(KINDS, dtype=pl.String).gather(kind), canonical).to_numpy()
    corrected = (reasons == 0) & ~agree(documents["stated"].to_numpy(), None, kind)
    return pl.DataFrame(
        {
            "person_key": np.select([holds.valid, by_text.to_numpy()], [holds.key, text_keys], 0),
            "id_kind": kind,
            "canonical": canonical,
            "id_flags": taken["id_flags"].to_numpy() | corrected * np.uint16(TYPE_CORRECTED),
            "id_reasons": reasons,
        }
    )


def _with_birth_dates(reasons: pl.Series, texts: pl.Series, as_of: date) -> np.ndarray:
    """A check that fails is not all that is wrong with a number in which nobody can be born. ``reasons``: the first one of each."""
    masks = reasons.to_numpy().copy()
    failed = np.flatnonzero(np.isin(masks, [_MASKS[reason] for reason in CHECK_FAILS]))
    masks[failed] |= nobody_born(texts.gather(failed), as_of).to_numpy() * np.int32(_MASKS["id_birth_date"])
    return masks


def _kinds(asked: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """``kind``, the code of the kind that takes each number: one that the stated type may mean and that recognizes it; else one
    that claims it as its own; else what the stated type says. ``recognized``: whether it did."""
    stated, questions = asked["stated"].to_numpy(), _questions(as_of)
    kinds, recognized = _MEANS[stated], np.zeros(len(stated), dtype=bool)
    answers = asked.select(question.alias(str(n)) for n, (_, _, question) in enumerate(questions))
    for (kind, types, _), answer in zip(questions, answers, strict=True):
        at = np.flatnonzero(~recognized & types[stated] & answer.to_numpy())
        kinds[at], recognized[at] = kind, True
    return pl.DataFrame({"kind": kinds, "recognized": recognized})


# the questions are the same for every batch of a night, and to put them costs more than to answer them for a thousand rows
@lru_cache(maxsize=4)
def _questions(as_of: date) -> tuple[tuple[int, np.ndarray, pl.Expr], ...]:
    """(kind, by stated type whether it is asked, question), in the order in which they are put.

    The order of the kinds does not matter among those that one stated type may mean: no number has the form of two.
    """
    document = _document(as_of)

    def of(codes: Iterable[str]) -> np.ndarray:
        return np.isin(CODES, list(codes))

    asked = [(module, of(code for code, stated in STATED.items() if module in stated.may_be), module.recognizes) for module in MODULES]
    asked += [(module, of(CODES), module.unmistakable) for module in MODULES]
    asked += [(module, of([UNASKED]), module.may_be_meant) for module in (taiwan_permit, passport)]
    asked += [(other, of(code for code, stated in STATED.items() if stated.means is other), other.recognizes)]
    return tuple((KIND_CODE[module.NAME], types, question(document).fill_null(False)) for module, types, question in asked)


def _document(as_of: date) -> Document:
    return Document(pl.col("text"), pl.col("type"), pl.col("nationality"), as_of)


def _taken(numbers: pl.DataFrame, answers: tuple[pl.Expr, ...]) -> pl.DataFrame:
    """Numbers taken by one kind: ``row``, ``kind``, ``canonical`` (null where there is a reason), ``id_flags``, ``id_reasons``."""
    accepted = pl.col("reason").is_null()
    return numbers.select("row", "kind", *answers).select(
        "row",
        "kind",
        canonical=pl.when(accepted).then("canonical"),
        id_flags=pl.when(accepted).then("id_flags").otherwise(0).cast(pl.UInt16),
        id_reasons=pl.col("reason").replace_strict(_MASKS, return_dtype=pl.Int32).fill_null(0),
    )


@lru_cache(maxsize=8 * len(MODULES))
def _answers(module: ModuleType, recognized: bool, as_of: date) -> tuple[pl.Expr, ...]:
    """``canonical``, ``id_flags`` and ``reason`` (code or null) as a kind gives them for numbers that it recognizes, or not."""
    document = _document(as_of)
    bits = {"unusual_form": pl.lit(not recognized)} | module.flags(document)
    reasons = [pl.col("beyond_repair"), *([] if recognized else [module.reason(document)]), pl.col("of_no_number")]
    return (
        module.canonical(document).alias("canonical"),
        reduce(or_, (pl.when(holds).then(FLAG_BIT[flag]).otherwise(0) for flag, holds in bits.items())).alias("id_flags"),
        pl.coalesce(reasons).alias("reason"),
    )
