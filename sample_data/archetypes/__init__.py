"""The kinds of persons in the sample, by what goes on in their lives; each states the outcome it plants."""

from sample_data.archetypes import documents, doubt, employees, mistaken, quiet, residents, schemes, settled, timing
from sample_data.archetypes.registry import ARCHETYPES, Archetype, blocks

__all__ = [
    "ARCHETYPES",
    "Archetype",
    "blocks",
    "documents",
    "doubt",
    "employees",
    "mistaken",
    "quiet",
    "residents",
    "schemes",
    "settled",
    "timing",
]
