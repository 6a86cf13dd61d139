"""Files as a night leaves them: whole, on the disk, as they were published, and for their owner only where they name people."""

import hashlib
import os
from pathlib import Path

from flows.errors import NightError

PRIVATE, PRIVATE_FILE = 0o700, 0o600


def digest(path: Path) -> dict:
    """Size and SHA-256 of a file, for the manifest."""
    with path.open("rb") as file:
        return {"bytes": path.stat().st_size, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}


def is_as_published(path: Path, known: dict, every_byte: bool) -> bool:
    """``known``: bytes and sha256 from the manifest."""
    if not path.is_file() or path.stat().st_size != known["bytes"]:
        return False
    return not every_byte or digest(path)["sha256"] == known["sha256"]


def write_private(path: Path, text: str) -> None:
    """A file for its owner only, whole or not at all; what stood there before is replaced, a link not followed."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE), "w", encoding="utf-8") as file:
            file.write(text)
        fresh.replace(path)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise NightError(f"{path} cannot be written ({error.strerror}); name a file in a folder of your own") from None


def make_private(path: Path) -> Path:
    path.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
    path.chmod(PRIVATE)
    return path


def sync_tree(run: Path) -> None:
    """Bring every file and folder of a run to disk before a link points at it."""
    for folder, _, files in os.walk(run):
        for name in files:
            sync(Path(folder) / name)
        sync(Path(folder))


def sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
