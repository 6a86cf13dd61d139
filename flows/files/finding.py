"""The files of an extract in the inbox: ``inbox/<department>/<extract>[_anything].{csv,csv.gz,csv.zip,zip,xlsx,parquet}``."""

import os
import re
import stat
from pathlib import Path

from contracts.extracts import Extract
from contracts.site import NO_SITE, Site
from flows.errors import NightError, UnreadableFile
from flows.files.source import SourceFile, without_certificate_numbers

#: Longest first: what is taken off a name must be all of its ending.
ENDINGS = (".csv.gz", ".csv.zip", ".parquet", ".xlsx", ".csv", ".zip")
#: Tables and archives in a form that is not read: passing over one would leave out its rows without a word.
FOREIGN = (".xls", ".xlsm", ".xlsb", ".et", ".ods", ".dbf", ".tsv", ".txt", ".rar", ".7z", ".tar", ".gz", ".bz2", ".xz", ".zst", ".tgz")


def find(inbox: Path, extract: Extract, site: Site = NO_SITE) -> list[SourceFile]:
    """The files of one extract, in the order of their names. Raises UnreadableFile where one has a form that is not read, is
    no plain file, or lies outside of the inbox, and NightError where the folder may not be looked into."""
    folder = inbox / extract.department
    paths = sorted(folder / name for name in _names_in(folder) if not name.startswith((".", "~")) and is_of(name, extract))
    for path in paths:
        _check(path, inbox)
    return [SourceFile(extract, p, _shown(p.relative_to(inbox), n), n, site=site) for n, p in enumerate(paths)]


def _names_in(folder: Path) -> list[str]:
    """No names where there is no such folder: the department has sent nothing. What may not be looked into is not empty."""
    try:
        return [path.name for path in folder.iterdir()]
    except (FileNotFoundError, NotADirectoryError):
        return []
    except PermissionError:
        raise NightError(
            f"the folder {folder} of the inbox may not be read; nothing was published. Let the user that runs the night read it"
        ) from None


def _shown(path: Path, number: int) -> str:
    """How a file is called wherever that is told; one whose name holds what may be a certificate number by its place as well."""
    shown = without_certificate_numbers(str(path))
    return shown if shown == str(path) else f"{shown} [{number + 1}]"


def is_of(name: str, extract: Extract) -> bool:
    stem = stem_of(name)
    if stem is None:
        stem = next((name[: -len(e)] for e in FOREIGN if name.lower().endswith(e)), "")
    return re.fullmatch(re.escape(extract.name) + r"(?:[_.\-].*)?", stem, re.IGNORECASE | re.DOTALL) is not None


def _check(path: Path, inbox: Path) -> None:
    """Passing over what cannot be read would leave out its rows without a word; a link may lead to what is nobody's extract."""
    name = without_certificate_numbers(str(path.relative_to(inbox)))
    if not name.isprintable():
        raise UnreadableFile(ascii(name), "its name has characters that cannot be shown", "a name of letters, digits, _ and -")
    if not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(inbox)):
        raise UnreadableFile(
            name, "it is a link that leads out of the inbox", "the file itself: copy it there, or name its folder with --inbox"
        )
    if not path.is_file():
        raise UnreadableFile(name, f"it is {_kind(path)}", "a plain file")
    if stem_of(path.name) is None:
        raise UnreadableFile(name, f"files {path.suffix} are not read", " or ".join(ENDINGS))


def _kind(path: Path) -> str:
    try:
        mode = path.stat().st_mode
    except OSError:
        return "a link that leads nowhere"
    kinds = {stat.S_IFDIR: "a folder", stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket"}
    return kinds.get(stat.S_IFMT(mode), "a device")


def stem_of(name: str) -> str | None:
    """A file's name without its ending; None where the ending is none of ours."""
    return next((name[: -len(ending)] for ending in ENDINGS if name.lower().endswith(ending)), None)
