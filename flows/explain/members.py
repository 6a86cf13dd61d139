"""The enrollments of a person, put together from what a publication says of them."""

from dataclasses import dataclass, field
from datetime import date

from flows.explain import ladder
from flows.explain.reading import Told
from flows.explain.timeline import Span


@dataclass
class Member:
    """One enrollment; spans are half-open, an end of None is open. ``part_of``: the spell that a merged row belongs to."""

    scheme: str | None = None
    area: str | None = None
    standing: str | None = None
    part_of: str | None = None
    enrolled: list[Span] = field(default_factory=list)
    active: list[Span] = field(default_factory=list)
    benefits: list[Span] = field(default_factory=list)
    paid: list[Span] = field(default_factory=list)
    back_paid: list[Span] = field(default_factory=list)

    @property
    def waits_until(self) -> date | None:
        """When its benefits begin, where that is later than the first day on which it is active."""
        begins = min((start for start, _ in self.benefits), default=None)
        return begins if begins and begins > min((start for start, _ in self.active), default=begins) else None


def members_of(told: Told) -> dict[str, Member]:
    """enrollment_id -> what is known of it: every enrollment that an overlap, a decision or the time line names."""
    found = {e: Member() for e in sorted(_named(told))}
    for d in told.decisions:
        m = found[d["enrollment_id"]]
        m.scheme, m.area, m.enrolled = d["scheme"], d["insu_admdvs"], _enrolled(told, d)
    drawn = {s["enrollment_id"] for s in told.stretches}
    for e in drawn:
        found[e].enrolled = []
    for s in told.stretches:
        m = found[s["enrollment_id"]]
        m.scheme, m.area, m.standing, m.part_of = s["scheme"], s["insu_admdvs"], s["standing"], s["part_of"]
        getattr(m, "enrolled" if s["kind"] == "merged" else s["kind"]).append((s["starts_on"], s["ends_on"]))
    return found


def _named(told: Told) -> set[str]:
    of_overlaps = {e for o in told.overlaps for e in o["enrollment_ids"]}
    return of_overlaps | {d["enrollment_id"] for d in told.decisions} | {s["enrollment_id"] for s in told.stretches}


def _enrolled(told: Told, d: dict) -> list[Span]:
    """As far as a publication without time lines says: from the day of enrollment to the first overlap."""
    days = [date.fromisoformat(row["value"]) for row in ladder.evidence_of(d, "enrolled")]
    starts = sorted(o["starts_on"] for o in told.overlaps if d["enrollment_id"] in o["enrollment_ids"])
    until = starts[0] if starts else told.as_of
    return [(day, until) for day in days if day < until]
