"""Foreign passports are nationality and number, but only enrollments give a nationality: elsewhere the same passport comes
as its number alone. The key of that number leads from the one to the other (foreign_passport.sql)."""

import numpy as np
import polars as pl

from transforms.identifiers.countries import Coded, alpha_3_at
from transforms.identifiers.flags import FLAG_BIT
from transforms.identifiers.keys import text_key
from transforms.identifiers.kinds import KIND_CODE, passport


def number_keys(identity: pl.DataFrame, nationality: Coded) -> pl.Series:
    """For each row the key of its passport's number without the nationality in front (a Chinese one has none); null where it is no
    passport, or its country is not known.

    ``identity``: as identify() gives it; ``nationality``: of the holder, as written, a value per row or coded.
    """
    keys, is_known = np.zeros(len(identity), dtype=np.int64), (identity["id_flags"] & FLAG_BIT["no_nationality"] == 0).to_numpy()
    is_passport = (identity["id_kind"] == KIND_CODE[passport.NAME]).to_numpy() & identity["canonical"].is_not_null().to_numpy()
    at = np.flatnonzero(is_passport & is_known)
    canonical, of = identity["canonical"].gather(at), alpha_3_at(nationality, at)
    foreign = (canonical.str.starts_with(of) & ~of.is_in(passport.CHINESE_NATIONALITIES)).fill_null(False)
    number = pl.select(pl.when(foreign).then(pl.lit(canonical).str.slice(3)).otherwise(pl.lit(canonical))).to_series()
    keys[at] = text_key(pl.Series([passport.NAME]).new_from_index(0, len(at)), number).to_numpy()
    return pl.select(pl.when(pl.Series(keys != 0)).then(pl.Series(keys))).to_series()
