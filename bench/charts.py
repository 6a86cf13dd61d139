"""``python -m bench.charts``: what bench/measured.jsonl says, as pictures for docs/performance.md.

Seconds per million rows and peak memory against the number of enrollments, and the steps of the greatest night one after
another. Altair draws; nothing is fetched for it.
"""

import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

import altair as alt
import polars as pl

from bench.__main__ import CHECKOUT, MEASURED

PICTURES = CHECKOUT / "docs" / "performance"
#: Of one hue each, told apart by shape, too.
COLOURS = {"night": "#1f5a96", "floor": "#c2571a"}


def newest(lines: Iterable[str]) -> list[dict]:
    """Of each size, memory and kind of worklists the line measured last, by size."""
    found = {(r["persons"], r["memory"], r["worklists"]): r for r in map(json.loads, lines)}
    return [found[key] for key in sorted(found, key=lambda key: (key[0], str(key)))]


def one_of_each_size(records: Iterable[Mapping]) -> list[Mapping]:
    """Without workbooks, and of several memories the one that most rounds were measured with."""
    plain = sorted((r for r in records if r["worklists"] == "none"), key=lambda r: r["rounds"])
    return sorted({r["persons"]: r for r in plain}.values(), key=lambda r: r["persons"])


def against_size(records: list[Mapping]) -> pl.DataFrame:
    """One row per record and kind of run: ``enrollments`` in millions, ``seconds`` per million rows read, ``peak`` in GiB."""
    return pl.DataFrame([
        {"what": what, "enrollments": r["enrollments"] / 1e6, "seconds": r[what]["wall"] / r["rows"] * 1e6, "peak": r[what]["peak"] / 2**30}
        for r in records for what in COLOURS
    ])  # fmt: skip


def waterfall(record: Mapping) -> pl.DataFrame:
    """One row per step: when it ``begins`` and ``ends``, in seconds since the first."""
    steps, begun = [], 0.0
    for step, seconds in record["night"]["steps"].items():
        steps.append({"step": step, "begins": begun, "ends": begun + seconds, "label": f"{seconds:.1f} s"})
        begun += seconds
    return pl.DataFrame(steps)


def table(records: Iterable[Mapping]) -> list[str]:
    """Rows of docs/performance.md: one per record."""
    return [
        f"| {r['enrollments'] / 1e6:.1f} | {r['rows'] / 1e6:.1f} | {r['memory']} | {r['worklists']} | {r['floor']['wall']:.1f} | {r['night']['wall']:.1f} "
        f"| {r['night']['cpu']:.0f} | {r['night']['peak'] / 2**30:.2f} | {r['night']['spill'] / 2**30:.2f} | {r['night']['wall'] / r['floor']['wall']:.1f} |"
        for r in records
    ]


def line(frame: pl.DataFrame, measure: str, title: str) -> alt.LayerChart:
    base = alt.Chart(frame).encode(
        x=alt.X("enrollments", scale=alt.Scale(type="log"), title="enrollments, millions", axis=alt.Axis(values=sorted(set(frame["enrollments"].round(1))))),
        y=alt.Y(measure, title=title, scale=alt.Scale(zero=True)),
        color=alt.Color("what", title=None, scale=alt.Scale(domain=list(COLOURS), range=list(COLOURS.values()))),
        shape=alt.Shape("what", title=None, scale=alt.Scale(domain=list(COLOURS), range=["square", "circle"])),
    )  # fmt: skip
    return (base.mark_line() + base.mark_point(size=70, filled=True)).properties(width=520, height=260)


def steps(frame: pl.DataFrame, title: str) -> alt.LayerChart:
    base = alt.Chart(frame).encode(y=alt.Y("step", sort=None, title=None))
    bars = base.mark_bar(color=COLOURS["night"]).encode(x=alt.X("begins", title="seconds since the beginning"), x2="ends")
    words = base.mark_text(align="left", dx=4).encode(x="ends", text="label")
    return (bars + words).properties(width=520, height=280, title=title)


def main() -> int:
    records = newest(MEASURED.read_text(encoding="utf-8").splitlines())
    drawn = one_of_each_size(records)
    frame, greatest = against_size(drawn), drawn[-1]
    PICTURES.mkdir(exist_ok=True)
    pictures = {
        "seconds": line(frame, "seconds", "seconds per million rows read"),
        "memory": line(frame, "peak", "peak resident memory, GiB"),
        "steps": steps(waterfall(greatest), f"{greatest['enrollments'] / 1e6:.1f} million enrollments, --memory {greatest['memory']}"),
    }
    for name, chart in pictures.items():
        _save(chart, PICTURES / f"{name}.svg")
    print(*table(records), sep="\n")
    return 0


def _save(chart: alt.LayerChart, path: Path) -> None:
    chart.configure(background="white", font="sans-serif").save(path)
    print(path)


if __name__ == "__main__":
    sys.exit(main())
