"""The inbox: whether it is there, which day it speaks for, and its files that no extract claims."""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from contracts import EXTRACTS
from flows.errors import UsageError
from flows.files import date_in_name, is_of
from flows.warehouse import nights_in

#: The inbox, its folders, and one folder deeper, where a department may have unpacked what it sent.
_WHERE = ("*", "*/*", "*/*/*")
#: Names that are repeated in the manifest and on the page, which are open: no name of a person in Chinese, and no number longer
#: than a date.
_OPEN = re.compile(r"(?!.*[0-9]{9})[A-Za-z0-9_.-]+")


def check_inbox(inbox: Path) -> None:
    """Raises UsageError where the inbox is not there."""
    if not inbox.is_dir():
        raise UsageError(f"the inbox {inbox} is no folder; name the folder of the departments' extracts with --inbox")


def stored_inboxes(folder: Path, first: date, last: date) -> list[tuple[date, Path]]:
    """The inboxes ``as_of=YYYY-MM-DD`` of the days from ``first`` to ``last``, in their order. Raises UsageError where there is none."""
    found = [(day, inbox) for day, inbox in nights_in(folder).items() if first <= day <= last and inbox.is_dir()]
    if not found:
        raise UsageError(f"{folder} has no inbox as_of=YYYY-MM-DD from {first} to {last}")
    return found


def days_without(found: Sequence[tuple[date, Path]], first: date, last: date) -> list[date]:
    """The days from ``first`` to ``last`` of which no inbox was ``found``."""
    there = {day for day, _ in found}
    return [day for n in range((last - first).days + 1) if (day := first + timedelta(days=n)) not in there]


def newest_date(inbox: Path) -> date:
    """The newest date in the names of the inbox's extracts; never silently today."""
    check_inbox(inbox)
    found = [p for extract in EXTRACTS.values() for p in (inbox / extract.department).glob("*") if is_of(p.name, extract)]
    dates = [d for p in found if p.is_file() and (d := date_in_name(p.name))]
    if not dates:
        raise UsageError(f"no file of {inbox} has a date in its name; say which day the night speaks for with --as-of YYYY-MM-DD")
    return max(dates)


def unclaimed(inbox: Path) -> list[str]:
    """``department/name`` of plain files that no extract claims, in their order: a misspelt name would leave out its rows without a word.
    Hidden ones and what an office program leaves beside an open file are nobody's extract. Of files whose name is not to be repeated how
    many there are: ``department/* (2)``."""
    files = (p.relative_to(inbox) for where in _WHERE for p in inbox.glob(where) if p.is_file() and not _is_claimed(p, inbox))
    found = [path for path in files if not any(part.startswith((".", "~")) for part in path.parts)]
    names = [str(path) for path in found if _is_open(*path.parts)]
    others = Counter(_folder(path) for path in found if not _is_open(*path.parts))
    return sorted([*names, *(f"{folder}* ({n})" for folder, n in others.items())])


def _folder(path: Path) -> str:
    """The department's folder with a slash, itself only where its name may be repeated; nothing for a file in none."""
    if len(path.parts) == 1:
        return ""
    return f"{path.parts[0]}/" if _is_open(path.parts[0]) else "*/"


def _is_open(*names: str) -> bool:
    return all(map(_OPEN.fullmatch, names))


def _is_claimed(path: Path, inbox: Path) -> bool:
    return any(path.parent == inbox / extract.department and is_of(path.name, extract) for extract in EXTRACTS.values())
