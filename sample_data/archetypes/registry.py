"""The list of archetypes: which there are, how many persons each gets, and at which as-of dates it can be planted."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sample_data.days import Calendar


@dataclass(frozen=True)
class Archetype:
    """``plant(book, who)`` writes the rows and the truth of the persons ``who``.

    ``weight``: how many persons, in proportion to the others (they add up to about 17,000: 93% of the persons have one
    enrollment and no outcome, 2% a history, 5% an overlap). ``ages``: youngest and oldest. ``possible``: whether the outcome can be built
    at an as-of date; where it cannot, the persons go to the settled residents. ``papers``: persons of any document.
    ``kinds``: the persons hold these documents, in turn. ``at_least``: persons in a chunk that is large enough for all ways.
    """

    name: str
    plant: Callable
    weight: float
    ages: tuple[int, int]
    possible: Callable[[Calendar], bool]
    papers: bool
    kinds: tuple[int, ...]
    at_least: int


ARCHETYPES: dict[str, Archetype] = {}


def archetype(weight: float, ages=(20, 75), possible=lambda calendar: True, papers=False, kinds=(), at_least=0):
    """Enter a function into the list under its own name."""

    def enter(plant):
        ARCHETYPES[plant.__name__] = Archetype(plant.__name__, plant, weight, ages, possible, papers, kinds, at_least)
        return plant

    return enter


#: Persons of every archetype in a chunk that is large enough: also the smallest sample shows every outcome; in one that is
#: larger, every way in which an archetype comes about.
AT_LEAST, LARGE_ENOUGH, FOR_ALL_WAYS = 2, 2000, 5000


def blocks(persons: int, calendar: Calendar) -> list[tuple[Archetype, np.ndarray]]:
    """Which positions of ``persons`` belong to which archetype: consecutive, in proportion to the weights.

    What rounding leaves over, and what cannot be planted at the as-of date, are settled residents.
    """
    planted = [a for a in ARCHETYPES.values() if a.possible(calendar) and a.name != "settled_resident"]
    total = sum(a.weight for a in ARCHETYPES.values())
    counts = [int(a.weight * persons // total) for a in planted]
    if persons >= LARGE_ENOUGH:
        counts = [max(count, AT_LEAST) for count in counts]
    if persons >= FOR_ALL_WAYS:
        counts = [max(count, a.at_least) for a, count in zip(planted, counts, strict=True)]
    edges = np.concatenate([[0], np.cumsum(counts)])
    settled = (ARCHETYPES["settled_resident"], np.arange(edges[-1], persons))
    return [(a, np.arange(start, end)) for a, start, end in zip(planted, edges[:-1], edges[1:], strict=True)] + [settled]
