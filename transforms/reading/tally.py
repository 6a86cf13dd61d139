"""How many rows of a file or an extract became what: the counts that gates, manifest and reconciliation rest on."""

from dataclasses import dataclass, field


@dataclass
class RowTally:
    """Counts of one file or extract. Every row is accepted, superseded by a newer one of its key, a copy of an equal one,
    or quarantined. Then: filled certificate numbers and dates, rows per reason, repaired numbers per repair, and the
    measures of its bounds."""

    rows: int = 0
    good: int = 0
    quarantined: int = 0
    copies: int = 0
    superseded: int = 0
    id_slots: int = 0
    id_filled: int = 0
    date_slots: int = 0
    date_filled: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    flags: dict[str, int] = field(default_factory=dict)
    measures: dict[str, int] = field(default_factory=dict)

    @property
    def accepted(self) -> int:
        return self.rows - self.quarantined - self.copies - self.superseded

    def add(self, other: "RowTally") -> None:
        for name in ("rows", "good", "quarantined", "copies", "superseded", "id_slots", "id_filled", "date_slots", "date_filled"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for mine, theirs in ((self.reasons, other.reasons), (self.flags, other.flags), (self.measures, other.measures)):
            for name, count in theirs.items():
                mine[name] = mine.get(name, 0) + count
