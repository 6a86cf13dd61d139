"""Names of the sample's people, and the ways in which departments write one name."""

from functools import cache

import numpy as np
import polars as pl

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
DOUBLE = ("欧阳", "司马", "上官", "诸葛")
GIVEN = "伟芳娜秀敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂英华玉建文辉红云梅春海山东晓宇浩子欣怡梓涵"
DOTTED = ("买买提·艾力", "阿依古丽·吐尔逊", "古丽娜尔·阿不都", "扎西·多吉", "卓玛·央金", "艾合买提·玉山", "热依汗·木沙", "才让·旺姆")
LATIN = ("KIM MINSU", "SATO HANAKO", "NGUYEN VAN AN", "SMITH JOHN ROBERT", "IVANOVA ANNA")
#: Simplified characters, and the traditional ones that OpenCC turns back into them.
SIMPLIFIED = "张刘陈杨赵黄吴孙马罗郑谢韩冯邓许吕伟丽强军艳涛兰刚华红云东晓静阳诸"
TRADITIONAL = "張劉陳楊趙黃吳孫馬羅鄭謝韓馮鄧許呂偉麗強軍艷濤蘭剛華紅雲東曉靜陽諸"
#: Characters, and radicals or compatibility forms that look like them: U+2E80-2FDF, U+F900-FAFF.
WHOLE, LOOKALIKE = "马黄高文玉山子林李梁", "⻢⻩⾼⽂⽟⼭⼦\uf9f4\uf9e1\uf97a"
DOTS = "•‧∙⋅・･.．。"
#: A character of the private use area, as systems without the right one write it.
PRIVATE = "\ue863"
_WIDE = {chr(c): chr(c + 0xFEE0) for c in range(ord("A"), ord("Z") + 1)} | {" ": "\u3000"}


def _names() -> list[str]:
    """Every name of the sample, common ones and the few that are hard to write."""
    names = []
    for position, surname in enumerate([*SURNAMES, *DOUBLE]):
        for first in range(len(GIVEN)):
            names.append(surname + GIVEN[first])
            names += [surname + GIVEN[first] + GIVEN[(first * 7 + position + step * 5) % len(GIVEN)] for step in range(12)]
        names.append(surname + "䶮")
        names.append(surname + "子䶮")
    return sorted({*names, *(name + "江" * n for n in range(4) for name in DOTTED), *LATIN})


def variant(name: str) -> str:
    """Another spelling of the same name, as other departments write it."""
    if "·" in name:
        return name.replace("·", "•")
    if "䶮" in name:
        return name.replace("䶮", "?")
    if name[0] in "张陈刘赵" and len(name) == 3:
        return name.translate(str.maketrans(SIMPLIFIED, TRADITIONAL))
    if name.isascii():
        return name.lower()
    return name[0] + "　" + name[1:] if len(name) == 2 else name + " "


NAMES = pl.Series("name", _names())
VARIANTS = pl.Series("name", [variant(name) for name in NAMES])
ALL_NAMES = pl.concat([NAMES, VARIANTS])
RESPELLED = 0.01

_N = pl.col("name")
#: Ways of writing a name. A name without the character that a way changes stays as it is.
SPELLINGS = {
    "traditional": _N.str.replace_many(list(SIMPLIFIED), list(TRADITIONAL)),
    "apart": _N.str.slice(0, 1) + "\u3000" + _N.str.slice(1),
    "zero_width": _N.str.slice(0, 1) + "\u200b" + _N.str.slice(1),
    "look_alike": _N.str.replace_many(list(WHOLE), list(LOOKALIKE)),
    "last_lost": _N.str.replace(".$", "?"),
    "last_masked": _N.str.replace(".$", "*"),
    "private_use": _N.str.replace(".$", PRIVATE),
    "alias": _N + "（曾用名" + _N.str.slice(0, 1) + "小梅）",
    "wide": _N.str.replace_many(_WIDE),
    "lower": _N.str.to_lowercase(),
    "no_dot": _N.str.replace_all("·", "", literal=True),
    **{f"dot_{ord(dot):04x}": _N.str.replace_all("·", dot, literal=True) for dot in DOTS},
    # a newborn before it has a name: agrees with every name, and matches none
    "son": _N.str.slice(0, 2) + "之子",
    "daughter": _N.str.slice(0, 2) + "之女",
    "newborn": _N.str.slice(0, 1) + "毛毛",
}
WAYS = list(SPELLINGS)
PLACEHOLDERS = ("son", "daughter", "newborn")
#: Number of a way in the column ``spelling``: 0 is "as departments usually write it".
SPELLING = {way: position + 1 for position, way in enumerate(WAYS)}


@cache
def positions_of(kind: str) -> np.ndarray:
    """Places in NAMES of the names that are ``dotted`` or ``latin``."""
    found = NAMES.str.contains("·") if kind == "dotted" else NAMES.is_in(LATIN)
    return np.flatnonzero(found.to_numpy())


def names_of(name: np.ndarray, shift, spelling, rng: np.random.Generator) -> pl.Series:
    """Names by number, a few in another spelling; ``shift`` 0 is the person's own name, anything else another one.

    ``spelling``: 0, or the number of a way in which the name must be written.
    """
    at = (name + np.asarray(shift) * 1009) % len(NAMES)
    usual = np.where(rng.random(len(at)) < RESPELLED, at + len(NAMES), at)
    rows = np.flatnonzero(spelling)
    if not len(rows):
        return ALL_NAMES.gather(usual)
    usual[rows] = len(ALL_NAMES) + np.arange(len(rows))
    return pl.concat([ALL_NAMES, spelled(NAMES.gather(at[rows]), np.asarray(spelling)[rows])]).gather(usual)


def spelled(names: pl.Series, spelling: np.ndarray) -> pl.Series:
    """Each name in its way of SPELLINGS, counted from 1."""
    text = _N
    for number, form in enumerate(SPELLINGS.values(), 1):
        text = pl.when(pl.col("spelling") == number).then(form).otherwise(text)
    return pl.DataFrame({"name": names, "spelling": spelling}).select(text.alias("name")).to_series()
