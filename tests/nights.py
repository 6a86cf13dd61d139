"""Nights run as an operator runs them, small inboxes to run them on, and what they leave behind."""

import contextlib
import gzip
import hashlib
import io
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
import pytest
from inbox import AS_OF, filler_people, resident_id, write_inbox
from reference.model import Contribution, Enrollment, Person, Resident, month_of

from contracts import DATASETS, EXTRACTS
from contracts.aliases import fold, header_map
from flows.__main__ import main

CHECKOUT = Path(__file__).resolve().parents[1]
#: The committed sample: every extract, every rule, and everything that is wrong with real files.
SAMPLE = CHECKOUT / "sample_data" / "inbox"
PUBLISHED, FAILED, USAGE, STOPPED, LOCKED = range(5)
#: Sealed off from whatever the machine that runs the tests has set.
VARIABLES = (
    *("ONECOVER_AS_OF", "ONECOVER_KEY_FILE", "ONECOVER_RESTRICTED_KEY_FILE", "ONECOVER_SITE", "ONECOVER_ON_FAILURE"),
    *("PREFECT_API_URL", "PREFECT_API_KEY"),
)


@dataclass(frozen=True)
class Ran:
    """How a command ended, and what it said."""

    status: int
    out: str
    err: str

    @property
    def complaint(self) -> str:
        """The one line in which a command says what is wrong; there must be exactly one, and no trace."""
        lines = [line for line in self.err.splitlines() if line.startswith("onecover:")]
        assert len(lines) == 1 and "Traceback" not in self.err, self.err
        return lines[0]


def arguments_of(inbox: Path, warehouse: Path, *more: str, as_of: date | None = AS_OF) -> list[str]:
    day = ["--as-of", as_of.isoformat()] if as_of else []
    return ["nightly", *day, "--inbox", str(inbox), "--warehouse", str(warehouse), *map(str, more)]


def environment(**variables: str) -> dict[str, str]:
    return {k: v for k, v in os.environ.items() if k not in VARIABLES} | variables


def run_command(arguments: list[str], **variables: str) -> Ran:
    """`python -m flows ...` as a process of its own, from the checkout."""
    done = subprocess.run(
        [sys.executable, "-m", "flows", *arguments],
        cwd=CHECKOUT,
        env=environment(**variables),
        text=True,
        capture_output=True,
        timeout=300,
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def run_here(arguments: list[str], **variables: str) -> Ran:
    """The same command in this process: what a night imports is imported once for all."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        for name in VARIABLES:
            patch.delenv(name, raising=False)
        for name, value in variables.items():
            patch.setenv(name, value)
        status = main(arguments)
    return Ran(status, out.getvalue(), err.getvalue())


# inboxes ------------------------------------------------------------------------------------------------------------
def enrolled_twice(number: int) -> Person:
    """Someone of Jinan who lives in Jilin and has resident cover in both: the one of Jinan ends."""
    born, sex = date(1980, 1 + number % 12, 3), "12"[number % 2]
    name = f"重参{chr(0x6210 + number)}样"
    person = Person(f"twice-{number}", resident_id("379901", born, 11 + 2 * number + number % 2), name, sex, born)
    january = month_of(date(AS_OF.year, 1, 1))
    for letter, area in (("A", "220102"), ("B", "370102")):
        key = f"{person.label}.{letter}"
        person.enrollments.append(
            Enrollment(key, "390", area, date(2021, 1, 1), psn_type="1501", name=name, sex=sex, born=born, emp_no=f"E{number}")
        )
        person.contributions.append(
            Contribution(f"{key}.1", "390", area, january, january + 11, key, psn_type="1501", personal=Decimal(400), subsidy=Decimal(670))
        )
    person.residents.append(Resident(name, sex, born, household="370102", living="220102"))
    return person


def few_people() -> list[Person]:
    """A few hundred with one cover each, and eight with two."""
    return filler_people(300, AS_OF) + [enrolled_twice(n) for n in range(8)]


def write_few(folder: Path) -> Path:
    return write_inbox(folder, few_people(), AS_OF)


def text_frame(path: Path) -> pl.DataFrame:
    """An extract, CSV or Parquet, as text under the contract's names."""
    if path.suffix == ".parquet":
        frame = pl.read_parquet(path)
    else:
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("gb18030")
        frame = pl.read_csv(text.encode(), infer_schema=False)
    spellings = header_map(EXTRACTS[path.name.split("_2026")[0]])
    return frame.rename({column: spellings.get(fold(column), column) for column in frame.columns})


def personal_values(inbox: Path) -> set[str]:
    """Every certificate number and name in the extracts, as it arrived."""
    found: set[str] = set()
    for path in inbox.glob("*/*"):
        frame = text_frame(path)
        for column in frame.columns:
            if column.endswith("certno") or column in ("psn_name", "former_name"):
                found |= set(frame[column].drop_nulls().to_list())
    return {value for value in found if len(value) > 2}


def found_in(text: str, values: set[str]) -> set[str]:
    """Those of the values that the text contains."""
    return set(pl.Series([text]).str.extract_many(sorted(values)).to_list()[0])


# what a night leaves --------------------------------------------------------------------------------------------------
def texts_of(path: Path) -> str:
    """All that a file says, as text; the cells, the schema and the notes of a Parquet file."""
    if path.suffix != ".parquet":
        return path.read_bytes().decode("utf-8", errors="replace")
    table = pq.read_table(path)
    notes = {k.decode(): v.decode("utf-8", errors="replace") for k, v in (table.schema.metadata or {}).items() if k != b"ARROW:schema"}
    return json.dumps([notes, str(table.schema), table.to_pylist()], ensure_ascii=False, default=str)


def open_files(warehouse: Path) -> list[Path]:
    """Every file outside the folders that may hold names and numbers, the run's working tables included."""
    private = {"restricted", "worklists", "work"}
    return [p for p in sorted(warehouse.rglob("*")) if p.is_file() and not private & set(p.relative_to(warehouse).parts)]


def digests(folder: Path) -> dict[str, str]:
    """Path below ``folder`` -> SHA-256 of every file, links followed."""
    paths = [Path(root) / name for root, _, names in os.walk(folder, followlinks=True) for name in names]
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(paths)}


def dataset_digests(publication: Path) -> dict[str, str]:
    """The same of the datasets only: the manifest and the run's ledger tell of the run."""
    return {path: digest for path, digest in digests(publication).items() if path.endswith(".parquet")}


def state_of(warehouse: Path) -> dict:
    """What readers of a warehouse see: where each link points, and every byte behind it."""
    links = {p.name: str(p.readlink()) for p in warehouse.iterdir() if p.is_symlink()}
    return {name: (target, digests(warehouse / name)) for name, target in sorted(links.items())}


def runs_of(warehouse: Path) -> list[Path]:
    return sorted((warehouse / ".runs").iterdir()) if (warehouse / ".runs").is_dir() else []


def manifest_of(run: Path) -> dict:
    return json.loads((run / "manifest.json").read_text(encoding="utf-8"))


def checks_of(run: Path) -> dict[tuple[str, str], dict]:
    """(extract, check) -> row of the dataset `checks`."""
    rows = pl.read_parquet(run / "checks" / "*.parquet").to_dicts()
    return {(row["extract"], row["check_id"]): row for row in rows}


def folder_of(publication: Path, dataset: str) -> Path:
    return publication / "restricted" / dataset if DATASETS[dataset].restricted else publication / dataset


def read(publication: Path, dataset: str) -> pl.DataFrame:
    """One published dataset."""
    return pl.read_parquet(folder_of(publication, dataset) / "*.parquet")
