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


@dataclass(frozen=True)
class Tree:
    """All policies under one root, and which province has been looked at for what."""

    national: PolicyFile
    provinces: dict[str, PolicyFile]
    coverage: dict[str, dict[str, str]]
