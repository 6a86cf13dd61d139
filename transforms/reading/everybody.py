"""The few columns that the coverage plan (rules 4.5) needs of every person; whole rows are kept of persons in question only."""

import numpy as np
import pyarrow as pa

from contracts.model import month_of
from policy.vocabulary import PARAMETERS
from transforms.reading.columns import Column
from transforms.reading.terms import Terms

#: Extracts of which narrow rows of everybody are carried beside the rows of persons in question, for the coverage plan.
OF_EVERYBODY = {
    "contribution": ("insutype", "psn_type", "emp_mgt_type", "insu_admdvs", "accrym_begn", "accrym_end", "clct_type"),
    "student": ("school_admdvs", "stage", "entry_date", "expected_graduation", "status"),
    "assistance": ("category", "begin", "end"),
}
#: Months before the look-back in which a payment can still reach into it: no grace is longer.
LONGEST_GRACE = PARAMETERS["payment_grace_months"].maximum


def of_everybody(
    extract: str, typed: dict[str, Column], row_ids: np.ndarray, counts: np.ndarray, paying: np.ndarray, terms: Terms
) -> pa.Table:
    """The few columns that the coverage plan reads of every person, of the rows that count: of contributions those that can pay for a day of the
    look-back, but for those that plainly cover somebody (``paying``); of assistance what is given on the as-of date."""
    if extract == "contribution":
        first = month_of(terms.since) - LONGEST_GRACE
        last = typed["accrym_end"]
        counts = counts & last.like(last.values >= first).flags()
        counts[paying] = False
    if extract == "assistance":
        begin, end = typed["begin"], typed["end"]
        counts = (
            counts & begin.like(begin.values <= terms.as_of).flags() & end.like(end.values.is_null() | (end.values > terms.as_of)).flags()
        )
    at = np.flatnonzero(counts)
    table = {"row_id": pa.array(row_ids[at])} | {
        n: typed[n].at(at).arrow() for n in ("person_key", "id_kind", "canonical", *OF_EVERYBODY[extract])
    }
    if extract == "contribution":
        table["enrollment_hash"] = pa.array(typed["psn_insu_rlts_id"].at(at).hashes())
    return pa.table(table)
