"""What candidates are looked for by, in a form that can be compared: damaged numbers, names, and newborns' mothers.

Column by column, of the few rows that candidates begin with; who is like them is found by joins (identifiers/candidate.sql).
"""

from collections.abc import Mapping

import polars as pl

from transforms.identifiers.clean import repaired
from transforms.identifiers.names import comparable, comparable_of_adult, former, without_placeholders
from transforms.reading import values

#: Which child of its mother a placeholder says: 之长子, 之次女. 双, 小 and 幺 do not say which.
ORDERS = {"长": "1", "大": "1", "次": "2", "二": "2", "三": "3", "四": "4"}
#: A newborn's placeholder that names its mother; a surname alone, as in 王毛毛, names nobody.
OF_MOTHER = r"^(\p{Han}{2,}?)(?:之([长次大二三四双小幺])?[子女]|新生儿|婴儿|宝宝)$"
APART = r"[\s\p{Z}\p{Cf}·•‧∙⋅・.]"


def damaged(rows: pl.DataFrame, drift: Mapping[str, str]) -> pl.DataFrame:
    """Rejected rows as they arrived -> ``number`` without what typing leaves around it, ``name`` in comparable form, ``brdy``
    and ``gend``; those without a name or a birth date are left out. ``drift``: what the bureau writes for a sex."""
    found = rows.select(
        "row_id",
        "enrollment_id",
        "reasons",
        repaired(rows["certno"].fill_null(""))[0].alias("number"),
        comparable(rows["psn_name"]).alias("name"),
        values.day(rows["brdy"]).alias("brdy"),
        values.code(rows["gend"], "gend", drift).alias("gend"),
    )
    return found.filter(pl.col("name").fill_null("") != "", pl.col("brdy").is_not_null())


def newborns(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of newborns with ``mother`` (her name in comparable form, null where the placeholder names none) and ``birth_order``
    (1, 2, ..., or as the number says it; null where nothing does)."""
    plain = rows["psn_name"].str.replace_all(APART, "")
    parts = plain.str.extract_groups(OF_MOTHER).struct.rename_fields(["mother", "order"]).struct.unnest()
    said = parts["order"].replace_strict(ORDERS, default=None, return_dtype=pl.String)
    numbered = rows["suffix"].str.strip_chars_start("0")
    return rows.with_columns(mother=comparable(parts["mother"]), birth_order=numbered.fill_null(said))


def forms(spellings: pl.Series) -> pl.DataFrame:
    """``psn_name``, its comparable form ``name`` ("" where it holds none), that of a person who is no newborn any more, ``adult_name``, and
    the other name it carries, ``former_name``."""
    adult = comparable_of_adult(spellings)
    return pl.DataFrame({"psn_name": spellings, "name": without_placeholders(adult), "adult_name": adult, "former_name": former(spellings)})
