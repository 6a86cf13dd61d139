"""An engine for the commands beside the night: explain, explore, key rotation."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flows.settings import cores
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
