"""What clerks returned counts on when the extract no longer has it, and where it is taken back (docs/decisions/0103)."""

import hashlib
from dataclasses import replace
from datetime import date

import polars as pl
from inbox import Numbers
from reference.model import Feedback, Person
from test_refund_ledger import BORN, NIGHTS, TWICE, made, one_after_another, paid, told_once


def returned(person: Person, *rows: tuple[str, str, date]) -> Person:
    """``rows``: number, result and day of each return about the enrollment that would end."""
    return replace(person, feedback=[Feedback(no, person.enrollments[0].enrollment_id, result, None, day) for no, result, day in rows])


def followed(nights: list[dict[str, pl.DataFrame]], label: str) -> list[tuple[str, list[str]]]:
    """Night by night: what counts tonight of the enrollment that would end, and the status of its cases."""
    mine = pl.col("enrollment_id") == f"{label}.0"
    return [
        (night["decisions"].filter(mine).sort("decision_date")["action"][-1], sorted(night["cases"].filter(mine)["status"].unique()))
        for night in nights
    ]


def test_a_return_that_is_gone_counts_until_another_is_there_under_its_number(tmp_path):
    numbers, first, second = Numbers(), NIGHTS[0], NIGHTS[1]
    people = {
        label: told_once(made(label, numbers.next("229999", BORN, "1"), *TWICE))
        for label in ("gone", "two", "both", "opened", "edited", "agreed")
    }
    rows = {
        "gone": [[("1", "rejected", first)], [], [], []],
        # under two numbers: one is opened again, the other lost
        "two": [
            [("2a", "rejected", first), ("2b", "rejected", first)],
            [("2a", "to_be_checked", second), ("2b", "rejected", first)],
            [("2a", "to_be_checked", second)],
            [],
        ],
        # of two that contradict each other one is lost; a later day decides
        "both": [
            [("3", "rejected", first), ("3", "confirmed", first)],
            [("3", "confirmed", first)],
            [],
            [("3", "confirmed", NIGHTS[3])],
        ],
        "opened": [[("4", "rejected", first)], [("4", "to_be_checked", second)], [], []],
        "edited": [[("5", "rejected", first)], [("5", "to_be_checked", first)], [], []],
        "agreed": [[("6", "confirmed", first)], [], [], []],
    }
    nights = one_after_another(
        tmp_path, [(day, [returned(p, *rows[label][n]) for label, p in people.items()]) for n, day in enumerate(NIGHTS)]
    )
    left, ends, in_doubt = ("tolerate", ["rejected"]), ("terminate", []), ("review", ["contradicted"])
    assert {label: followed(nights, label) for label in people} == {
        "gone": [left] * 4,
        "two": [left] * 4,
        "both": [*[in_doubt] * 3, ("terminate", ["confirmed"])],
        "opened": [left, ends, ends, ends],
        "edited": [left, ends, ends, ends],
        "agreed": [("terminate", ["confirmed"])] * 4,
    }
    listed = [set(night["terminations"]["enrollment_id"]) for night in nights]
    assert [{"opened.0", "edited.0"} <= ids for ids in listed] == [False, True, True, True]
    assert not any({"gone.0", "two.0", "both.0", "agreed.0"} & ids for ids in listed)


def test_a_rejection_for_good_outlives_the_overlap_of_its_number(tmp_path):
    """The number names an overlap of 2025, which leaves the look-back with the year; the covers met again in July."""
    person = made("one", Numbers().next("229999", BORN, "1"), *TWICE)
    for n in (0, 1):
        for first, months in ((date(2025, 1, 1), 12), (date(2026, 7, 1), 6), (date(2027, 1, 1), 12)):
            person = paid(person, n, first, months, 400)
    digits = hashlib.sha256("\x1f".join(["one.0", "2025-01-01"]).encode()).hexdigest()[:16].upper()
    person = returned(person, (f"T-{digits}", "rejected", date(2025, 6, 10)))
    nights = one_after_another(tmp_path, [(day, [person]) for day in (date(2026, 11, 25), date(2026, 12, 31), date(2027, 1, 2))])
    assert followed(nights, "one") == [("tolerate", ["rejected"])] * 3
