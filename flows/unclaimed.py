"""Files of the inbox that no extract claims: a misspelt name would leave out its rows without a word."""

import re
from pathlib import Path

from contracts import EXTRACTS
from flows.files import is_of

#: As long as a certificate number: what hides in a file's name is not to be repeated.
_NUMBER = re.compile(r"\d{14,}[\dXx]")


def unclaimed(inbox: Path) -> list[str]:
    """``department/name`` of plain files in the inbox and in its folders, in their order; hidden ones and what an office program
    leaves beside an open file are nobody's extract."""
    files = (p for pattern in ("*", "*/*") for p in inbox.glob(pattern) if p.is_file() and not p.name.startswith((".", "~")))
    names = (str(p.relative_to(inbox)) for p in files if not _is_claimed(p, inbox))
    return sorted(_NUMBER.sub("#", name if name.isprintable() else ascii(name)) for name in names)


def _is_claimed(path: Path, inbox: Path) -> bool:
    return any(path.parent == inbox / extract.department and is_of(path.name, extract) for extract in EXTRACTS.values())
