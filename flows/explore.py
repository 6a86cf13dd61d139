"""Questions to what is published, in SQL: a view for each dataset of a night, and in the schema ``nights`` over all of them.

Those of the night are in the schema ``night``, which need not be named, but for ``night.overlaps``: that is a word of SQL.
"""

import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from contracts import DATASETS
from contracts.datasets import Dataset
from flows.aside import check_is_whole, engine_for, night_of, whole_files
from flows.dataset_files import file_of, is_encrypted, show
from flows.errors import NightError, UsageError
from flows.progress import is_terminal, tell
from flows.settings import default_memory, restricted_key
from transforms.engine import LIST_OF_TABLES, Engine, Unanswerable
from transforms.parquet_views import over_nights

PROMPT, MORE = "onecover> ", "     ...> "
HELP = """Tables are the datasets (docs/data_dictionary.md), as night.overlaps; nights.overlaps has those of all nights, with as_of. End a question with ;
.tables lists them, .quit leaves."""


@contextmanager
def opened(warehouse: Path, as_of: date | None, restricted: bool) -> Iterator[Engine]:
    """An engine that sees the datasets of a night (None: the newest) and of all nights, and nothing else of this machine.

    ``restricted``: those with names and certificate numbers, too. NightError where there is no such night.
    """
    day, nights = night_of(warehouse, as_of)
    check_is_whole(day, nights[day])
    key = restricted_key() if restricted else None
    seen = [dataset for dataset in DATASETS.values() if restricted or not dataset.restricted]
    with engine_for("explore", default_memory()) as engine, engine.within("night"):
        engine.confine([file for dataset in seen for file in _show(engine, dataset, day, nights, key)])
        yield engine


def _show(engine: Engine, dataset: Dataset, day: date, nights: Mapping[date, Path], key: bytes | None) -> list[Path]:
    """The views of a dataset; the files that they read. What is encrypted is read at once, of one night only."""
    files = {night: file_of(path, dataset) for night, path in nights.items()}
    there = {night: file for night, file in files.items() if file.exists()}
    plain = whole_files([file for file in there.values() if not is_encrypted(file)])
    if day in there and there[day] not in plain and not is_encrypted(there[day]):
        raise NightError(f"{there[day]} cannot be read: the night of {day} is damaged. Run it again, or name another with --as-of")
    if plain:
        over_nights(engine, f"nights.{dataset.name}", *plain)
    show(engine, f"night.{dataset.name}", nights[day], dataset, key)
    return plain


def answer(engine: Engine, question: str) -> str:
    """What one or several statements of SQL give, as tables. Raises UsageError with what is wrong."""
    try:
        return engine.answer(question)
    except Unanswerable as error:
        raise UsageError(f"{error}{_hint(str(error))}") from None


def _hint(wrong: str) -> str:
    """What to do about a name that means nothing here, where that is known."""
    if '"overlaps"' in wrong:
        return "; the dataset overlaps is night.overlaps: its own name is a word of SQL"
    missing = re.search(r"Table with name (?:nights?\.)?(\w+) does not exist", wrong)
    if missing and (dataset := DATASETS.get(missing[1])) and dataset.restricted:
        return f"; {dataset.name} has names and certificate numbers: explore --restricted shows it"
    return ""


def talk(engine: Engine) -> None:
    """Questions from a terminal, one after the other."""
    tell(HELP, sys.stdout)
    for question in _asked():
        if question == ".tables":
            question = LIST_OF_TABLES
        try:
            tell(answer(engine, question), sys.stdout)
        except UsageError as error:
            tell(str(error), sys.stdout)
        except KeyboardInterrupt:  # of a question that takes too long; the next may be another
            tell("interrupted", sys.stdout)


def given() -> str | None:
    """The question that stands on standard input; None where that is a terminal. Raises UsageError where it is no question."""
    if is_terminal(sys.stdin):
        return None
    try:
        text = sys.stdin.read()
        text.encode()  # where the locale is that of C, what is no UTF-8 is found here only
    except (OSError, UnicodeError):
        raise UsageError("standard input cannot be read as text; write the question in UTF-8, or say it with --sql") from None
    if not text.strip():
        raise UsageError("standard input holds no question; say it there or with --sql")
    return text


def _asked() -> Iterator[str]:
    """Whole questions, until the end."""
    text = ""
    while True:
        try:
            line = input(MORE if text else PROMPT)
        except EOFError:
            print()
            return
        except KeyboardInterrupt:
            print()
            text = ""
            continue
        if line.strip() in (".quit", ".exit"):
            return
        text += line + "\n"
        if text.strip().startswith(".") or text.rstrip().endswith(";"):
            yield text.strip()
            text = ""
