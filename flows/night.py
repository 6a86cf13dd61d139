"""One run of a night, as its steps (flows/steps.py) hand it on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

import policy
from contracts.site import Site
from expectations import CHECKS, Verdict
from expectations.bounds import Check
from flows.ingest import Ingested
from flows.manifest import code_version
from flows.progress import Progress
from flows.settings import Settings
from flows.warehouse import Warehouse
from transforms.engine import Engine


@dataclass
class Night:
    """One run: its settings, its folder, its engine and what has been counted so far."""

    settings: Settings
    policy: policy.Policy
    site: Site
    house: Warehouse
    run: Path
    progress: Progress
    ingested: dict[str, Ingested] = field(default_factory=dict)
    verdicts: list[Verdict] = field(default_factory=list)
    steps: dict[str, dict[str, int]] = field(default_factory=dict)
    published: dict[str, int] = field(default_factory=dict)
    worklists: dict[str, int] = field(default_factory=dict)
    engine: Engine | None = None
    #: Asked before the night is large: while git runs, the memory of this process would count twice.
    code_version: str = field(default_factory=code_version)
    checks: Mapping[str, Check] = field(default_factory=lambda: CHECKS)
    enrolled: Mapping[str, int] = field(default_factory=dict)
    touched: Mapping[str, int] = field(default_factory=dict)
    digests: dict[str, dict] = field(default_factory=dict)
    crowded: int = 0
    #: In how many shares of the persons decisions are put together.
    shares: int = 1
    restricted_key: bytes | None = None
    renamed: Path | None = None
    #: Files of the inbox that no extract claims.
    passed_over: list[str] = field(default_factory=list)
    #: person_id of those whose places are published nowhere.
    protected: pa.Array = field(default_factory=lambda: pa.array([], pa.string()))

    @property
    def work(self) -> Path:
        return self.run / "work"

    @property
    def rows_read(self) -> int:
        return sum(done.tally.rows for done in self.ingested.values())

    @property
    def rows_quarantined(self) -> int:
        return sum(done.tally.quarantined for done in self.ingested.values())

    @property
    def warnings(self) -> list[Verdict]:
        return [verdict for verdict in self.verdicts if verdict.warns]

    @property
    def absent(self) -> list[str]:
        """Extracts that a night reads, and of which no file came."""
        return [name for name, done in self.ingested.items() if not done.files]

    def build(self, step: str, *paths: str, shares: int = 1) -> None:
        counts = self.steps.setdefault(step, {})
        for path in paths:
            self.progress.at(Path(path).stem)
            name = self.engine.build(path, shares=shares)
            counts[name] = self.engine.count(name)
