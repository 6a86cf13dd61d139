"""Counts of accepted rows for the bounds of each extract (expectations/), taken while the rows are read."""

from collections.abc import Callable

import numpy as np

from transforms.reading.columns import Column

Typed = dict[str, Column]


def _among(column: Column, codes: tuple[str, ...]) -> np.ndarray:
    return column.like(column.values.is_in(codes)).flags()


def _filled(column: Column) -> np.ndarray:
    return column.like(column.values.is_not_null()).flags()


def effective(typed: Typed) -> np.ndarray:
    """Rows that are effective contributions (rules 1.1)."""
    kind, paid = _among(typed["clct_type"], ("10", "30", "31", "32")), _among(typed["clct_flag"], ("1", "4"))
    return kind & paid & _among(typed["revs_flag"], ("Z",))


def _negative(typed: Typed) -> np.ndarray:
    amount = typed["psn_clct_amt"]
    return amount.like(amount.values < 0).flags()


def _has_home(typed: Typed) -> np.ndarray:
    return _filled(typed["permit_admdvs"]) | _filled(typed["live_admdvs"]) | _filled(typed["hsreg_admdvs"])


#: extract -> measure -> which rows it counts
MEASURES: dict[str, dict[str, Callable[[Typed], np.ndarray]]] = {
    "enrollment": {
        "basic": lambda t: _among(t["insutype"], ("310", "390", "380", "391")),
        "normal": lambda t: _among(t["psn_insu_stas"], ("1",)),
        "birth_dates": lambda t: _filled(t["brdy"]),
    },
    "contribution": {
        "effective": effective,
        "negative": _negative,
        "linked": lambda t: _filled(t["psn_insu_rlts_id"]),
    },
    "resident": {"homes": _has_home, "dead": lambda t: _among(t["dereg_reason"], ("death",))},
    "student": {"enrolled": lambda t: _among(t["status"], ("enrolled",))},
}


def measured(extract: str, typed: Typed, good: np.ndarray) -> dict[str, int]:
    """Each measure of the extract over the rows that are ``good``."""
    return {name: int(np.count_nonzero(rows(typed) & good)) for name, rows in MEASURES.get(extract, {}).items()}
