"""What identified numbers say: the text of a key, and birth date, sex and place of its holder."""

import polars as pl

from transforms.identifiers.kinds import KIND_CODE, MODULES
from transforms.identifiers.kinds.form18 import with_check_character


def canonical_text(person_key: pl.Expr, canonical: pl.Expr) -> pl.Expr:
    """The canonical form as text: of the 18-character kinds from the key, whose 17 digits say the last character."""
    key = pl.when(person_key > 0).then(person_key)
    return with_check_character(key.cast(pl.String)).fill_null(canonical)


def told(identities: pl.DataFrame) -> pl.DataFrame:
    """``birth_date``, ``sex`` (1, 2) and ``place`` (six digits) of each row of ``identify``; null where the number says nothing."""
    texts = identities.select("id_kind", text=canonical_text(pl.col("person_key"), pl.col("canonical")))
    answers = {field: pl.when(pl.lit(False)).then(None) for field in ("birth_date", "sex", "place")}
    for module in MODULES:
        is_kind, says = pl.col("id_kind") == KIND_CODE[module.NAME], module.told(pl.col("text"))
        answers = {field: answer.when(is_kind).then(getattr(says, field)) for field, answer in answers.items()}
    return texts.select(**answers)
