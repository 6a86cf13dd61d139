"""The environment, the clock and the paths: the only module that reads them."""

import hmac
import os
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import urlsplit

from flows.errors import NightError, UsageError
from flows.warehouse import nights_in

KEY_VARIABLE, AS_OF_VARIABLE, SITE_VARIABLE = "ONECOVER_KEY_FILE", "ONECOVER_AS_OF", "ONECOVER_SITE"
RESTRICTED_KEY_VARIABLE = "ONECOVER_RESTRICTED_KEY_FILE"
HOOK_VARIABLE = "ONECOVER_ON_FAILURE"
#: Bytes that Python holds beside the engine's tables, libraries and batches on their way to a file included, and those of each
#: process that reads or writes workbooks; measured at ten to a hundred million enrollments (docs/performance.md).
BESIDE_ENGINE, OF_PROCESS = 1_200 * 10**6, 900 * 10**6
CHECKOUT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Settings:
    """One night's settings. ``memory`` is bytes for all processes of the night; ``accept`` names gates that may fail this once; ``site`` is the
    folder of what the bureau adds to the contract; ``worklists``: a workbook for each pool, county or none."""

    as_of: date
    inbox: Path
    warehouse: Path
    policy_id: str
    accept: tuple[str, ...] = ()
    memory: int = 0
    threads: int = 2
    site: Path | None = None
    worklists: str = "pool"

    @property
    def processes(self) -> int:
        """How many processes work side by side: one per core, if there is a gigabyte for it."""
        return max(1, min(self.threads, self.memory // 10**9))

    def of_engine(self, processes: int = 0, mapped: int = 0) -> int:
        """Bytes that the engine may hold while so many processes work beside it, who look things up in so many bytes ``mapped`` by all."""
        return max(self.memory - BESIDE_ENGINE - processes * OF_PROCESS - mapped, self.memory // (10 if mapped else 4 if processes else 2))


def parse_day(text: str, what: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{what} {text!r} is no date; write it as YYYY-MM-DD, for example 2026-11-22") from None


def as_of_from_environment() -> date | None:
    text = os.environ.get(AS_OF_VARIABLE)
    return parse_day(text, AS_OF_VARIABLE) if text else None


def site_from_environment() -> Path | None:
    folder = os.environ.get(SITE_VARIABLE)
    return Path(folder) if folder else None


def failure_command() -> str:
    """What to run when a night fails; empty where nobody asks for it."""
    return os.environ.get(HOOK_VARIABLE, "")


def default_memory() -> int:
    """Half of the machine's memory, in bytes."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2


def cores() -> int:
    return len(os.sched_getaffinity(0))


def now() -> datetime:
    return datetime.now(UTC)


def environment_with(**variables: str) -> dict[str, str]:
    """The environment for a process of its own, with these variables set."""
    return {**os.environ, **variables}


def api_is_configured() -> bool:
    """Whether a Prefect server keeps the records of this run. Raises NightError where its address is none: Prefect could not be loaded."""
    try:
        _ = urlsplit(prefect_address()).port
    except ValueError:
        raise NightError("PREFECT_API_URL is no address; unset it, or name the server that make serve starts") from None
    return bool(prefect_address())


def prefect_address() -> str:
    """Without a password that it may hold."""
    return re.sub("//[^/]*@", "//", os.environ.get("PREFECT_API_URL", ""))


def site_key(warehouse: Path) -> bytes:
    """The key behind person_id, from ONECOVER_KEY_FILE; made beside the warehouse's runs where none is given."""
    path = _key_file(warehouse)
    if not path.exists():
        if nights_in(warehouse):  # with a new key every person would seem to be another
            raise NightError(
                f"there is no key {path}, and {warehouse} was published with one; restore the key file from its backup, "
                f"or name it with {KEY_VARIABLE}; nothing was published"
            )
        if path.parent != warehouse and not path.parent.is_dir():
            raise NightError(f"{KEY_VARIABLE}: the folder {path.parent} does not exist; create it or name another file")
        make_key(path)
    return read_key(path)


def known_key(warehouse: Path) -> bytes:
    """The same key, where there is one already: what comes back was made with it."""
    path = _key_file(warehouse)
    if not path.is_file():
        raise UsageError(f"there is no key {path}; name the warehouse with --warehouse, or its key with {KEY_VARIABLE}")
    return read_key(path)


def _key_file(warehouse: Path) -> Path:
    given = os.environ.get(KEY_VARIABLE)
    return Path(given) if given else warehouse / ".key"


def read_key(path: Path) -> bytes:
    try:
        key = path.read_bytes().strip()
    except OSError as error:
        raise NightError(f"{path}: the key cannot be read ({error.strerror}); name a file that this user may read") from None
    if len(key) < 16:
        raise NightError(f"{path}: the key has {len(key)} bytes, at least 16 are needed; restore the key file from its backup")
    return key


def key_id(key: bytes) -> str:
    """What tells one key from another and nothing about it; stands in the manifest."""
    return hmac.digest(key, b"onecover key id", "sha256").hex()[:16]


def restricted_key() -> bytes | None:
    """The key that restricted/ is encrypted with: 32 bytes in hex in the file that ONECOVER_RESTRICTED_KEY_FILE names; None
    where it is not set."""
    given = os.environ.get(RESTRICTED_KEY_VARIABLE)
    if not given:
        return None
    try:
        key = bytes.fromhex(Path(given).read_text(encoding="ascii").strip())
    except (OSError, ValueError):
        key = b""
    if len(key) != 32:
        raise NightError(
            f"{RESTRICTED_KEY_VARIABLE}: {given} does not hold 32 bytes in hex; make it with `openssl rand -hex 32`, mode 0600"
        )
    return key


def restricted_key_is_set() -> bool:
    return bool(os.environ.get(RESTRICTED_KEY_VARIABLE))


def make_key(path: Path) -> None:
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as f:
            f.write(secrets.token_hex(32) + "\n")
    except FileExistsError:
        pass
    except OSError as error:
        raise NightError(f"{path}: no key can be made there ({error.strerror}); name a file in a folder that can be written") from None
