"""``python -m bench.identifiers --rows N``: certificate numbers identified in a second, on one process and on two.

Numbers are made up in county codes that were never assigned, and lie in memory before the clock starts: reading is not
measured, and neither is writing. Two columns: clean ones, and the mix of real extracts (2% lower-case x or a blank, ...; MIX).
Types come coded, as extracts have them, a million rows at a time, as the night reads them.
"""

import argparse
import multiprocessing
import os
import time
from datetime import date

import numpy as np
import polars as pl

AS_OF = date(2026, 11, 22)
BATCH = 1_000_000
#: Share of rows -> what happened to them.
MIX = {
    "lower": 0.02,  # x for X, of those that end so; a blank behind the others
    "wide": 0.015,
    "blanks": 0.01,
    "fifteen": 0.01,
    "invalid": 0.004,
    "passport": 0.003,
}
TYPES = pl.Series(["01", "17", "08"], dtype=pl.String)


def clean(rows: int, rng: np.random.Generator) -> pl.Series:
    """Valid numbers of 18 characters, of people born 1940 to 2020."""
    from transforms.identifiers.kinds.form18 import with_check_character

    born = pl.Series(np.datetime64("1940-01-01") + rng.integers(0, 29_000, rows)).dt.strftime("%Y%m%d").cast(pl.Int64)
    key = pl.Series(rng.integers(470_101, 479_999, rows)) * 10**11 + born * 1000 + pl.Series(rng.integers(0, 1000, rows))
    return pl.select(with_check_character(pl.lit(key).cast(pl.String))).to_series()


def mixed(numbers: pl.Series, rng: np.random.Generator) -> pl.Series:
    """The same with the damage and the documents of MIX."""
    number, at = pl.col("number"), pl.col("at")
    wide = number.str.replace_many(list("0123456789X"), list("０１２３４５６７８９Ｘ"))
    became = {
        "lower": pl.when(number.str.ends_with("X")).then(number.str.to_lowercase()).otherwise(number + " "),
        "wide": wide,
        "blanks": number.str.slice(0, 6) + " " + number.str.slice(6, 8) + " " + number.str.slice(14),
        "fifteen": number.str.slice(0, 6) + number.str.slice(8, 9),
        "invalid": number.str.slice(0, 16) + "00",
        "passport": "E" + number.str.slice(9, 8),
    }
    limit, column = 0.0, pl.when(at < 0).then(number)
    for name, share in MIX.items():
        limit += share
        column = column.when(at < limit).then(became[name])
    frame = pl.DataFrame({"number": numbers, "at": rng.random(len(numbers))})
    return frame.select(column.otherwise(number)).to_series()


def work(rows: int, seed: int, kind: str, ready, done) -> None:
    """One process: make the rows, wait for the others, identify, tell when it began and ended."""
    from transforms.identifiers import identify
    from transforms.identifiers.eighteen import as_arrow

    rng = np.random.default_rng(seed)
    sizes = [min(BATCH, rows - begin) for begin in range(0, rows, BATCH)]
    batches = [as_arrow(clean(size, rng) if kind == "clean" else mixed(clean(size, rng), rng)) for size in sizes]
    types = rng.choice(len(TYPES), BATCH, p=[0.985, 0.01, 0.005]).astype(np.int32)
    identify(batches[0].slice(0, 1000), (TYPES, types[:1000]), AS_OF)  # tables are built once per process
    ready.wait()
    began, cpu, accepted = time.monotonic(), time.process_time(), 0
    for batch in batches:
        accepted += int((identify(batch, (TYPES, types[: len(batch)]), AS_OF)["id_reasons"] == 0).sum())
    done.put((began, time.monotonic(), time.process_time() - cpu, accepted))


def measure(rows: int, kind: str, processes: int) -> tuple[float, float, float]:
    """Identifiers a second of all processes together; a CPU second, which other work on the machine does not change; and the
    share that was accepted."""
    context = multiprocessing.get_context("spawn")
    ready, done = context.Barrier(processes), context.Queue()
    workers = [context.Process(target=work, args=(rows // processes, seed, kind, ready, done)) for seed in range(processes)]
    for worker in workers:
        worker.start()
    began, ended, cpu, accepted = zip(*(done.get() for _ in workers), strict=True)
    for worker in workers:
        worker.join()
    return rows / (max(ended) - min(began)), rows / sum(cpu), sum(accepted) / rows


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.identifiers", description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=3, help="the best of so many")
    options = parser.parse_args()
    os.environ["POLARS_MAX_THREADS"] = "1"  # a process per core, as in a night
    for kind in ("clean", "mix"):
        for processes in (1, 2):
            wall, cpu, accepted = max(measure(options.rows, kind, processes) for _ in range(options.rounds))
            told = f"{wall / 1e6:6.1f} million/s   {cpu / 1e6:6.1f} million per CPU second   accepted {accepted:.2%}"
            print(f"{kind:<6} {processes} process(es) {told}", flush=True)


if __name__ == "__main__":
    main()
