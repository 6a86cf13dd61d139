"""What a batch says of who is in question, and of who is plainly covered (wanted.py, covered.py): a few bytes for each such row."""

import numpy as np

from contracts.model import month_of
from transforms.reading.columns import Column
from transforms.reading.covered import PAID, numbers_of
from transforms.reading.measures import BASIC, among
from transforms.reading.terms import Terms
from transforms.reading.wanted import MARK, Wanted

#: Extracts that say who is in question, or who is covered.
MARKED = ("enrollment", "death", "resident", "contribution")


def marks_of(extract: str, typed: dict[str, Column], row_ids: np.ndarray, good: np.ndarray, paying: np.ndarray, terms: Terms) -> np.ndarray:
    """Marks of the rows that put a person in question: enrollments that can ever be active (rules 1.1), reports of a death,
    and deregistrations for which the policy suspends. Of contributions whom they plainly cover."""
    persons = typed["person_key"]
    if extract == "contribution":
        paid = np.empty(len(paying), PAID)
        paid["row_id"], paid["person_key"] = row_ids[paying], persons.at(paying).rows().to_numpy()
        return paid
    if extract == "enrollment":
        good = good & among(typed["insutype"], BASIC) & among(typed["psn_insu_stas"], ("1", "2", "4"))
    if extract == "resident":
        good = good & among(typed["dereg_reason"], terms.gone)
    at = np.flatnonzero(good)
    marks = np.zeros(len(at), MARK)
    marks["person_key"] = persons.at(at).rows().to_numpy()
    if extract == "enrollment":
        names = ("insutype", "psn_type", "insutype_retr_flag", "crt_insu_date", "paus_insu_date")
        basic, kind, retired, begun, paused = (typed[name].at(at) for name in names)
        marks["id_hash"] = typed["psn_insu_rlts_id"].at(at).hashes()
        marks["is_recent"] = paused.like(paused.values.is_null() | (paused.values > terms.since)).flags()
        marks["is_employee"] = among(basic, ("310",))
        marks["is_retired"] = marks["is_employee"] & (among(retired, ("1", "2")) | kind.like(kind.values.str.starts_with("12")).flags())
        marks["goes_on"] = paused.like(paused.values.is_null() | (paused.values > terms.as_of)).flags()
        marks["holds"] = marks["goes_on"] & begun.like(begun.values <= terms.as_of).flags()
    return marks


def pays_plainly(typed: dict[str, Column], counts: np.ndarray, wanted: Wanted, terms: Terms) -> np.ndarray:
    """Places of the contributions that plainly cover somebody on the as-of date (transforms/reading/covered.py), of those that
    are effective and of a basic scheme."""
    month, first, last = month_of(terms.as_of), typed["accrym_begn"], typed["accrym_end"]
    pays, employee = counts & first.like(first.values <= month).flags(), among(typed["insutype"], ("310",))
    pays &= last.like(last.values >= month).flags() | (employee & last.like(last.values >= month - terms.grace).flags())
    at = np.flatnonzero(pays)
    persons = typed["person_key"].at(at).rows().to_numpy()
    return at[wanted.in_force.hold(numbers_of(typed["psn_insu_rlts_id"].at(at).hashes(), persons, employee[at]))]


def is_wanted(typed: dict[str, Column], wanted: Wanted) -> np.ndarray:
    """Rows of a person in question, or that name an enrollment of one."""
    found = wanted.persons.hold(typed["person_key"].rows().fill_null(0).to_numpy())
    if "psn_insu_rlts_id" in typed:
        named = typed["psn_insu_rlts_id"]
        found |= wanted.enrollments.hold(named.hashes())
    return found
