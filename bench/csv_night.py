"""``python -m bench.csv_night --persons N``: the night from CSV, as five departments write it, beside the night from Parquet.

The same people in both, so the same datasets must come out; the quarantine aside, which keeps rows as they arrived. Whole
processes in turn; prints seconds, peak memory and how many times the one takes the other. Our aim is 2 at ten million.
"""

import argparse
import hashlib
import shutil
import sys
from pathlib import Path
from statistics import median

from bench.__main__ import AS_OF, OUT, generated
from bench.measuring import Measured, measure, spilled_below
from contracts import DATASETS
from flows.dataset_files import folder_of

LAYOUTS = ("parquet", "csv")
#: What says where a row stood, or how it was written.
OF_THE_FILES = ("quarantine", "checks")
#: One for all warehouses, so that a person has the same id in them; there is nobody to hide here.
KEY = "no key" * 8


def night(inbox: Path, warehouse: Path, memory: str) -> Measured:
    shutil.rmtree(warehouse, ignore_errors=True)
    warehouse.mkdir(parents=True)
    (warehouse / ".key").write_text(KEY)
    told = ["--as-of", AS_OF, "--inbox", str(inbox), "--warehouse", str(warehouse), "--memory", memory, "--worklists", "none", "--json"]
    return measure([sys.executable, "-m", "flows", "nightly", *told], lambda: spilled_below(warehouse))


def published(warehouse: Path) -> dict[str, str]:
    """Dataset -> SHA-256 of its file."""
    found = {}
    for dataset in DATASETS.values():
        if dataset.name not in OF_THE_FILES:
            with (folder_of(warehouse / "current", dataset) / "part-0.parquet").open("rb") as file:
                found[dataset.name] = hashlib.file_digest(file, "sha256").hexdigest()
    return found


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.csv_night", description=__doc__.splitlines()[0])
    parser.add_argument("--persons", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--memory", default="4GB", help="--memory of the nights")
    options = parser.parse_args()
    runs, came = {layout: [] for layout in LAYOUTS}, {}
    for _ in range(options.rounds):
        for layout in LAYOUTS:
            warehouse = OUT / f"warehouse-{layout}"
            runs[layout].append(night(generated(options.persons, layout), warehouse, options.memory))
            came[layout] = published(warehouse)
            one = runs[layout][-1]
            print(f"{layout:8} wall {one.wall:8.1f} s   cpu {one.cpu:8.1f} s   peak {one.peak / 2**30:6.2f} GiB", flush=True)
    differ = [name for name, digest in came["parquet"].items() if came["csv"][name] != digest]
    walls = {layout: median(run.wall for run in measured) for layout, measured in runs.items()}
    print(f"csv / parquet = {walls['csv'] / walls['parquet']:.2f}; datasets that differ: {', '.join(differ) or 'none'}")
    return int(bool(differ))


if __name__ == "__main__":
    sys.exit(main())
