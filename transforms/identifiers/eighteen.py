"""Numbers of 18 characters read from their bytes: person key, kind, and whether the number holds (GB 11643-1999; the check character
is that of ISO 7064, MOD 11-2). The loop over them is transforms/native: nearly every row of every extract has one."""

from typing import NamedTuple

import numpy as np
import polars as pl
import pyarrow as pa

from transforms.identifiers.flags import FLAG_BIT
from transforms.native import read_numbers

#: Kinds of the 18-character form by their position in KINDS, as native.c numbers them.
RESIDENT_ID, RESIDENCE_PERMIT, FOREIGN_PR = 0, 1, 2
#: Repairs made while reading, in the order of native.c.
_REPAIRS = np.array([FLAG_BIT[repair] for repair in ("case", "spaces", "width")], np.uint16)


class Eighteen(NamedTuple):
    """Per number: ``key`` its first 17 digits (int64), ``kind`` code (uint8), ``valid``, and ``flags``, the repairs it took (uint16).

    Where not ``valid``, ``flags`` are 0 and the others mean nothing.
    """

    key: np.ndarray
    kind: np.ndarray
    valid: np.ndarray
    flags: np.ndarray


def read(texts: pl.Series | pa.StringArray, today: int) -> Eighteen:
    """Every text of a column, a final x for X among them; null, and what is not 18 bytes long, is not valid. ``today``: YYYYMMDD, no
    birth is later."""
    return _read(texts, today, _REPAIRS & FLAG_BIT["case"])


def read_repaired(texts: pl.Series | pa.StringArray, today: int) -> Eighteen:
    """The same of numbers as they arrive, which may be wrapped in spaces or written in full width."""
    return _read(texts, today, _REPAIRS)


def _read(texts: pl.Series | pa.StringArray, today: int, repairs: np.ndarray) -> Eighteen:
    array = as_arrow(texts)
    found = Eighteen(*read_numbers(array, today, repairs))
    if array.null_count:
        # what lies in the buffer under a null is nobody's number
        hidden = array.is_null().to_numpy(zero_copy_only=False)
        found.valid[hidden], found.flags[hidden] = False, 0
    return found


def as_arrow(texts: pl.Series | pa.Array) -> pa.StringArray:
    """Texts as Arrow keeps them, with starts of 32 bits."""
    array = texts.to_arrow(compat_level=pl.CompatLevel.oldest()) if isinstance(texts, pl.Series) else texts
    return array if pa.types.is_string(array.type) else array.cast(pa.string())
