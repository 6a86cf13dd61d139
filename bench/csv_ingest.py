"""``python -m bench.csv_ingest --mb 500``: a GB18030 CSV of enrollments, cut, decoded and parsed; then ingested to typed Parquet.

Prints megabytes of the file for each second of wall time and for each second of processor time (twice that is what two cores
of one's own can do at most), and the peak resident memory of all processes (sampled). The file is generated once and read
once before anything is measured, so that the disk is left out.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bench.__main__ import AS_OF, OUT
from bench.measuring import CHECKOUT, SAMPLE_SECONDS, children, resident
from contracts import EXTRACTS
from flows.files import find, open_rows
from flows.ingest import Desk, Ingest, readers
from flows.progress import Progress
from transforms.reading import Terms

#: Bytes of the enrollment extract for each generated person.
BYTES_A_PERSON = 193
ENROLLMENT = EXTRACTS["enrollment"]
SINCE = date(2023, 1, 1)


@dataclass
class Spent:
    """Of this process and its children: the most resident bytes seen, and seconds of processor time."""

    peak: int = 0
    cpu: float = 0.0


def cpu_seconds(pid: int) -> float:
    """Processor time of a process and its descendants so far; 0 of one that has ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK") + sum(map(cpu_seconds, children(pid)))


@contextmanager
def watched() -> Iterator[Spent]:
    spent, done, before = Spent(), threading.Event(), cpu_seconds(os.getpid())

    def watch() -> None:
        while not done.wait(SAMPLE_SECONDS):
            spent.peak = max(spent.peak, resident(os.getpid()))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield spent
    finally:
        done.set()
        thread.join()
        spent.cpu = cpu_seconds(os.getpid()) - before


def generated(megabytes: int) -> Path:
    """An inbox with nothing but enrollments, about this large."""
    inbox = OUT / f"csv-{megabytes}" / "inbox"
    if not inbox.exists():
        out = Path(tempfile.mkdtemp(dir=OUT))
        persons = str(megabytes * 1_000_000 // BYTES_A_PERSON)
        command = [sys.executable, "-m", "sample_data.generate", "--persons", persons, "--seed", "11", "--as-of", AS_OF, "--out", str(out)]
        subprocess.run([*command, "--format", "csv"], cwd=CHECKOUT, check=True)
        inbox.parent.mkdir()
        (out / "inbox" / ENROLLMENT.department).rename(_made(inbox) / ENROLLMENT.department)
        shutil.rmtree(out)
    return inbox


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def rows_read(unit: Callable) -> int:
    return sum(len(table) for _, table in unit())


def parse(inbox: Path, pool) -> tuple[int, float]:
    """Rows, and seconds to open the file, cut it, and have all ranges decoded and parsed."""
    with tempfile.TemporaryDirectory(dir=OUT) as scratch:
        started = time.perf_counter()
        rows = open_rows(find(inbox, ENROLLMENT)[0], Path(scratch))
        count = sum(pool.map(rows_read, rows.units))
        return count, time.perf_counter() - started


def ingest(inbox: Path, pool) -> tuple[int, float]:
    """Rows, and seconds until all of it is typed Parquet with its duplicates settled."""
    with tempfile.TemporaryDirectory(dir=OUT) as work:
        started = time.perf_counter()
        reading = Ingest(ENROLLMENT, Desk(inbox, Path(work), pool, Progress()), Terms(date.fromisoformat(AS_OF), SINCE))
        reading.read()
        reading.look_again()
        return reading.settled().tally.rows, time.perf_counter() - started


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.csv_ingest", description=__doc__.splitlines()[0])
    parser.add_argument("--mb", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    OUT.mkdir(parents=True, exist_ok=True)
    inbox = generated(options.mb)
    file = find(inbox, ENROLLMENT)[0].path
    size = len(file.read_bytes()) / 1e6
    with readers(inbox, options.processes) as pool:
        for name, step in (("decode and parse", parse), ("to typed Parquet", ingest)):
            step(inbox, pool)  # the workers start, and import what they need
            for _ in range(options.rounds):
                with watched() as spent:
                    rows, seconds = step(inbox, pool)
                print(
                    f"{name}: {rows:,} rows, {size:.0f} MB in {seconds:.2f} s = {size / seconds:.0f} MB/s, "
                    f"cpu {spent.cpu:.2f} s = {size / spent.cpu:.0f} MB/s, peak {spent.peak / 2**30:.2f} GiB"
                )
    return 0


if __name__ == "__main__":
    sys.exit(main())
