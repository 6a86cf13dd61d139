"""Invented people: certificate numbers that no office has issued.

Resident IDs are well-formed (MOD 11-2) but stand in county codes xx9901 to xx9999, which no edition of GB/T 2260 has.
Place, sequence and person index determine the residue of the birth date, so no two of 300 million persons share a number.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from sample_data.days import Calendar
from sample_data.names import NAMES

MAX_PERSONS = 100_000_000
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK = pl.Series(list("10X98765432"))
PROVINCES = np.array(
    [11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52, 53, 54, 61, 62, 63, 64, 65]
)
COUNTIES = (PROVINCES[:, None] * 10000 + 9901 + np.arange(99)).ravel()
#: 996 to 999 mark centenarians; a number ending in 000 is for the spreadsheet's damage alone.
SEQUENCES = np.array([n for n in range(1, 996) if n % 100])
PERMIT_PLACES = np.array([810000, 820000, 830000])
#: 9, two digits of a province, three of a country: Korea, Japan, the United States, Singapore, the United Kingdom.
FOREIGN_PLACES = np.array([922410, 931392, 944840, 935702, 911826])
#: Birth dates are spread over residues of this many days: persons of one place and sequence differ in theirs.
RESIDUES = 128
#: Persons made at once; those among them whose archetype needs a kind with few places, and what keeps their numbers apart.
CHUNK, NEEDED_IN_CHUNK, NEEDED_RESIDUES, SHARED_SEQUENCES = 500_000, 2000, 1024, 740

RESIDENT_ID, RESIDENCE_PERMIT, FOREIGN_PR = range(3)
HK, MACAU, TAIWAN, PASSPORT, MILITARY, BIRTH, OLD_FOREIGN_PR, CHINESE_PASSPORT, ARMED_POLICE, CARD, PROTECTED, VIRTUAL = range(3, 15)
KINDS = VIRTUAL + 1
#: Type code and kind (identifiers.md) of each.
CERT_TYPE = np.array([1, 17, 7, 4, 5, 6, 8, 2, 99, 7, 16, 3, 90, 91, 99])
KIND_WORDS = (
    "resident_id", "residence_permit", "foreign_pr", "hk_macau_permit", "hk_macau_permit", "taiwan_permit", "passport", "military",
    "birth_certificate", "foreign_pr", "passport", "military", "social_security_card", "other", "other",
)  # fmt: skip
#: Kinds with few places: places, and which persons hold one by chance (every so many, with this rest).
SCARCE = ((RESIDENCE_PERMIT, PERMIT_PLACES, (400, 7)), (FOREIGN_PR, FOREIGN_PLACES, (1000, 11)))
NATIONS = pl.Series(["CHN", "KOR", "JPN", "USA", "SGP", "GBR"])
CHINA, KOREA, JAPAN = range(3)
COUNTRY_NUMBERS = {"410": 1, "392": 2, "840": 3, "702": 4, "826": 5}


@dataclass
class People:
    """Persons of a chunk, by position: certificate, name (a position in the list of names), sex and birth date."""

    index: np.ndarray
    certno: pl.Series
    kind: np.ndarray
    name: np.ndarray
    sex: np.ndarray
    born: np.ndarray

    @property
    def has_number(self) -> np.ndarray:
        """True where the number has 18 characters, so that extracts without a certificate type know its kind."""
        return self.kind <= FOREIGN_PR

    @property
    def nation(self) -> np.ndarray:
        """Nationality, a position in NATIONS; the number of a foreigner's card names the country."""
        country = self.certno.str.slice(3, 3).replace_strict(COUNTRY_NUMBERS, default=CHINA, return_dtype=pl.Int64).to_numpy()
        foreign = np.isin(self.kind, (PASSPORT, OLD_FOREIGN_PR))
        return np.select([self.kind == FOREIGN_PR, foreign], [country, KOREA], CHINA)


def check_character(key17: np.ndarray) -> pl.Series:
    """The check character of GB 11643 for each 17-digit key."""
    total = np.zeros(len(key17), dtype=np.int64)
    for place, weight in enumerate(reversed(WEIGHTS)):
        total += key17 // 10**place % 10 * weight
    return CHECK.gather((total % 11).astype(np.uint32))


def number(place: np.ndarray, birth: np.ndarray, sequence: np.ndarray) -> pl.Series:
    """18 characters from place (6 digits), birth date (YYYYMMDD, not checked) and sequence."""
    key = (place.astype(np.int64) * 10**8 + birth) * 1000 + sequence
    return pl.Series("certno", key).cast(pl.String) + check_character(key)


def second_number(certno: pl.Series, nth: int = 1) -> pl.Series:
    """Another resident ID of the same birth date and sex as each of ``certno``: in county codes xx98.., xx97.., by ``nth``."""
    key = certno.str.slice(0, 17).cast(pl.Int64).to_numpy() - nth * 100 * 10**11
    return pl.Series("certno", key).cast(pl.String) + check_character(key)


def number_with_x(certno: pl.Series) -> pl.Series:
    """Another resident ID of the same birth date and sex as each of ``certno`` that ends in X: in counties xx96.. or xx95.. ."""
    key = certno.str.slice(0, 17).cast(pl.Int64).to_numpy()
    best = np.zeros(len(key), dtype=np.int64)
    for prefecture in (95, 96):
        for hundreds in range(9):
            other = key + (prefecture - 99) * 10**13 + (hundreds - key // 100 % 10) * 100
            best = np.where((check_character(other) == "X").to_numpy(), other, best)
    return pl.Series("certno", best).cast(pl.String) + "X"


def digits_of(day: np.ndarray) -> np.ndarray:
    """YYYYMMDD of each day."""
    dates = day.astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    month = months.astype(np.int64)
    return (month // 12 + 1970) * 10000 + (month % 12 + 1) * 100 + (dates - months).astype(np.int64) + 1


def kinds_of(index: np.ndarray, other_papers: bool) -> np.ndarray:
    """Kind of document by person index; documents without 18 characters only with ``other_papers``."""
    kind = np.full(len(index), RESIDENT_ID)
    for one, _, (step, remainder) in reversed(SCARCE):
        kind[index % step == remainder] = one
    rest = index % 700
    return np.where(other_papers & (rest >= 100) & (rest < 100 + KINDS - HK), HK + rest - 100, kind)


def make_people(index: np.ndarray, seed: int, calendar: Calendar, ages: tuple, kind: np.ndarray) -> People:
    """Persons number ``index`` of the run; ``ages``: youngest and oldest age in years and a draw between 0 and 1."""
    youngest, oldest, draw = ages
    slots = len(COUNTIES) * len(SEQUENCES)
    slot = (index * 1_000_003 + seed % 1_000_000) % slots
    place, sequence, lap = COUNTIES[slot % len(COUNTIES)], SEQUENCES[slot // len(COUNTIES)], index // slots
    residues = np.full(len(index), RESIDUES)
    for one, places, step in SCARCE:
        rows = np.flatnonzero(kind == one)
        place[rows], sequence[rows], lap[rows], residues[rows] = _scarce(index[rows], places, *step)
    born = (calendar.today - 365.25 * (youngest + (oldest - youngest) * draw)).astype(np.int64)
    born -= (born - lap - place * 7 - sequence * 41) % residues
    certno = number(place, digits_of(born), sequence)
    others = np.flatnonzero(kind >= HK)
    if len(others):
        at = np.zeros(len(index), dtype=np.int64)
        at[others] = len(index) + np.arange(len(others))
        certno = pl.concat([certno, paper_number(kind[others], index[others])]).gather(np.where(at, at, np.arange(len(index))))
    name = (index * 48_271 + seed * 7 + index // 1000) % len(NAMES)
    return People(index, certno, kind, name, np.where(sequence % 2 == 1, 1, 2), born)


def _scarce(index: np.ndarray, places: np.ndarray, step: int, rest: int) -> tuple[np.ndarray, ...]:
    """Place, sequence, lap and residues of kinds with few places: every ``step``th person holds one by chance, and is counted by
    the index; others hold one because their archetype needs it, are counted within their chunk, and get the last sequences."""
    by_chance = index % step == rest
    counter = np.where(by_chance, index // step, index // CHUNK * NEEDED_IN_CHUNK + np.cumsum(~by_chance) - 1)
    if len(index) and (~by_chance).sum() > NEEDED_IN_CHUNK:
        raise ValueError(f"sample_data: more than {NEEDED_IN_CHUNK} persons of a chunk need a document of a kind with few places")
    first, count = np.where(by_chance, 0, SHARED_SEQUENCES), np.where(by_chance, SHARED_SEQUENCES, len(SEQUENCES) - SHARED_SEQUENCES)
    slot = counter // len(places)
    residues = np.where(by_chance, RESIDUES, NEEDED_RESIDUES)
    return places[counter % len(places)], SEQUENCES[first + slot % count], slot // count, residues


def paper_number(kind, index: np.ndarray) -> pl.Series:
    """Numbers of documents that are not 18 characters long, one for each person and kind, in canonical form."""
    frame = pl.DataFrame({"kind": np.broadcast_to(kind, len(index)), "n": pl.Series(index).cast(pl.String).str.zfill(8), "index": index})
    n = pl.col("n")
    forms = {
        HK: "H" + n, MACAU: "M" + n, TAIWAN: (10**7 + pl.col("index") % (9 * 10**7)).cast(pl.String), PASSPORT: "M" + n,
        MILITARY: "军字第" + n + "号", BIRTH: "S1" + n, OLD_FOREIGN_PR: "KOR3100" + n, CHINESE_PASSPORT: "E" + n,
        ARMED_POLICE: "武字第" + n + "号", CARD: "C" + n, PROTECTED: "BM" + n, VIRTUAL: "XN2024" + n,
    }  # fmt: skip
    text = pl.lit(None, dtype=pl.String)
    for one, form in forms.items():
        text = pl.when(pl.col("kind") == one).then(form).otherwise(text)
    return frame.select(text.alias("certno")).to_series()
