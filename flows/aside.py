"""What the commands beside the night share (explain, explore, key rotation): an engine, and the published night that is asked for."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from flows.errors import NightError
from flows.progress import warn
from flows.settings import cores
from flows.warehouse import check_is_there, nights_in
from transforms.engine import Engine

#: What one person's rows, or a few columns of everybody's, need: in bytes.
LITTLE = 1 << 30


@contextmanager
def engine_for(command: str, memory: int = LITTLE, **parameters: object) -> Iterator[Engine]:
    """An engine; what it spills is removed with it."""
    with tempfile.TemporaryDirectory(prefix=f"onecover-{command}-") as spill:
        engine = Engine(Path(spill), memory, cores(), parameters)
        try:
            yield engine
        finally:
            engine.close()


def nights_of(warehouse: Path) -> dict[date, Path]:
    """The published nights, the oldest first; NightError where there is none, UsageError where there is no warehouse."""
    check_is_there(warehouse)
    found = nights_in(warehouse)
    if not found:
        raise NightError(f"no night is published in {warehouse}; name the warehouse with --warehouse, or run a night first")
    return found


def night_of(warehouse: Path, as_of: date | None) -> tuple[date, dict[date, Path]]:
    """The night that is asked for, else the newest, and all nights."""
    nights = nights_of(warehouse)
    if as_of is None:
        return max(nights), nights
    if as_of not in nights:
        told = ", ".join(map(str, list(nights)[-3:]))
        raise NightError(f"{warehouse} has no night of {as_of}; the newest are {told}. Leave --as-of out for the newest")
    return as_of, nights


def check_is_whole(day: date, night: Path) -> None:
    """Raises NightError where the link of the night that is asked for leads nowhere: without rows it would seem to speak of nobody."""
    if not night.is_dir():
        raise NightError(
            f"{night} leads nowhere: the night of {day} is gone. Restore it from a backup, run it again, or name another with --as-of"
        )


def whole_files(files: Sequence[Path]) -> list[Path]:
    """Those whose end, which is written last, can be read: of many nights a damaged one is passed over, and told."""
    found = []
    for file in files:
        try:
            pq.read_metadata(file)
            found.append(file)
        except (OSError, pa.ArrowException) as error:
            warn(f"{file} is passed over, as it cannot be read ({type(error).__name__}); publish that night again, or restore it")
    return found
