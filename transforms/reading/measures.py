"""Counts of accepted rows for the bounds of each extract (expectations/), taken while the rows are read."""

from collections.abc import Callable
from functools import reduce
from operator import or_

import numpy as np

from transforms.reading.columns import Column
from transforms.reading.values import UNREADABLE

Typed = dict[str, Column]


def among(column: Column, codes: tuple[str, ...]) -> np.ndarray:
    """Which rows have one of the codes."""
    return column.like(column.values.is_in(codes)).flags()


def _filled(column: Column) -> np.ndarray:
    return ~column.are_null()


def effective(typed: Typed) -> np.ndarray:
    """Rows that are effective contributions (rules 1.1)."""
    kind, paid = among(typed["clct_type"], ("10", "30", "31", "32")), among(typed["clct_flag"], ("1", "4"))
    return kind & paid & among(typed["revs_flag"], ("Z",))


def _negative(typed: Typed) -> np.ndarray:
    amount = typed["psn_clct_amt"]
    return amount.like(amount.values < 0).flags()


def _linked(typed: Typed) -> np.ndarray:
    return (typed["psn_insu_rlts_id"].rows() != UNREADABLE).fill_null(False).to_numpy()


def _has_home(typed: Typed) -> np.ndarray:
    places = (typed[name] for name in ("permit_admdvs", "live_admdvs", "hsreg_admdvs"))
    return reduce(or_, (place.like(place.values != UNREADABLE).flags() for place in places))


#: Insurance types of the two basic schemes (rules 1, scheme).
BASIC = ("310", "390", "380", "391")
#: extract -> measure -> which rows it counts
MEASURES: dict[str, dict[str, Callable[[Typed], np.ndarray]]] = {
    "enrollment": {
        "basic": lambda t: among(t["insutype"], BASIC),
        "normal": lambda t: among(t["psn_insu_stas"], ("1",)),
        "birth_dates": lambda t: _filled(t["brdy"]),
    },
    "contribution": {
        "effective": effective,
        "negative": _negative,
        "linked": _linked,
    },
    "resident": {"homes": _has_home, "dead": lambda t: among(t["dereg_reason"], ("death",))},
    "student": {"enrolled": lambda t: among(t["status"], ("enrolled",))},
}


def measured(extract: str, typed: Typed, good: np.ndarray) -> dict[str, int]:
    """Each measure of the extract over the rows that are ``good``."""
    return {name: int(np.count_nonzero(rows(typed) & good)) for name, rows in MEASURES.get(extract, {}).items()}
