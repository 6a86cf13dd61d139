"""Invented people: certificate numbers that no office has issued, and names.

Resident IDs are well-formed (MOD 11-2) but stand in county codes xx9901 to xx9999, which no edition of GB/T 2260 has.
Number, birth date and person index determine one another, so no two of 300 million persons share a number.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from sample_data.days import Calendar

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
FOREIGN_PLACES = np.array([922410, 931392, 944840, 935702, 911826])
#: Birth dates are spread over residues of this many days: persons of one place and sequence differ in theirs.
RESIDUES = 128

RESIDENT_ID, RESIDENCE_PERMIT, FOREIGN_PR, HK, MACAU, TAIWAN, PASSPORT, MILITARY, BIRTH, OLD_FOREIGN_PR = range(10)
CERT_TYPE = np.array([1, 17, 7, 4, 5, 6, 8, 2, 99, 7])

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
DOUBLE = ("欧阳", "司马", "上官", "诸葛")
GIVEN = "伟芳娜秀敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂英华玉建文辉红云梅春海山东晓宇浩子欣怡梓涵"
DOTTED = ("买买提·艾力", "阿依古丽·吐尔逊", "古丽娜尔·阿不都", "扎西·多吉", "卓玛·央金", "艾合买提·玉山", "热依汗·木沙", "才让·旺姆")
TRADITIONAL = str.maketrans("张刘陈杨赵黄吴孙马罗郑谢韩冯邓许吕", "張劉陳楊趙黃吳孫馬羅鄭謝韓馮鄧許呂")


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


def digits_of(day: np.ndarray) -> np.ndarray:
    """YYYYMMDD of each day."""
    dates = day.astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    month = months.astype(np.int64)
    return (month // 12 + 1970) * 10000 + (month % 12 + 1) * 100 + (dates - months).astype(np.int64) + 1


def kinds_of(index: np.ndarray, other_papers: np.ndarray) -> np.ndarray:
    """Kind of document by person index; documents without 18 characters only where ``other_papers``."""
    kind = np.where(index % 400 == 7, RESIDENCE_PERMIT, np.where(index % 1000 == 11, FOREIGN_PR, RESIDENT_ID))
    rest = index % 700
    return np.where(other_papers & (rest >= 100) & (rest < 107), HK + rest - 100, kind)


def make_people(index: np.ndarray, seed: int, calendar: Calendar, ages: tuple, kind: np.ndarray) -> People:
    """Persons number ``index`` of the run; ``ages``: youngest and oldest age in years and a draw between 0 and 1."""
    youngest, oldest, draw = ages
    slots = len(COUNTIES) * len(SEQUENCES)
    slot = (index * 1_000_003 + seed % 1_000_000) % slots
    place, sequence, lap = COUNTIES[slot % len(COUNTIES)], SEQUENCES[slot // len(COUNTIES)], index // slots
    for one, places, step in ((RESIDENCE_PERMIT, PERMIT_PLACES, 400), (FOREIGN_PR, FOREIGN_PLACES, 1000)):
        among = index // step
        place = np.where(kind == one, places[among % len(places)], place)
        sequence = np.where(kind == one, SEQUENCES[among // len(places) % len(SEQUENCES)], sequence)
        lap = np.where(kind == one, among // (len(places) * len(SEQUENCES)), lap)
    born = (calendar.today - 365.25 * (youngest + (oldest - youngest) * draw)).astype(np.int64)
    born -= (born - lap) % RESIDUES
    certno = number(place, digits_of(born), sequence)
    others = np.flatnonzero(kind >= HK)
    if len(others):
        at = np.zeros(len(index), dtype=np.int64)
        at[others] = len(index) + np.arange(len(others))
        certno = pl.concat([certno, _paper(kind[others], index[others])]).gather(np.where(at, at, np.arange(len(index))))
    name = (index * 48_271 + seed * 7 + index // 1000) % len(NAMES)
    return People(index, certno, kind, name, np.where(sequence % 2 == 1, 1, 2), born)


def _paper(kind: np.ndarray, index: np.ndarray) -> pl.Series:
    """Numbers of documents that are not 18 characters long."""
    frame = pl.DataFrame({"kind": kind, "n": pl.Series(index).cast(pl.String).str.zfill(8)})
    forms = {
        HK: "H" + pl.col("n"), MACAU: "M" + pl.col("n"), TAIWAN: pl.col("n"), PASSPORT: "M" + pl.col("n"),
        MILITARY: "军字第" + pl.col("n") + "号", BIRTH: "S1" + pl.col("n"), OLD_FOREIGN_PR: "KOR3100" + pl.col("n"),
    }  # fmt: skip
    text = pl.lit(None, dtype=pl.String)
    for one, form in forms.items():
        text = pl.when(pl.col("kind") == one).then(form).otherwise(text)
    return frame.select(text.alias("certno")).to_series()


def _names() -> list[str]:
    """Every name of the sample, common ones and the few that are hard to write."""
    names = []
    for position, surname in enumerate([*SURNAMES, *DOUBLE]):
        for first in range(len(GIVEN)):
            names.append(surname + GIVEN[first])
            names += [surname + GIVEN[first] + GIVEN[(first * 7 + position + step * 5) % len(GIVEN)] for step in range(12)]
        names.append(surname + "䶮")
        names.append(surname + "子䶮")
    return sorted({*names, *(name + "江" * n for n in range(4) for name in DOTTED)})


def variant(name: str) -> str:
    """Another spelling of the same name, as other departments write it."""
    if "·" in name:
        return name.replace("·", "•")
    if "䶮" in name:
        return name.replace("䶮", "?")
    if name[0] in "张陈刘赵" and len(name) == 3:
        return name.translate(TRADITIONAL)
    return name[0] + "　" + name[1:] if len(name) == 2 else name + " "


NAMES = pl.Series("name", _names())
VARIANTS = pl.Series("name", [variant(name) for name in NAMES])
