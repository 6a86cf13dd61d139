"""What the policy files say, once read: dated entries with their references, per policy, before any day is chosen."""

from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True)
class Reference:
    """Where an entry comes from: the document, the place in it, how we know, and what to keep in mind."""

    document: str
    clause: str
    known_from: str
    note: str = ""


@dataclass(frozen=True)
class ByParameter:
    """A field of a rule that a parameter decides."""

    parameter: str


@dataclass(frozen=True)
class Entry:
    """One dated value. `start` is a date, or a fiscal year for money; a value of None ends the series."""

    start: Any
    value: Any
    reference: Reference
    published_on: date | None = None


@dataclass(frozen=True)
class Series:
    """The dated entries of one key, ascending, with the file and key to name in an error."""

    file: str
    key: str
    entries: tuple[Entry, ...]
    topic: str
    last_reviewed: date
    review_every_months: int
    name_zh: str = ""
    description: str = ""
    unit: str = ""

    def value_on(self, point: Any) -> Any:
        """The value that holds at `point`, a date or a fiscal year; None before the first entry and where it has ended."""
        entry = self.entry_on(point)
        return entry.value if entry else None

    def entry_on(self, point: Any) -> Entry | None:
        """The latest entry that does not start after `point`; None before the first."""
        return next((entry for entry in reversed(self.entries) if entry.start <= point), None)

    @property
    def review_by(self) -> date:
        """The day by which a person should look again."""
        years, month = divmod(self.last_reviewed.month - 1 + self.review_every_months, 12)
        return date(self.last_reviewed.year + years, month + 1, min(self.last_reviewed.day, 28))


@dataclass(frozen=True)
class OpenPoint:
    """Something that a province's text is known to say and no parameter holds: in both languages, and why not."""

    topic: str
    says_zh: str
    says_en: str
    why: str
    reference: Reference


@dataclass(frozen=True)
class PolicyFile:
    """What one policy says of its own: the nation says everything, a province what it changes."""

    policy_id: str
    name_zh: str
    name_en: str
    province: str | None
    parameters: dict[str, Series]
    rules: dict[str, Series]
    standards: dict[str, Series]
    sharing: dict[str, Series]
    sources: tuple[tuple[str, bytes], ...]
    not_modelled: tuple[OpenPoint, ...] = ()

    @property
    def tables(self) -> tuple[dict[str, Series], ...]:
        return self.rules, self.parameters, self.standards, self.sharing


@dataclass(frozen=True)
class Coverage:
    """How far one province-level division has been looked at: a status for each topic."""

    code: str
    name_zh: str
    name_en: str
    topics: dict[str, str]


@dataclass(frozen=True)
class Tree:
    """All policies under one root, and which province has been looked at for what."""

    national: PolicyFile
    provinces: dict[str, PolicyFile]
    coverage: dict[str, Coverage]

    @property
    def policies(self) -> dict[str, PolicyFile]:
        """Every policy by its id, the nation first."""
        return {self.national.policy_id: self.national} | dict(sorted(self.provinces.items()))
