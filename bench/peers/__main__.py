"""``python -m bench.peers --persons N``: one job (bench/peers/__init__.py) by OneCover and its peers, whole processes in turn.

A peer's packages are found by ``--python NAME=PATH`` (an interpreter that has them) where they are not locked here; a peer that
cannot be imported is left out and named. Whose checksum is another than OneCover's is not compared.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path
from statistics import median

import duckdb

from bench.__main__ import AS_OF, CHECKOUT, OUT, generated
from bench.measuring import measure

PEERS = ("onecover", "polars_tuned", "duckdb_plain", "splink_exact", "pandas_plain", "postgres", "pyspark_local")
MEASURED = CHECKOUT / "bench" / "peers.jsonl"


def checksum(out: Path) -> tuple[int, str]:
    """Rows and a hash of them, in their order."""
    files = str(out / "*.parquet") if out.is_dir() else str(out)
    lines = "string_agg(concat_ws('|', number, removed_id, kept_id), chr(10) ORDER BY number, removed_id)"
    [found] = duckdb.sql(f"SELECT count(*), md5({lines}) FROM read_parquet('{files}')").fetchall()
    return found


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.peers", description=__doc__.splitlines()[0])
    parser.add_argument("--persons", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="*", default=PEERS, choices=PEERS)
    parser.add_argument("--python", action="append", default=[], metavar="NAME=PATH")
    parser.add_argument("--keep", action="store_true", help="add the medians to bench/peers.jsonl")
    options = parser.parse_args()
    inbox, interpreters = generated(options.persons), dict(pair.split("=", 1) for pair in options.python)
    runs, sums = {}, {}
    for n in range(options.rounds):
        for peer in options.only:
            python, out = interpreters.get(peer, sys.executable), OUT / f"{peer}.parquet"
            code = f"from pathlib import Path; from bench.peers.{peer} import main\nif __name__ == '__main__': main(Path({str(inbox)!r}), Path({str(out)!r}), {AS_OF!r})"
            if (
                not n
                and subprocess.run([python, "-c", f"import bench.peers.{peer}"], cwd=CHECKOUT, capture_output=True, check=False).returncode
            ):
                print(f"{peer}: not installed here", flush=True)
                continue
            if n and peer not in runs:
                continue
            script = OUT / f"{peer}.py"
            script.write_text(f"import sys; sys.path.insert(0, {str(CHECKOUT)!r})\n{code}\n", encoding="utf-8")
            runs.setdefault(peer, []).append(measure([python, str(script)]))
            sums[peer] = checksum(out)
            print(f"{peer:14} {runs[peer][-1].wall:8.2f} s  {sums[peer][0]} rows  {sums[peer][1]}", flush=True)
    ours = median(r.wall for r in runs["onecover"])
    lines = []
    for peer, measured in runs.items():
        wall, cpu, peak = (median(getattr(r, name) for r in measured) for name in ("wall", "cpu", "peak"))
        lines.append(
            {
                "persons": options.persons,
                "peer": peer,
                "rounds": len(measured),
                "wall": wall,
                "cpu": cpu,
                "peak": peak,
                "is_equal": sums[peer] == sums["onecover"],
            }
        )
        print(
            f"{peer:14} {wall:8.2f} s  {wall / ours:6.1f}x  cpu {cpu:8.1f} s  peak {peak / 2**30:5.2f} GiB  {'' if lines[-1]['is_equal'] else 'another result: not compared'}"
        )
    if options.keep:
        with MEASURED.open("a", encoding="utf-8") as file:
            file.writelines(json.dumps(line) + "\n" for line in lines)
    return 0


if __name__ == "__main__":
    sys.exit(main())
