"""The warehouse: one writer at a time, runs in folders of their own, and links that are switched in one step."""

import fcntl
import json
import os
import shutil
from datetime import date
from pathlib import Path

from flows.errors import NightError, WarehouseLocked

PRIVATE, PRIVATE_FILE = 0o700, 0o600


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
        """Remove what no link needs: runs that died half-way and runs that a later one replaced. Returns their ids."""
        linked = {p.resolve() for p in self.root.glob("as_of=*")}
        removed = []
        for run in sorted(self.runs.iterdir()):
            if run.resolve() not in linked and read_state(run) not in ("stopped",):
                shutil.rmtree(run)
                removed.append(run.name)
        for leftover in self.root.glob(".link-*"):
            leftover.unlink()
        return removed

    def night_before(self, as_of: date) -> Path | None:
        """The newest night published for an earlier day: what a night carries on from, also when it is run again."""
        return max((p for p in self.root.glob("as_of=*") if p.name < f"as_of={as_of}"), default=None)

    def last_manifest(self, as_of: date) -> dict:
        """The manifest of the night before; empty where there is none."""
        night = self.night_before(as_of)
        path = night / "manifest.json" if night else None
        return json.loads(path.read_text(encoding="utf-8")) if path and path.exists() else {}

    def switch(self, run: Path, as_of: date) -> None:
        """Make ``run`` the night of ``as_of``, and `current` the newest night. Each link changes in one step."""
        self._link(f"as_of={as_of}", f".runs/{run.name}")
        newest = max(p.name for p in self.root.glob("as_of=*"))
        self._link("current", newest)
        _sync(self.root)

    def _link(self, name: str, target: str) -> None:
        fresh = self.root / f".link-{name}"
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(target)
        fresh.replace(self.root / name)


def write_state(run: Path, state: str, **facts) -> None:
    """The run ledger: who runs, since when, and how it ended. Replaced in one step."""
    fresh = run / ".run.json.new"
    fresh.write_text(json.dumps({"state": state, "pid": os.getpid(), **facts}, indent=1), encoding="utf-8")
    fresh.replace(run / "run.json")


def read_state(run: Path) -> str:
    try:
        return json.loads((run / "run.json").read_text(encoding="utf-8"))["state"]
    except (OSError, ValueError, KeyError):
        return "unknown"


def make_private(path: Path) -> Path:
    path.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
    path.chmod(PRIVATE)
    return path


def sync_tree(run: Path) -> None:
    """Bring every file and folder of a run to disk before a link points at it."""
    for folder, _, files in os.walk(run):
        for name in files:
            _sync(Path(folder) / name)
        _sync(Path(folder))


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
