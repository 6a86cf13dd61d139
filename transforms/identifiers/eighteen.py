"""Whole columns of 18-character numbers read from their bytes: person key, kind, and whether the number holds.

A number is three machine words. The digits of a word are checked and turned into numbers all at once (SWAR, "SIMD within a
register"); what they mean is looked up in five small tables that stay in the first-level cache: partial sums of MOD 11-2,
kinds, years and days. Rows are taken in blocks that stay in the second-level cache.
"""

from functools import cache
from typing import NamedTuple

import numpy as np
import polars as pl

from transforms.identifiers.mod11 import CHECK_CHARACTERS, FIRST_YEAR, LAST_YEAR, WEIGHTS, weighted

LENGTH = 18
#: Rows worked on at a time; 8 Ki to 64 Ki measure alike.
BLOCK = 1 << 15

#: Kinds of the 18-character form by their code (the position in KINDS), and by the first two digits.
RESIDENT_ID, RESIDENCE_PERMIT, FOREIGN_PR = 0, 1, 2

# per byte of a word: the character 0; what makes anything above 9 reach the highest bit; the highest bit
_ZEROS, _TO_HIGH, _HIGH = (int.from_bytes(bytes([b]) * 8) for b in (0x30, 0x76, 0x80))
_PAIRS, _FOURS = 0x00FF00FF00FF00FF, 0x0000FFFF0000FFFF
#: Bytes that are no digits can make four-digit numbers as large as this; what the tables say of those is not used.
_LARGEST = 255 * 100 + 255
#: An entry of a table: the partial sum, the kind, "not together with the same mark next to it", "never".
_SUM, _KIND_AT, _NOT_BOTH, _NEVER = 0x0F, 4, 0x40, 0x80
#: The check character for each sum, and x, where a digit d stands for itself.
_EXPECTED = np.array([ord(CHECK_CHARACTERS[total % 11]) ^ 0x30 for total in range(5 * _SUM + 1)], dtype=np.uint8)
_LOWER_X, _UPPER_X = ord("x") ^ 0x30, ord("X") ^ 0x30


class Eighteen(NamedTuple):
    """Per number: ``key`` its first 17 digits (int64), ``kind`` code (uint8), ``valid``, and ``lower``: it ends in x for X.

    Where not ``valid`` the others mean nothing.
    """

    key: np.ndarray
    kind: np.ndarray
    valid: np.ndarray
    lower: np.ndarray


def read(texts: pl.Series, today: int) -> Eighteen:
    """Every text of a column; null, and what is not 18 bytes long, is not valid. ``today``: YYYYMMDD, no birth is later."""
    raw = texts.to_arrow(compat_level=pl.CompatLevel.oldest())
    rows = len(raw)
    found = _empty(rows)
    if not rows or raw.buffers()[2] is None:
        return found
    starts = np.frombuffer(raw.buffers()[1], np.int64, rows + 1, raw.offset * 8)
    data = np.frombuffer(raw.buffers()[2], np.uint8)
    for begin in range(0, rows, BLOCK):
        end = min(begin + BLOCK, rows)
        _read_block(data, starts[begin : end + 1], today, Eighteen(*(column[begin:end] for column in found)))
    if texts.null_count():
        # what lies in the buffer under a null is nobody's number
        np.logical_and(found.valid, texts.is_not_null().to_numpy(), out=found.valid)
    return found


def _empty(rows: int) -> Eighteen:
    return Eighteen(np.zeros(rows, np.int64), np.zeros(rows, np.uint8), np.zeros(rows, bool), np.zeros(rows, bool))


def _read_block(data: np.ndarray, starts: np.ndarray, today: int, out: Eighteen) -> None:
    """Read one block into ``out``, parts of the result's columns; ``starts``: where its texts start in ``data``, and the end."""
    is_18 = np.diff(starts) == LENGTH
    if is_18.all():
        _read_records(data[starts[0] : starts[-1]], today, out)
    elif is_18.any():
        at = np.flatnonzero(is_18)
        # any 18 bytes of the buffer seen as one item: the gather copies each number once
        anywhere = np.ndarray(len(data) - LENGTH + 1, f"V{LENGTH}", data, 0, (1,))
        some = _empty(len(at))
        _read_records(anywhere[starts[at]], today, some)
        for column, values in zip(out, some, strict=True):
            column[at] = values


def _read_records(records: np.ndarray, today: int, out: Eighteen) -> None:
    """Read numbers that lie one behind the other, 18 bytes each: 6 of the place, 8 of the birth date, 3 of the sequence, 1."""
    place, strange_place = _digits(records, 0, "<u8", skip=2)
    born, strange_birth = _digits(records, 6, "<u8")
    sequence, strange_end = _digits(records, 14, "<u4", skip=1)
    province, county, year, day, order = (
        table[digits] for table, digits in zip(_tables(), (*_halves(place), *_halves(born), sequence), strict=True)
    )
    total = (province & _SUM) + (county & _SUM) + (year & _SUM) + (day & _SUM) + order
    never = ((province | year | day) & _NEVER) | ((province & county | year & day) & _NOT_BOTH)
    np.right_shift(province & 0x30, _KIND_AT, out=out.kind)
    last = np.ndarray(len(total), "u1", records, LENGTH - 1, (LENGTH,)) ^ 0x30
    if np.equal(last, _LOWER_X, out=out.lower).any():
        last[out.lower] = _UPPER_X
    born = _eight(born)
    np.equal(last, _EXPECTED[total], out=out.valid)
    np.logical_and(out.valid, (strange_place | strange_birth | strange_end) == 0, out=out.valid)
    np.logical_and(out.valid, (never == 0) & (born <= today), out=out.valid)
    np.copyto(out.key.view(np.uint64), _eight(place) * 10**11 + born * 1000 + sequence)


def _digits(records: np.ndarray, offset: int, word: str, skip: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """The digits of one word of each record by four, and what is not 0 where one of them is no digit.

    ``skip``: how many of its characters belong to the next word; as many zeros come in front, so that the rest is a number.
    """
    words = np.ndarray(records.nbytes // LENGTH, word, records, offset, (LENGTH,))
    whole = 64 - 8 * words.itemsize
    words = (words ^ (_ZEROS >> whole)) << 8 * skip
    strange = ((words + (_TO_HIGH >> whole)) | words) & (_HIGH >> whole)
    words = (words * 10 + (words >> 8)) & (_PAIRS >> whole)
    return (words * 100 + (words >> 16)) & (_FOURS >> whole), strange


def _halves(fours: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """First and last four digits of eight."""
    halves = fours.view(np.uint16)
    return halves[0::4], halves[2::4]


def _eight(fours: np.ndarray) -> np.ndarray:
    return (fours * 10_000 + (fours >> 32)) & 0xFFFFFFFF


@cache
def _tables() -> tuple[np.ndarray, ...]:
    """By four digits: province (00 and two digits), county, year, month and day, sequence (0 and three digits)."""
    numbers = np.arange(_LARGEST + 1)

    def table(*weights: int) -> np.ndarray:
        return np.resize(weighted(4, weights), len(numbers))

    province, county = table(0, 0, *WEIGHTS[:2]), table(*WEIGHTS[2:6])
    year, day, order = table(*WEIGHTS[6:10]), table(*WEIGHTS[10:14]), table(0, *WEIGHTS[14:])
    permit, foreign = np.isin(numbers, (81, 82, 83)), numbers // 10 == 9
    province[permit] |= RESIDENCE_PERMIT << _KIND_AT | _NOT_BOTH
    province[foreign] |= FOREIGN_PR << _KIND_AT
    province[~permit & ~foreign & ((numbers < 10) | (numbers >= 80))] |= _NEVER
    county[numbers != 0] |= _NOT_BOTH
    is_leap = (numbers % 4 == 0) & (numbers % 100 != 0) | (numbers % 400 == 0)
    year[~is_leap] |= _NOT_BOTH
    year[(numbers < FIRST_YEAR) | (numbers >= LAST_YEAR)] |= _NEVER
    month, in_month = numbers // 100, numbers % 100
    longest = np.array([0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])[np.where(month <= 12, month, 0)]
    day[(in_month < 1) | (in_month > longest)] |= _NEVER
    day[229] |= _NOT_BOTH
    return province, county, year, day, order
