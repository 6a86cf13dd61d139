"""What a stated certificate type says, and what its number may turn out to be: the codes of contracts.codes.CERT_TYPE."""

from types import ModuleType
from typing import NamedTuple

import numpy as np
import polars as pl

from transforms.identifiers.kinds import (
    KIND_CODE,
    MODULES,
    birth_certificate,
    disability_card,
    foreign_pr,
    hk_macau_permit,
    military,
    other,
    passport,
    residence_permit,
    resident_id,
    social_security_card,
    taiwan_permit,
)
from transforms.identifiers.kinds.model import UNKNOWN_TYPE


class Stated(NamedTuple):
    """``means``: what a stated type says; taken where no kind claims the number. ``may_be``: kinds whose form is looked for in
    numbers so stated. ``agrees``: kinds that do not contradict it; None: all."""

    means: ModuleType
    may_be: tuple[ModuleType, ...]
    agrees: tuple[ModuleType, ...] | None


def _says(kind: ModuleType) -> Stated:
    return Stated(kind, (kind,), (kind,))


#: No type; an extract that has no column for it, so that nobody could state one.
UNSTATED, UNASKED = "", "-"
#: Of codes of contracts.codes.CERT_TYPE. Numbers of 18 characters that hold are what they are under each.
STATED = {
    **dict.fromkeys((UNSTATED, UNASKED), Stated(resident_id, (resident_id, disability_card), None)),
    "01": Stated(resident_id, (resident_id, disability_card), (resident_id,)),
    "02": _says(military),
    "03": _says(military),
    "04": _says(hk_macau_permit),
    "05": _says(hk_macau_permit),
    "06": _says(taiwan_permit),
    "07": _says(foreign_pr),
    "08": _says(passport),
    "09": Stated(disability_card, (disability_card, resident_id), (disability_card, resident_id, residence_permit)),
    "16": _says(passport),
    "17": Stated(residence_permit, (resident_id, disability_card), (residence_permit,)),
    "90": Stated(social_security_card, (social_security_card, resident_id, disability_card), None),
    # a protected person's number is what it is said to be, whatever it looks like
    "91": _says(other),
    UNKNOWN_TYPE: Stated(other, (birth_certificate,), (other, birth_certificate)),
}

CODES = tuple(STATED)
#: A code, or its single digit where a front end drops the zero.
_PLACES = {code: place for place, code in enumerate(CODES)} | {code[1]: place for place, code in enumerate(CODES) if code[:1] == "0"}
#: Kinds that agree with each stated type, a bit each.
_AGREEING = np.array(
    [sum(1 << KIND_CODE[kind.NAME] for kind in (MODULES if stated.agrees is None else stated.agrees)) for stated in STATED.values()],
    dtype=np.uint16,
)


def places(types: pl.Series) -> np.ndarray:
    """Position in CODES of each stated type."""
    found = types.cast(pl.String).replace_strict(_PLACES, default=_PLACES[UNKNOWN_TYPE], return_dtype=pl.UInt8)
    if types.null_count():
        found = pl.select(pl.when(pl.lit(types).is_null()).then(pl.lit(_PLACES[UNSTATED], pl.UInt8)).otherwise(pl.lit(found))).to_series()
    return found.to_numpy()


def agree(stated: np.ndarray, index: np.ndarray | None, kind: np.ndarray) -> np.ndarray:
    """Whether each number's kind is one that its stated type allows. ``stated``: positions in CODES, of the rows, or of the
    values that ``index`` points at."""
    agreeing = _AGREEING[stated] if index is None else _AGREEING[stated][index]
    return (agreeing >> kind) & 1 != 0
