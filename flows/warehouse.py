"""The warehouse: one writer at a time, runs in folders of their own, and links that are switched in one step."""

import fcntl
import json
import os
import shutil
from collections.abc import Iterable
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path

from flows.disk import is_as_published, sync
from flows.errors import DamagedPublication, NightError, PassingTrouble, UsageError, WarehouseLocked
from flows.progress import warn
from flows.run_ledger import read_ledger, read_state


def existing(root: Path) -> "Warehouse":
    """A warehouse for whoever publishes nothing. Raises UsageError where none is: a mistyped name makes nothing in another folder."""
    check_is_there(root)
    if not (root / ".runs").is_dir() and not nights_in(root):
        raise UsageError(f"{root} is no warehouse: it holds no night and no run; name it with --warehouse")
    return Warehouse(root)


def check_is_there(root: Path) -> None:
    """Raises UsageError where there is no folder of that name."""
    if not root.is_dir():
        raise UsageError(f"{root} is no warehouse; name it with --warehouse")


def link_of(root: Path, as_of: date | str) -> Path:
    """Where the night of a day is found; `as_of` as a date or in its ISO form."""
    return root / f"as_of={as_of}"


def nights_in(root: Path) -> dict[date, Path]:
    """The published nights, or the stored inboxes, below ``root`` by their days, the oldest first. What somebody set aside beside them, as
    `as_of=2026-11-22.old`, is none of them."""
    found = {}
    for path in root.glob("as_of=*"):
        with suppress(ValueError):
            day = date.fromisoformat(path.name.removeprefix("as_of="))
            if path == link_of(root, day):  # 20261122 is a date, too, but no name that a night gives
                found[day] = path
    return dict(sorted(found.items()))


class Warehouse:
    """A folder of published nights. Use as a context manager: the lock is held from enter to exit."""

    def __init__(self, root: Path):
        self.root = root
        self.runs = root / ".runs"

    def __enter__(self) -> "Warehouse":
        try:
            if self.root.exists() and not self.root.stat().st_mode & 0o222:
                raise PermissionError  # root may write all the same; whoever made it read-only meant it
            self.runs.mkdir(parents=True, exist_ok=True)
            self._lock = (self.root / ".lock").open("a+")
        except OSError:
            raise NightError(
                f"the warehouse {self.root} cannot be written; make it a writable folder or name another with --warehouse"
            ) from None
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise WarehouseLocked(f"another run holds the warehouse {self.root}; wait for it or look at {self.runs}") from None
        return self

    def __exit__(self, *_) -> None:
        self._lock.close()

    def sweep(self) -> list[str]:
        """Remove what no link needs: runs that died half-way and runs that a later one replaced. Says of each what it was.

        The working tables of a stopped run go, too, where the machine died before it could remove them.
        """
        _check_is_no_folder(self.root / "current")
        for leftover in self.root.glob(".link-*"):
            leftover.unlink()
        linked, removed = self._linked(), []
        for run in sorted(self.runs.iterdir()):
            if run.resolve() in linked or read_state(run) == "stopped":
                shutil.rmtree(run / "work", ignore_errors=True)
            else:
                removed.append(f"{run.name} ({_epitaph(run)})")
                shutil.rmtree(run) if run.is_dir() and not run.is_symlink() else run.unlink()
        if self._point_current():
            removed.append("current, which did not name the newest night")
        return removed

    def prune(self, keep: int) -> list[str]:
        """Remove all nights but the newest ``keep``, and what stopped or failed before them. Returns their names.

        A link goes before the run that it names, so that no link ever names nothing."""
        nights = list(reversed(nights_in(self.root).values()))
        oldest = _run_of(nights[:keep][-1]) if nights else ""
        for night in nights[keep:]:
            night.unlink() if night.is_symlink() else shutil.rmtree(night)
        linked, removed = self._linked(), []
        for run in sorted(self.runs.iterdir()):
            if run.resolve() not in linked and run.name < oldest:
                shutil.rmtree(run)
                removed.append(run.name)
        return removed

    def _linked(self) -> set[Path]:
        """The runs that a link names, that of a night or of one that somebody set aside: they stay."""
        return {p.resolve() for p in self.root.iterdir() if p.is_symlink()}

    def new_run(self, as_of: date, started: datetime) -> Path:
        """The folder of a new run. Its name tells when it started; a clock that was set back gives a name once more."""
        _check_is_no_folder(link_of(self.root, as_of))  # now: at the switch the whole night would be for nothing
        stem = f"{as_of:%Y%m%d}-{started:%Y%m%dT%H%M%S}-{os.getpid()}"
        for again in range(1000):
            run = self.runs / (f"{stem}-{again}" if again else stem)
            with suppress(FileExistsError):
                run.mkdir()
                return run
        raise NightError(f"no folder for a new run could be made in {self.runs}; look at what is there")

    def check_night_before(self, as_of: date, needed: Iterable[str]) -> None:
        """What the night carries on from is there, and as it was published: ``needed`` (files below the run) byte by byte, the others by
        their size. Raises DamagedPublication."""
        night = self.night_before(as_of)
        if night is None:
            self._check_nothing_was_before(as_of)
            return
        day, needed = night.name.removeprefix("as_of="), set(needed)
        try:
            files = json.loads((night / "manifest.json").read_text(encoding="utf-8")).get("files", {})
            wrong = next((name for name, known in files.items() if not is_as_published(night / name, known, name in needed)), None)
        except PermissionError:
            raise  # it may be whole: who restored it from a backup would restore it for nothing
        except (OSError, ValueError, AttributeError, KeyError, TypeError):
            wrong = "manifest.json"
        if wrong:
            raise DamagedPublication(
                f"the publication of {day} is damaged: {wrong} is missing or not as it was published; this night cannot go on from it. "
                f"Restore {night} from a backup, or publish that night again with --as-of {day} and its extracts; nothing was published"
            )

    def _check_nothing_was_before(self, as_of: date) -> None:
        """Where no earlier night is left, that day's own publication, or the first one after it, did not carry on from one either: the
        ledgers would begin anew, so that all money is new again and no clerk's answer is remembered."""
        first = next((night for day, night in nights_in(self.root).items() if day >= as_of), None)
        if first and (gone := _manifest(first).get("carried_on_from")):
            raise DamagedPublication(
                f"no night before {as_of} is left, but {first.name} carried on from the one of {gone}, which was removed: its ledgers and "
                f"the clerks' answers would be lost. Restore as_of={gone} from a backup, or use another warehouse; nothing was published"
            )

    def night_before(self, as_of: date) -> Path | None:
        """The newest night published for an earlier day: what a night carries on from, also when it is run again."""
        return next(iter(self.nights_before(as_of, 1)), None)

    def last_manifest(self, as_of: date) -> dict:
        """The manifest of the night before; empty where there is none."""
        night = self.night_before(as_of)
        return _manifest(night) if night else {}

    def manifest_of(self, as_of: date) -> dict:
        """The manifest of that day's own publication; empty where there is none, or none that can be read."""
        return _manifest(link_of(self.root, as_of))

    def nights_before(self, as_of: date, most: int) -> list[Path]:
        """The newest nights published for earlier days, newest first."""
        return [night for day, night in reversed(nights_in(self.root).items()) if day < as_of][:most]

    def manifests_before(self, as_of: date, most: int) -> list[dict]:
        """Their manifests; a night whose manifest cannot be read is passed over."""
        return [m for night in self.nights_before(as_of, most) if (m := _manifest(night))]

    def check_is_held(self) -> None:
        """Raises PassingTrouble where the warehouse is no longer the folder that was locked."""
        try:
            mine, there = os.fstat(self._lock.fileno()), (self.root / ".lock").stat()
        except OSError:
            there = None
        if there is None or (mine.st_ino, mine.st_dev) != (there.st_ino, there.st_dev):
            raise PassingTrouble(
                f"the warehouse {self.root} was removed or replaced while the night ran; nothing was published. "
                "Put it back and run the night again"
            )

    def switch(self, run: Path, as_of: date) -> None:
        """Make ``run`` the night of ``as_of``, and `current` the newest night. Each link changes in one step.

        With the first link the night is published: what fails after it is told, and the next run mends it.
        """
        self.check_is_held()
        self._link(link_of(self.root, as_of).name, f".runs/{run.name}")
        try:
            self._point_current()
            sync(self.root)
        except (OSError, NightError):
            warn(f"the night of {as_of} is published, but the link `current` could not be moved; the next run moves it")

    def _point_current(self) -> bool:
        """`current` is the newest night; returns whether it had to be moved."""
        newest = max((night.name for night in nights_in(self.root).values()), default=None)
        current = self.root / "current"
        if newest is None or (current.is_symlink() and str(current.readlink()) == newest):
            return False
        self._link("current", newest)
        return True

    def _link(self, name: str, target: str) -> None:
        fresh = self.root / f".link-{name}"
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(target)
        fresh.replace(self.root / name)


def _run_of(night: Path) -> str:
    """The name of a night's run; of a night that is no link the beginning that it would have."""
    return night.resolve().name if night.is_symlink() else night.name.removeprefix("as_of=").replace("-", "")


def _check_is_no_folder(link: Path) -> None:
    """Raises NightError where a copy that followed links (cp -rL, rsync -L) has left a folder in place of a link."""
    if link.is_dir() and not link.is_symlink():
        raise NightError(
            f"{link} is a folder where a link into .runs belongs, as a copy leaves it; nothing was published. Move it away, then run again"
        )


def _manifest(night: Path) -> dict:
    try:
        return json.loads((night / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def _epitaph(run: Path) -> str:
    """What a run without a link was."""
    ledger = read_ledger(run)
    state, step = ledger.get("state", "unknown"), ledger.get("step")
    if state == "published":
        return "replaced, or cut off at the switch"
    return f"{'cut off' if state == 'running' else state}{f' in {step}' if step else ''}"
