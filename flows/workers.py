"""Processes that work side by side: what Python does to rows, it does on one core."""

import multiprocessing
import os
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from threading import Thread

#: Workers keep the memory of one batch for the next: giving it back and asking again costs a third of their time.
KEEP_MEMORY = {
    "MALLOC_MMAP_THRESHOLD_": str(1 << 30),
    "MALLOC_TRIM_THRESHOLD_": str(1 << 32),
    "MALLOC_TOP_PAD_": str(1 << 26),
    # Arrow's own would give it back
    "ARROW_DEFAULT_MEMORY_POOL": "system",
}
#: One thread each: the processes are the parallelism.
ONE_THREAD = {"POLARS_MAX_THREADS": "1", "OMP_NUM_THREADS": "1"}


class _Here(Executor):
    """Does the work at once, in this process."""

    def submit(self, fn, /, *args, **kwargs) -> Future:
        done: Future = Future()
        try:
            done.set_result(fn(*args, **kwargs))
        except Exception as error:
            done.set_exception(error)
        return done


@contextmanager
def workers(processes: int) -> Iterator[Executor]:
    """So many processes; with less than two this one alone, for work that is not worth starting any."""
    if processes < 2:
        yield _Here()
        return
    os.environ |= KEEP_MEMORY | ONE_THREAD
    with ProcessPoolExecutor(processes, multiprocessing.get_context("spawn"), _end_with_parent) as pool:
        yield pool


def _end_with_parent() -> None:
    """A worker whose night was killed ends, too: it would wait for work for ever, with rows in its memory."""
    parent = multiprocessing.parent_process()

    def watch() -> None:
        parent.join()
        os._exit(1)

    Thread(target=watch, daemon=True).start()
