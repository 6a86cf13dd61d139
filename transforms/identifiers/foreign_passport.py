"""Foreign passports are nationality and number, but only enrollments give a nationality: elsewhere the same passport comes
as its number alone. The key of that number leads from the one to the other (foreign_passport.sql)."""

import numpy as np
import polars as pl

from transforms.identifiers.countries import Coded, alpha_3_at
from transforms.identifiers.keys import text_key
from transforms.identifiers.kinds import KIND_CODE, passport


def number_keys(identity: pl.DataFrame, nationality: Coded) -> pl.Series:
    """Of each row the key of its passport's number without the nationality in front; null where there is none in front.

    ``identity``: ``id_kind`` and ``canonical`` as identify() gives them; ``nationality``: of the holder, as written, a value per row or coded.
    """
    keys = np.zeros(len(identity), dtype=np.int64)
    at = np.flatnonzero((identity["id_kind"] == KIND_CODE[passport.NAME]).to_numpy() & identity["canonical"].is_not_null().to_numpy())
    canonical, of = identity["canonical"].gather(at), alpha_3_at(nationality, at)
    foreign = (canonical.str.starts_with(of) & ~of.is_in(passport.CHINESE_NATIONALITIES)).fill_null(False)
    at, number = at[foreign.to_numpy()], canonical.filter(foreign).str.slice(3)
    keys[at] = text_key(pl.Series([passport.NAME]).new_from_index(0, len(at)), number).to_numpy()
    return pl.select(pl.when(pl.Series(keys != 0)).then(pl.Series(keys))).to_series()
