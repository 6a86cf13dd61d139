"""Seeded extracts of any size with planted truth.

    python -m sample_data.generate --persons 5000 --seed 42 --as-of 2026-11-22 --out DIR [--layout NAME]

DIR/inbox gets the extracts as five departments would send them, DIR/truth what a right night must find under the
national policy. Same persons, seed, as-of date and layout: same bytes; the layout changes nothing of what is said.
Persons are made in chunks, so memory does not grow with their number (the truth tables aside). As-of dates before 2022
are refused: the policy begins in 2021, and a night looks one calendar year back.
"""

import argparse
import sys
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from sample_data import corruption, truth
from sample_data.archetypes import blocks
from sample_data.book import Book
from sample_data.days import Calendar
from sample_data.extracts import Extract
from sample_data.files import Inbox, TooManyRows
from sample_data.layouts import LAYOUTS
from sample_data.people import CHUNK, MAX_PERSONS, kinds_of, make_people
from sample_data.tables import Writer

#: Numbers of enrollments and contributions: sixteen digits, a range of ten million and of a hundred million per chunk.
ENROLLMENT_NUMBERS, CONTRIBUTION_NUMBERS, OTHER_NUMBERS = 5 * 10**15, 8 * 10**15, 9 * 10**15
FIRST_AS_OF, LAST_AS_OF = date(2022, 1, 1), date(2090, 12, 31)


def generate(persons: int, seed: int, as_of: date, out: Path, layout: str = "departments") -> None:
    """Write the extracts and the truth of ``persons`` persons below ``out``."""
    inbox, found = Inbox(out / "inbox", as_of, LAYOUTS[layout]), truth.Truth()
    for part, first in enumerate(range(0, persons, CHUNK)):
        index = np.arange(first, min(first + CHUNK, persons))
        book, names = planted(index, seed, Calendar(as_of), np.random.default_rng([seed, part]))
        ids = ENROLLMENT_NUMBERS + part * 10**7 + book.rng.permutation(book.enrollments.length)
        found.add(truth.tables(book, ids) | {"archetypes": _archetypes(book, ids, names)})
        payments = CONTRIBUTION_NUMBERS + part * 10**8 + book.rng.permutation(book.contributions.length)
        for extract, frame in Writer(book, ids, payments).frames():
            if extract.name == "enrollment":
                found.add({"quarantine": truth.spoiled(book, ids, frame)})
            rows, found_here = damaged(book, extract, frame, part)
            found.add(found_here)
            inbox.write(extract, rows, part)
    inbox.close()
    found.write(out / "truth")


def planted(index: np.ndarray, seed: int, calendar: Calendar, rng: np.random.Generator) -> tuple[Book, list]:
    """The book of one chunk, every archetype written into it; and which persons belong to which archetype."""
    kinds = np.zeros(len(index), dtype=np.int64)
    youngest, oldest = np.zeros(len(index)), np.zeros(len(index))
    shares = blocks(len(index), calendar)
    for archetype, who in shares:
        youngest[who], oldest[who] = archetype.ages
        kinds[who] = np.resize(archetype.kinds, len(who)) if archetype.kinds else kinds_of(index[who], archetype.papers)
    people = make_people(index, seed, calendar, (youngest, oldest, rng.random(len(index))), kinds)
    book = Book(calendar, people, rng)
    for archetype, who in shares:
        if len(who):
            archetype.plant(book, who)
    return book, shares


def damaged(book: Book, extract: Extract, frame: pl.DataFrame, part: int) -> tuple[pl.DataFrame, dict]:
    """The extract as it arrives: with rows for the quarantine, old versions, copies, all in no order; and the truth of it."""
    first_keys = {"enrollment": ENROLLMENT_NUMBERS + part * 10**7, "contribution": CONTRIBUTION_NUMBERS + part * 10**8}
    free = first_keys.get(extract.name, OTHER_NUMBERS + part * 10**7)
    enrolled = book.enrollments.columns() if extract.name == "enrollment" else {"damage": np.zeros(len(frame)), "merged": np.zeros(1)}
    is_sound = pl.Series(enrolled["damage"] == 0)
    sound = frame.filter(is_sound)
    # a row that cannot be used leaves what is decided about its person to somebody else
    rejected, quarantine = corruption.rejected_rows(
        book, extract, frame.filter(is_sound & corruption.is_quiet(book, extract)), len(sound), free + len(frame)
    )
    old = corruption.old_versions(book, sound) if extract.name == "enrollment" else frame.clear()
    copies = corruption.copies(book, sound)
    rows = pl.concat([frame, rejected, old, copies])
    merged = int(enrolled["merged"].sum())
    counts = {
        "rows": len(rows),
        "accepted": len(sound) - merged,
        "quarantined": len(rejected) + len(frame) - len(sound),
        "superseded": len(old),
        "copies": len(copies),
        "merged": merged,
    }
    shuffled = rows.gather(book.rng.permutation(len(rows)))
    return shuffled, {"quarantine": quarantine, "counts": pl.DataFrame({"extract": [extract.name]} | {k: [v] for k, v in counts.items()})}


def _archetypes(book: Book, ids: np.ndarray, shares: list) -> pl.DataFrame:
    """Which archetype an enrollment was planted by; people in order are left out."""
    names = pl.Series([a.name for a, _ in shares])
    of_person = np.repeat(np.arange(len(shares)), [len(who) for _, who in shares])
    frame = pl.DataFrame(
        {"enrollment_id": pl.Series(ids).cast(pl.String), "archetype": names.gather(of_person[book.enrollments.columns()["who"]])}
    )
    return frame.filter(~pl.col("archetype").str.starts_with("settled"))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sample_data.generate", description="Seeded extracts with planted truth.")
    parser.add_argument("--persons", type=_whole(1, MAX_PERSONS), required=True, help=f"how many persons, 1 to {MAX_PERSONS}")
    parser.add_argument("--seed", type=_whole(0, 2**31), required=True, help="same seed, same people")
    parser.add_argument("--as-of", type=_day, required=True, help="the date the run speaks for, YYYY-MM-DD")
    parser.add_argument("--out", type=Path, required=True, help="folder that gets inbox/ and truth/")
    parser.add_argument("--layout", choices=LAYOUTS, help="format, encoding, headers and dates of the files (default: departments)")
    parser.add_argument("--format", choices=("csv", "parquet"), help="csv: --layout departments; parquet: --layout parquet")
    parser.add_argument("--gzip", action="store_true", help="with --format csv: the large files as .csv.gz")
    parser.error = lambda message: _stop(f"{message}; try --help")
    arguments = parser.parse_args()
    if arguments.layout and (arguments.format or arguments.gzip):
        parser.error("--layout says it all: without --format and --gzip")
    if arguments.gzip and arguments.format == "parquet":
        parser.error("--gzip is for --format csv")
    packed = "departments_gz" if arguments.gzip else "departments"
    arguments.layout = arguments.layout or {"parquet": "parquet"}.get(arguments.format, packed)
    return arguments


def _whole(low: int, high: int):
    def read(text: str) -> int:
        if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
            raise argparse.ArgumentTypeError(f"{text!r} is no whole number from {low} to {high}")
        return int(text)

    return read


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no date of the form YYYY-MM-DD") from None
    if not FIRST_AS_OF <= day <= LAST_AS_OF:
        raise argparse.ArgumentTypeError(f"{text} is not between {FIRST_AS_OF} and {LAST_AS_OF}")
    return day


def _stop(line: str, status: int = 2) -> None:
    print(f"sample_data: {line}", file=sys.stderr)
    raise SystemExit(status)


def main() -> None:
    """The command line."""
    arguments = _arguments()
    try:
        generate(arguments.persons, arguments.seed, arguments.as_of, arguments.out, arguments.layout)
    except OSError as failure:
        _stop(f"cannot write below {arguments.out}: {failure.strerror}", status=1)
    except TooManyRows as failure:
        _stop(str(failure), status=1)


if __name__ == "__main__":
    main()
