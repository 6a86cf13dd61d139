"""Person keys of documents that are not 18 characters long: negative, derived from (kind, canonical form).

That no two canonical forms share a key is checked over the whole night (identifiers/no_identity.sql), not assumed.
"""

import numpy as np
import polars as pl

_OFFSET, _PRIME = np.uint64(0xCBF29CE484222325), np.uint64(0x100000001B3)


def text_key(kind: pl.Series, text: pl.Series) -> pl.Series:
    """Negative int64 key of each ``kind:text``: FNV-1a over the UTF-8 bytes, mixed, 62 bits kept."""
    joined = (kind + ":" + text).fill_null("")
    if joined.is_empty():
        return pl.Series(dtype=pl.Int64)
    raw = joined.to_arrow().cast("large_binary")
    offsets = np.frombuffer(raw.buffers()[1], dtype=np.int64)[raw.offset : raw.offset + len(raw) + 1]
    data = np.frombuffer(raw.buffers()[2], dtype=np.uint8)
    starts, lengths = offsets[:-1], np.diff(offsets)
    state = np.full(len(lengths), _OFFSET)
    with np.errstate(over="ignore"):
        for place in range(int(lengths.max())):
            live = lengths > place
            state[live] = (state[live] ^ data[starts[live] + place].astype(np.uint64)) * _PRIME
        state ^= state >> np.uint64(29)
        state *= np.uint64(0xBF58476D1CE4E5B9)
        state ^= state >> np.uint64(32)
    return pl.Series(-(state >> np.uint64(2)).astype(np.int64) - 1)
