"""``python -m bench --persons N``: generate N persons once, then measure floor and night in turn, whole processes.

Prints wall and CPU seconds, peak resident memory (the sum over the processes of a run, sampled), bytes spilled, the steps of the
night and the ratio. With ``--keep`` the medians become a line of bench/measured.jsonl, from which bench.charts draws.
"""

import argparse
import json
import shutil
import subprocess
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from bench.measuring import CHECKOUT, Measured, measure, middle, spilled_below

OUT = CHECKOUT / "bench" / "out"
MEASURED = CHECKOUT / "bench" / "measured.jsonl"
AS_OF = "2026-11-22"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__.splitlines()[0])
    parser.add_argument("--persons", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--memory", default="4GB", help="--memory of the night")
    parser.add_argument(
        "--worklists", default="none", choices=["none", "pool", "county"], help="--worklists of the night: the floor writes none"
    )
    parser.add_argument("--keep", action="store_true", help="add the medians to bench/measured.jsonl")
    options = parser.parse_args()
    inbox, warehouse, scratch = generated(options.persons), OUT / "warehouse", OUT / "scratch"
    floor = [sys.executable, "-m", "bench.floor", str(inbox), str(warehouse / "current"), str(scratch)]
    nights, floors = [], []
    for n in range(options.rounds):
        nights.append(night_over(inbox, warehouse, options.memory, options.worklists))
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir(parents=True)
        floors.append(measure(floor))
        print(f"round {n + 1}: night {nights[-1].wall:.1f} s, floor {floors[-1].wall:.1f} s", flush=True)
    middle_floor, middle_night = middle(floors), middle(nights)
    show(middle_floor, middle_night)
    if options.keep:
        keep(options, warehouse, middle_floor, middle_night)
    return 0


def night_over(inbox: Path, warehouse: Path, memory: str, worklists: str = "none", key: str = "") -> Measured:
    """A first night in a new warehouse. ``key``: that of person_id, where several warehouses are to give a person the same id."""
    shutil.rmtree(warehouse, ignore_errors=True)
    if key:
        warehouse.mkdir(parents=True)
        (warehouse / ".key").write_text(key, encoding="ascii")
    told = ["--as-of", AS_OF, "--inbox", str(inbox), "--warehouse", str(warehouse), "--memory", memory, "--worklists", worklists, "--json"]
    return measure([sys.executable, "-m", "flows", "nightly", *told], lambda: spilled_below(warehouse))


def generated(persons: int, form: str = "parquet") -> Path:
    """The inbox of so many persons; made where it is not there yet. ``form``: parquet, or csv as the departments write it."""
    data = OUT / (f"persons-{persons}" if form == "parquet" else f"persons-{persons}-{form}")
    if not (data / "truth").exists():
        settings = {"persons": persons, "seed": 11, "as-of": AS_OF, "out": data, "format": form}
        arguments = [text for name, value in settings.items() for text in (f"--{name}", str(value))]
        subprocess.run([sys.executable, "-m", "sample_data.generate", *arguments], cwd=CHECKOUT, check=True)
    return data / "inbox"


def show(floor: Measured, night: Measured) -> None:
    for name, run in (("floor", floor), ("night", night)):
        print(
            f"{name:<6} wall {run.wall:8.1f} s   cpu {run.cpu:8.1f} s   peak {run.peak / 2**30:6.2f} GiB   spill {run.spill / 2**30:6.2f} GiB"
        )
    for step, seconds in night.steps.items():
        print(f"       {step:<14} {seconds:8.1f} s")
    print(f"night / floor = {night.wall / floor.wall:.2f}")


def keep(options: argparse.Namespace, warehouse: Path, floor: Measured, night: Measured) -> None:
    """One line of what was measured, with what it was measured on."""
    manifest = json.loads((warehouse / "current" / "manifest.json").read_text(encoding="utf-8"))
    rows = {name: told["rows"] for name, told in manifest["extracts"].items()}
    line = {
        "measured_on": datetime.now(UTC).date().isoformat(),
        "code": manifest["code_version"],
        "persons": options.persons,
        "enrollments": rows["enrollment"],
        "rows": sum(rows.values()),
        "memory": options.memory,
        "worklists": options.worklists,
        "rounds": options.rounds,
        "floor": asdict(floor),
        "night": asdict(night),
    }
    with MEASURED.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    sys.exit(main())
