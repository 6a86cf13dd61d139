"""Whether the inbox stayed as it was while it was read: a file that still arrives is no extract yet."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from contracts import EXTRACTS
from flows.errors import PassingTrouble, UnreadableFile
from flows.files.finding import is_of

Stamp = tuple[int, int, int, int]


@contextmanager
def unchanged(inbox: Path, extracts: Iterable[str]) -> Iterator[None]:
    """Look at every file of ``extracts`` before and after. Raises PassingTrouble at the first that changed, came or went,
    also where reading it failed: then the change is the reason."""
    names = tuple(extracts)
    before = _stamps(inbox, names)
    try:
        yield
    except (UnreadableFile, OSError):
        _compare(before, _stamps(inbox, names))
        raise
    _compare(before, _stamps(inbox, names))


def _stamps(inbox: Path, extracts: Iterable[str]) -> dict[str, Stamp]:
    """File below the inbox -> inode, size, time of the last writing, time of the last change of any kind."""
    found = {}
    for name in extracts:
        for path in (inbox / EXTRACTS[name].department).glob("*"):
            if is_of(path.name, EXTRACTS[name]) and (stamp := _stamp(path)):
                found[str(path.relative_to(inbox))] = stamp
    return found


def _stamp(path: Path) -> Stamp | None:
    try:
        s = path.stat()
    except OSError:
        return None
    return s.st_ino, s.st_size, s.st_mtime_ns, s.st_ctime_ns


def _compare(before: dict[str, Stamp], after: dict[str, Stamp]) -> None:
    wrong = min((name for name in before.keys() | after.keys() if before.get(name) != after.get(name)), default=None)
    if wrong is None:
        return
    what = "arrived" if wrong not in before else "vanished" if wrong not in after else "changed"
    raise PassingTrouble(
        f"{wrong}: it {what} while the extracts were read; nothing was published. Run the night again when all files have arrived"
    )
