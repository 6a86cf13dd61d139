"""The files of an extract in the inbox: ``inbox/<department>/<extract>[_anything].{csv,csv.gz,csv.zip,zip,xlsx,parquet}``."""

import re
from pathlib import Path

from contracts.extracts import Extract
from contracts.site import NO_SITE, Site
from flows.errors import UnreadableFile
from flows.files.source import SourceFile, date_in_name

#: Longest first: what is taken off a name must be all of its ending.
ENDINGS = (".csv.gz", ".csv.zip", ".parquet", ".xlsx", ".csv", ".zip")
#: Tables and archives in a form that is not read: passing over one would leave out its rows without a word.
FOREIGN = (".xls", ".xlsm", ".xlsb", ".et", ".ods", ".dbf", ".tsv", ".txt", ".rar", ".7z", ".tar", ".gz", ".bz2", ".xz", ".zst", ".tgz")


def find(inbox: Path, extract: Extract, site: Site = NO_SITE) -> list[SourceFile]:
    """The files of one extract, in the order of their names. Raises UnreadableFile where one has a form that is not read."""
    folder = inbox / extract.department
    paths = sorted(p for p in folder.glob("*") if p.is_file() and not p.name.startswith((".", "~")) and _is_of(p.name, extract))
    return [SourceFile(extract, p, str(p.relative_to(inbox)), n, site=site) for n, p in enumerate(paths) if _is_read(p, inbox)]


def _is_of(name: str, extract: Extract) -> bool:
    stem = stem_of(name)
    if stem is None:
        stem = next((name[: -len(e)] for e in FOREIGN if name.lower().endswith(e)), "")
    return re.fullmatch(re.escape(extract.name) + r"(?:[_.\-].*)?", stem, re.IGNORECASE) is not None


def _is_read(path: Path, inbox: Path) -> bool:
    if stem_of(path.name) is None:
        raise UnreadableFile(str(path.relative_to(inbox)), f"files {path.suffix} are not read", " or ".join(ENDINGS))
    return True


def stem_of(name: str) -> str | None:
    """A file's name without its ending; None where the ending is none of ours."""
    return next((name[: -len(ending)] for ending in ENDINGS if name.lower().endswith(ending)), None)


__all__ = ["ENDINGS", "date_in_name", "find", "stem_of"]
