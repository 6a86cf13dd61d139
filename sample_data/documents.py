"""The documents of a chunk's people: the one each person was made with, and those that archetypes add.

A document has a number (in canonical form, but for the nationality of foreign passports), a kind and a stated type. Rows
name a document by ``who`` and ``paper``: -1 is the person's own, anything else the number that `Documents.add` gave.
"""

import numpy as np
import polars as pl

from sample_data.people import CERT_TYPE, CHINA, FOREIGN_PR, KIND_WORDS, NATIONS, PASSPORT, People
from sample_data.rows import Rows

OWN = -1


class Documents:
    """Documents by position: first each person's own, then the added ones."""

    def __init__(self, people: People):
        self.people = people
        self.numbers: list[pl.Series] = []
        self.rows = Rows(kind=0, nation=CHINA)

    def add(self, numbers: pl.Series, kind, nation=CHINA) -> np.ndarray:
        """Further documents; returns what rows call them in their column ``paper``."""
        self.numbers.append(numbers.rename("certno"))
        return self.rows.add(len(numbers), kind=kind, nation=nation)

    def at(self, who: np.ndarray, paper) -> np.ndarray:
        """Positions of the documents that rows name."""
        paper = np.broadcast_to(paper, len(who))
        return np.where(paper == OWN, who, len(self.people.index) + paper)

    @property
    def texts(self) -> pl.Series:
        """Number of each document."""
        return pl.concat([self.people.certno.rename("certno"), *self.numbers])

    @property
    def kinds(self) -> np.ndarray:
        return np.concatenate([self.people.kind, self.rows.columns()["kind"]])

    @property
    def nations(self) -> np.ndarray:
        """Positions in NATIONS."""
        return np.concatenate([self.people.nation, self.rows.columns()["nation"]])

    @property
    def codes(self) -> np.ndarray:
        """Type code of each document."""
        return CERT_TYPE[self.kinds]

    @property
    def have_18(self) -> np.ndarray:
        """True where the number has the 18-character form."""
        return self.kinds <= FOREIGN_PR

    def canonical(self) -> pl.DataFrame:
        """``kind`` and ``canonical`` of each document, in the words of the published datasets."""
        with_nation = pl.Series(self.kinds == PASSPORT)
        texts = pl.DataFrame({"text": self.texts, "nation": NATIONS.gather(self.nations)})
        form = pl.when(with_nation).then(pl.col("nation") + pl.col("text")).otherwise(pl.col("text"))
        return texts.select(pl.Series("kind", KIND_WORDS).gather(self.kinds), form.alias("canonical"))
