"""The loops over single rows, in C (native.c): what every row of every extract goes through, at the speed of reading it.

Built once by ``make setup`` (``python -m transforms.native``), or by the first command that finds none, before it reads a row; a
library is named after its source, so that none is ever stale. The functions take Arrow and numpy buffers and release the
interpreter's lock.
"""

import ctypes
import hashlib
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa

SOURCE = Path(__file__).with_name("native.c")
COMPILE = ("cc", "-O3", "-std=gnu11", "-shared", "-fPIC", "-Wall", "-Werror")


class NotBuilt(ImportError):
    """The library is not there, and cannot be built."""


def build() -> Path:
    """The library of the source as it is; made where it is not there yet. Raises NotBuilt."""
    library = SOURCE.with_name(f"native-{hashlib.sha256(SOURCE.read_bytes()).hexdigest()[:16]}.so")
    if not library.exists():
        try:
            with tempfile.TemporaryDirectory(dir=SOURCE.parent) as folder:
                made = Path(folder, library.name)
                subprocess.run([*COMPILE, "-o", str(made), str(SOURCE)], check=True, capture_output=True)
                made.replace(library)
        except (OSError, subprocess.SubprocessError):
            raise NotBuilt(
                f"{SOURCE.name} is not built, and cannot be built here: it takes gcc, and a checkout that can be written"
            ) from None
    return library


def _load() -> ctypes.CDLL:
    library = build()
    try:
        return ctypes.CDLL(str(library))
    except OSError:
        raise NotBuilt(f"{library} is no library of this machine; remove it") from None


_NATIVE = _load()
_NATIVE.find_strange.restype, _NATIVE.is_ascii.restype = ctypes.c_int64, ctypes.c_bool


def _at(buffer: np.ndarray | pa.Buffer | None) -> ctypes.c_void_p:
    """Where a buffer begins, which somebody must hold on to until the call is over."""
    if buffer is None:
        return ctypes.c_void_p(None)
    return ctypes.c_void_p(buffer.address if isinstance(buffer, pa.Buffer) else buffer.ctypes.data)


def _text(texts: pa.StringArray) -> tuple[ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64]:
    """Bytes, starts and number of the texts; what lies under a null is somebody's business, not theirs."""
    _, starts, data = texts.buffers()
    if not len(texts):
        return _at(None), _at(None), ctypes.c_int64(0)
    return _at(data), ctypes.c_void_p(starts.address + 4 * texts.offset), ctypes.c_int64(len(texts))


def read_numbers(texts: pa.StringArray, today: int, bits: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Of each text its first 17 digits (int64), its kind (uint8, the order of eighteen.py), whether it is a number of 18 characters
    that holds, and ``bits`` (uint16) for what was done to it: an x for X at its end, spaces taken away, full width folded. Spaces and
    full width are repaired only where there is a bit for them. ``today``: YYYYMMDD."""
    rows = len(texts)
    key, kind, valid, flags = np.empty(rows, np.int64), np.empty(rows, np.uint8), np.empty(rows, bool), np.empty(rows, np.uint16)
    data, starts, count = _text(texts)
    _NATIVE.read_numbers(data, starts, count, ctypes.c_int64(today), _at(bits), _at(key), _at(kind), _at(valid), _at(flags))
    return key, kind, valid, flags


def hash_texts(texts: pa.StringArray, seed: int) -> np.ndarray:
    """A 64-bit hash of each text, the same in every process and on every night; of a null one that means nothing."""
    hashes = np.empty(len(texts), np.uint64)
    _NATIVE.hash_texts(*_text(texts), ctypes.c_uint64(seed), _at(hashes))
    return hashes


def add_at(total: np.ndarray, values: np.ndarray, index: np.ndarray) -> None:
    """Add ``values[index]`` to ``total``: uint64, uint64 and int32."""
    _NATIVE.add_at(_at(total), _at(values), _at(index), ctypes.c_int64(len(index)))


def take_flags(values: np.ndarray, index: np.ndarray) -> np.ndarray:
    """``values[index]`` of booleans."""
    taken = np.empty(len(index), bool)
    _NATIVE.take_flags(_at(values), _at(index), ctypes.c_int64(len(index)), _at(taken))
    return taken


def is_ascii(texts: pa.StringArray) -> bool:
    """Whether no text has a byte beyond ASCII."""
    data = texts.buffers()[2]
    return data is None or _NATIVE.is_ascii(_at(data), ctypes.c_int64(data.size))


def find_strange(texts: pa.StringArray) -> np.ndarray:
    """Places of the texts that are not to be taken as they are without a look: those that are null or empty, or hold anything but visible
    ASCII other than e, or common Han characters."""
    strange = np.empty(len(texts), bool)
    found = _NATIVE.find_strange(*_text(texts), _at(strange))
    return np.flatnonzero(strange) if found else np.empty(0, np.int64)


def hold(asked: np.ndarray, scrambled: np.ndarray, begins: np.ndarray, bitmap: np.ndarray, factor: int) -> np.ndarray:
    """Whether each of ``asked`` (64 bits) is in a set, which is as in reading/members.py."""
    # by a name of its own, so that a copy lives as long as it is looked at: a field of records is neither aligned nor without gaps
    asked = np.ascontiguousarray(asked)
    held, bits = np.empty(len(asked), bool), (len(begins) - 1).bit_length() - 1
    sets = (_at(scrambled), _at(begins), _at(bitmap), ctypes.c_int(bits), ctypes.c_uint64(factor))
    _NATIVE.hold(_at(asked), ctypes.c_int64(len(asked)), *sets, _at(held))
    return held
