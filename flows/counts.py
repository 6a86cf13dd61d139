"""The counts that the checks are judged by: of each extract, of the persons in an overlap, and of the persons that a rule touches."""

from collections.abc import Mapping, Sequence
from datetime import date
from statistics import median

from contracts.reasons import REASONS
from flows.ingest import Ingested

#: Nights of the same policy that tonight is compared with.
NIGHTS = 7
#: Below this many persons, tonight and usually, twice as many says nothing.
FEWEST = 20


def extract_counts(done: Ingested, before: Mapping | None, as_of: date) -> dict[str, float | None]:
    """The one row of counts of an extract: what was read, filled, quarantined, how old, against the last night."""
    t = done.tally
    if not done.files and not done.extract.required:
        # what came last night and does not come tonight has lost all its rows; of what never came there is nothing to say
        return {"rows": 0, "row_ratio": 0.0} if before and before["rows"] else {}

    def share(n: int, of: int) -> float | None:
        return n / of if of else None

    per_reason = {r: t.reasons.get(r, 0) for r in REASONS}
    return {
        "rows": t.rows,
        "quarantined": t.quarantined,
        "quarantine_share": share(t.quarantined, t.rows),
        "identifier_fill": share(t.id_filled, t.id_slots),
        "identifier_slots": t.id_slots,
        "identifiers_missing": t.id_slots - t.id_filled,
        "date_fill": share(t.date_filled, t.date_slots),
        "date_slots": t.date_slots,
        "dates_missing": t.date_slots - t.date_filled,
        "days_old": max(((as_of - s.own_date()).days for s in done.files), default=None),
        "row_ratio": share(t.rows, before["rows"]) if before else None,
        **{f"share_{r}": share(n, t.rows) for r, n in per_reason.items()},
        **{f"{m}_share": share(n, t.good) for m, n in t.measures.items()},
        **t.measures,
        **{f"count_{r}": n for r, n in per_reason.items()},
    }


def overlap_counts(enrolled: Mapping[str, int]) -> dict[str, float]:
    """``enrolled``: the row of overlaps/overlap_share.sql."""
    return {**enrolled, "overlap_share": enrolled["persons_in_current_overlap"] / max(enrolled["persons_enrolled"], 1)}


def rule_counts(
    tonight: Mapping[str, int], enrolled: int, manifests: Sequence[Mapping], policy_id: str, most: float
) -> dict[str, float | None]:
    """``rule_change``: the largest factor by which a rule's persons differ from the usual, up or down; None on a first night.

    The usual is the median of the shares of the persons enrolled, over the nights of the same policy in ``manifests``;
    one person is added on both sides, so that a rule nobody fell under before has a factor, too. ``rules_changed``: rules
    whose factor is above ``most``.
    """
    shares = [_shares(m) for m in manifests if m.get("policy", {}).get("id") == policy_id]
    shares = [s for s in shares if s is not None]
    if not shares:
        return {"rule_change": None}
    usual = {rule: median(s.get(rule, 0.0) for s in shares) * enrolled for rule in {*tonight, *(r for s in shares for r in s)}}
    compared = {rule: (tonight.get(rule, 0), persons) for rule, persons in usual.items() if max(tonight.get(rule, 0), persons) >= FEWEST}
    factors = [max((now + 1) / (before + 1), (before + 1) / (now + 1)) for now, before in compared.values()]
    changed = sum(factor > most for factor in factors)
    return {"rule_change": max(factors, default=1.0), "rules_compared": len(factors), "rules_changed": changed}


def _shares(manifest: Mapping) -> dict[str, float] | None:
    """Rule -> share of the persons enrolled that it touched; None where that night did not count them."""
    persons = manifest.get("persons", {})
    enrolled = persons.get("persons_enrolled")
    return {rule: n / enrolled for rule, n in persons["by_rule"].items()} if enrolled else None
