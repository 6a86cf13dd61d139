"""Merge of several sorted streams of rows into one. The evidence of decisions is joined a share of the persons at a time, because
memory does not hold it for all; the shares, each of them sorted, are merged here into the order of the dataset."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

import pyarrow as pa
import pyarrow.compute as pc


def merged(streams: Sequence[Iterable[pa.RecordBatch]], key: Sequence[str], size: int) -> Iterator[pa.RecordBatch]:
    """``streams``: each in the order of ``key``, nulls first; so is what comes out, in batches of ``size`` rows but for the last.

    Memory holds a batch of each stream and those that go out.
    """
    if len(streams) == 1:
        yield from streams[0]
        return
    left = [iter(stream) for stream in streams]
    heads: list[pa.RecordBatch | None] = [_next(stream) for stream in left]
    ready: list[pa.RecordBatch] = []
    while any(heads):
        # up to the least of their last rows nothing can come before what is there
        bound = min(_key(head, len(head) - 1, key) for head in heads if head)
        parts = []
        for n, head in enumerate(heads):
            if head:
                upto = bisect_right(range(len(head)), bound, key=lambda row, head=head: _key(head, row, key))
                parts.append(head.slice(0, upto))
                heads[n] = head.slice(upto) if upto < len(head) else _next(left[n])
        ready.append(_sorted(parts, key))
        if sum(map(len, ready)) >= size:
            *whole, rest = _cut(ready, size)
            yield from whole
            ready = [rest] if len(rest) else []
    if ready:
        yield pa.concat_batches(ready)


def _next(stream: Iterator[pa.RecordBatch]) -> pa.RecordBatch | None:
    return next(filter(len, stream), None)


def _key(batch: pa.RecordBatch, row: int, key: Sequence[str]) -> tuple:
    values = (batch[name][row].as_py() for name in key)
    return tuple((value is not None, value) for value in values)


def _sorted(parts: Sequence[pa.RecordBatch], key: Sequence[str]) -> pa.RecordBatch:
    together = pa.concat_batches([part for part in parts if len(part)])
    order = pc.sort_indices(together, sort_keys=[(name, "ascending", "at_start") for name in key])
    return together.take(order)


def _cut(batches: Sequence[pa.RecordBatch], size: int) -> list[pa.RecordBatch]:
    """The same rows in batches of ``size``; the last has what is left, if only nothing."""
    together = pa.concat_batches(batches)
    return [together.slice(start, size) for start in range(0, len(together) + 1, size)]
