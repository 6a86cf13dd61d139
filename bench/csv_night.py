"""``python -m bench.csv_night --persons N``: the night from CSV, as five departments write it, beside the night from Parquet.

The same people in both, so the same datasets must come out; the quarantine aside, which keeps rows as they arrived. Whole
processes in turn; prints seconds, peak memory and how many times the one takes the other. Our aim is 2 at ten million.
"""

import argparse
import json
import sys
from pathlib import Path
from statistics import median

from bench.__main__ import OUT, generated, night_over

LAYOUTS = ("parquet", "csv")
#: What says where a row stood, or how it was written.
OF_THE_FILES = ("quarantine", "checks")
#: One for all warehouses, so that a person has the same id in them; there is nobody to hide here.
KEY = "no key" * 8


def published(warehouse: Path) -> dict[str, str]:
    """Dataset -> SHA-256 of its file, as the manifest says."""
    files = json.loads((warehouse / "current" / "manifest.json").read_text(encoding="utf-8"))["files"]
    digests = {Path(name).parent.name: known["sha256"] for name, known in files.items()}
    return {name: digest for name, digest in digests.items() if name not in OF_THE_FILES}


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
            runs[layout].append(night_over(generated(options.persons, layout), warehouse, options.memory, key=KEY))
            came[layout] = published(warehouse)
            one = runs[layout][-1]
            print(f"{layout:8} wall {one.wall:8.1f} s   cpu {one.cpu:8.1f} s   peak {one.peak / 2**30:6.2f} GiB", flush=True)
    differ = [name for name, digest in came["parquet"].items() if came["csv"][name] != digest]
    walls = {layout: median(run.wall for run in measured) for layout, measured in runs.items()}
    print(f"csv / parquet = {walls['csv'] / walls['parquet']:.2f}; datasets that differ: {', '.join(differ) or 'none'}")
    return int(bool(differ))


if __name__ == "__main__":
    sys.exit(main())
