"""How many persons are affected, and by which rule: counts for the checks overlap_share and rule_share."""

from collections.abc import Mapping, Sequence
from statistics import median

#: Nights of the same policy that tonight is compared with.
NIGHTS = 7
#: Below this many persons, tonight and usually, twice as many says nothing.
FEWEST = 20


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
