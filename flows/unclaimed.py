"""Files of the inbox that no extract claims: a misspelt name would leave out its rows without a word."""

import re
from collections import Counter
from pathlib import Path

from contracts import EXTRACTS
from flows.files import is_of

#: The inbox, its folders, and one folder deeper, where a department may have unpacked what it sent.
_WHERE = ("*", "*/*", "*/*/*")
#: Names that are repeated in the manifest and on the page, which are open: no name of a person in Chinese, and no number longer
#: than a date.
_OPEN = re.compile(r"(?!.*[0-9]{9})[A-Za-z0-9_.-]+")


def unclaimed(inbox: Path) -> list[str]:
    """``department/name`` of plain files in the inbox, in their order; hidden ones and what an office program leaves beside an
    open file are nobody's extract. Of files whose name is not to be repeated how many there are: ``department/* (2)``."""
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
