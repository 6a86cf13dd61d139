"""Questions to what is published, in SQL: a view for each dataset of a night, and in the schema ``nights`` over all of them.

Those of the night are in the schema ``night``, which need not be named, but for ``night.overlaps``: that is a word of SQL.
"""

import re
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from contracts import DATASETS
from contracts.datasets import Dataset
from flows.errors import UsageError
from flows.explain.reading import night_of
from flows.publish import folder_of, is_encrypted, read_restricted, schema_of
from flows.settings import cores, default_memory, restricted_key
from transforms.engine import LIST_OF_TABLES, Engine, Unanswerable

PROMPT, MORE = "onecover> ", "     ...> "
HELP = """Tables are the datasets (docs/data_dictionary.md), as night.overlaps; nights.overlaps has those of all nights, with as_of. End a question with ;
.tables lists them, .quit leaves."""


@contextmanager
def opened(warehouse: Path, as_of: date | None, restricted: bool) -> Iterator[Engine]:
    """An engine that sees the datasets of a night (None: the newest) and of all nights, and nothing else of this machine.

    ``restricted``: those with names and certificate numbers, too. NightError where there is no such night.
    """
    day, nights = night_of(warehouse, as_of)
    key = restricted_key() if restricted else None
    seen = [dataset for dataset in DATASETS.values() if restricted or not dataset.restricted]
    with tempfile.TemporaryDirectory(prefix="onecover-explore-") as spill:
        engine = Engine(Path(spill), default_memory(), cores(), {})
        try:
            with engine.within("night"):
                engine.confine([file for dataset in seen for file in _show(engine, dataset, day, nights, key)])
                yield engine
        finally:
            engine.close()


def _show(engine: Engine, dataset: Dataset, day: date, nights: Mapping[date, Path], key: bytes | None) -> list[Path]:
    """The views of a dataset; the files that they read. What is encrypted is read at once, of one night only."""
    files = {night: folder_of(path, dataset) / "part-0.parquet" for night, path in nights.items()}
    there = {night: file for night, file in files.items() if file.exists()}
    plain = [file for file in there.values() if not is_encrypted(file)]
    if plain:
        engine.over_nights(f"nights.{dataset.name}", *plain)
    if day not in there:  # a night of before there was such a dataset
        engine.register(dataset.name, schema_of(dataset, {}).empty_table())
    elif is_encrypted(there[day]):
        engine.register(dataset.name, read_restricted(there[day], key))
    else:
        engine.published(f"night.{dataset.name}", there[day])
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
    """Questions from standard input: a prompt on a terminal, the whole text at once elsewhere."""
    if not sys.stdin.isatty():
        print(answer(engine, sys.stdin.read()))
        return
    print(HELP)
    for question in _asked():
        if question == ".tables":
            question = LIST_OF_TABLES
        try:
            print(answer(engine, question))
        except UsageError as error:
            print(error)


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
