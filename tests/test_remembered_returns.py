"""What clerks returned counts on when the extract no longer has it, and where it is taken back (docs/decisions/0103)."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import polars as pl
from inbox import Numbers, filler_people, write_inbox
from reference.model import Feedback, Person
from reference.observed import read_dataset
from test_refund_ledger import BORN, NIGHTS, TWICE, made, one_after_another, paid, told_once

BEFORE = NIGHTS[0] - timedelta(days=1)


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


def in_guangdong(root: Path, run_night, nights: Sequence[Sequence[Person]]) -> list[dict[str, pl.DataFrame]]:
    """Decisions and cases of NIGHTS, one after the other in one warehouse: what decided is remembered by the evidence that is published."""
    told = []
    for day, people in zip(NIGHTS, nights, strict=False):
        inbox = write_inbox(root / f"inbox-{day}", [*people, *filler_people(60, day)], day)
        warehouse = run_night(inbox, root / "warehouse", day, "guangdong", ("overlap_share", "row_drop"))
        told.append({name: read_dataset(warehouse / f"as_of={day}", name) for name in ("decisions", "cases")})
    return told


def test_a_return_that_is_gone_counts_until_another_is_there_under_its_number(tmp_path):
    numbers, first, second = Numbers(), NIGHTS[0], NIGHTS[1]
    people = {
        label: told_once(made(label, numbers.next("229999", BORN, "1"), *TWICE))
        for label in ("gone", "two", "both", "opened", "edited", "agreed", "older", "chose")
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
        # what was returned before it takes nothing back, nor does a choice, where none decides
        "older": [
            [("7", "to_be_checked", BEFORE), ("7", "rejected", first)],
            [("7", "to_be_checked", BEFORE)],
            [("7", "confirmed", BEFORE)],
            [],
        ],
        "chose": [[("8", "rejected", first)], [("8", "person_chose", second)], [], []],
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
        "older": [left] * 4,
        "chose": [left] * 4,
    }
    listed = [set(night["terminations"]["enrollment_id"]) for night in nights]
    assert [{"opened.0", "edited.0"} <= ids for ids in listed] == [False, True, True, True]
    assert not any({"gone.0", "two.0", "both.0", "agreed.0", "older.0", "chose.0"} & ids for ids in listed)


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


def test_a_rejection_for_good_outlives_its_overlap_where_the_next_one_begins_after_the_look_back(tmp_path):
    """The covers met until the end of 2026 and meet again from 2028 on; beside what it was left nobody can see any more."""
    persons, numbers = {}, Numbers()
    for label, result in (("one", "rejected"), ("two", "contradicted"), ("three", None)):
        person = made(label, numbers.next("229999", BORN, "1"), *TWICE)
        for n in (0, 1):
            for year in (2025, 2026, 2028) if n == 0 else (2025, 2026, 2027, 2028):
                person = paid(person, n, date(year, 1, 1), 12, 400)
        answers = {"rejected": ["rejected"], "contradicted": ["rejected", "confirmed"], None: []}[result]
        persons[label] = returned(person, *[(label, answer, date(2026, 11, 20)) for answer in answers])
    days = (date(2026, 11, 25), date(2027, 6, 1), date(2027, 12, 31), date(2028, 1, 1), date(2028, 6, 1))
    nights = one_after_another(tmp_path, [(day, list(persons.values())) for day in days])
    said = {label: [action for action, _ in followed(nights, label)] for label in persons}
    assert said["one"][0] == said["one"][3] == said["one"][4] == "tolerate"
    assert said["two"][0] == said["two"][3] == said["two"][4] == "review"
    assert said["three"][3] == "terminate"


def test_a_choice_that_is_gone_counts_until_another_is_there_under_its_number(tmp_path, run_night):
    """At home where the chosen cover is not: without the choice it would be the one to end."""
    numbers, first, second = Numbers(), NIGHTS[0], NIGHTS[1]
    labels = ("gone", "opened", "older", "both", "never")
    people = {label: told_once(made(label, numbers.next("229999", BORN, "1"), *TWICE)) for label in labels}

    def chose(label: str, *rows: tuple[str, int | None, date]) -> Person:
        """``rows``: result, place of the chosen enrollment and day."""
        back = [Feedback(label, f"{label}.0", result, None if n is None else f"{label}.{n}", day) for result, n, day in rows]
        return replace(people[label], feedback=back)

    one = ("person_chose", 0, first)
    told = {
        "gone": [[one], [], []],
        "opened": [[one], [("to_be_checked", None, second)], []],
        "older": [[("to_be_checked", None, BEFORE), one], [("to_be_checked", None, BEFORE)], []],
        "both": [[one, ("person_chose", 1, first)], [one], []],
        "never": [[], [], []],
    }
    nights = in_guangdong(tmp_path, run_night, [[chose(label, *rows[n]) for label, rows in told.items()] for n in range(3)])
    actions = [dict(night["decisions"].select("enrollment_id", "action").iter_rows()) for night in nights]
    pairs = {label: [(night[f"{label}.0"], night[f"{label}.1"]) for night in actions] for label in labels}
    stays, goes, open_ = ("retain", "terminate"), ("terminate", "retain"), ("review", "review")
    assert pairs == {"gone": [stays] * 3, "opened": [stays, goes, goes], "older": [stays] * 3, "both": [open_] * 3, "never": [goes] * 3}


def test_a_choice_takes_a_rejection_back_only_where_it_decides(tmp_path, run_night):
    """Between two resident covers it decides. Beside a pension it does not, though it bears the number of the rejection, nor does the
    rejection end with the row."""
    numbers, first, second = Numbers(), NIGHTS[0], NIGHTS[1]
    decides = told_once(made("decides", numbers.next("229999", BORN, "1"), *TWICE))
    pension = paid(made("pension", numbers.next("229999", BORN, "1"), *TWICE), 0, date(2026, 1, 1), 12, 400)
    pension.enrollments[1] = replace(pension.enrollments[1], insutype="310", psn_type="1201", retired_flag="1", start=date(2015, 1, 1))

    def back(person: Person, number: str, result: str, day: date) -> Feedback:
        return Feedback(number, f"{person.label}.0", result, f"{person.label}.1" if result == "person_chose" else None, day)

    rejected = {p.label: back(p, f"{p.label}-1", "rejected", first) for p in (decides, pension)}
    another, same = back(decides, "decides-2", "person_chose", second), back(pension, "pension-1", "person_chose", second)
    told = [
        [(decides, [rejected["decides"]]), (pension, [rejected["pension"]])],
        [(decides, [rejected["decides"], another]), (pension, [same])],
        [(decides, [another]), (pension, [])],
    ]
    nights = in_guangdong(tmp_path, run_night, [[replace(p, feedback=rows) for p, rows in night] for night in told])
    left = ("tolerate", ["rejected"])
    assert followed(nights, "decides") == [left, ("terminate", []), ("terminate", [])]
    assert followed(nights, "pension") == [left] * 3


def test_the_chosen_cover_is_remembered_though_another_scheme_wins_in_the_end(tmp_path, run_night):
    """Of two resident covers the person chose one; the flexible cover wins over both. Once the return is gone, that is still what was
    chosen, and not the flexible cover in whose favour the others end."""
    chosen = told_once(made("one", Numbers().next("229999", BORN, "1"), *TWICE))
    row = replace(chosen.enrollments[1], enrollment_id="one.2", insutype="310", psn_type="1103", start=date(2026, 2, 1))
    chosen = replace(chosen, enrollments=[*chosen.enrollments, row])
    for month in range(2, 12):
        chosen = paid(chosen, 2, date(2026, month, 1), 1, 300)
    back = [Feedback("one", "one.1", "person_chose", "one.0", NIGHTS[0])]
    told = []
    for day, night in zip(
        NIGHTS, in_guangdong(tmp_path, run_night, [[replace(chosen, feedback=rows)] for rows in (back, [], [])]), strict=False
    ):
        rows = night["decisions"].filter(pl.col("decision_date") == day)
        told.append(
            {r["enrollment_id"]: (r["action"], r["deciding_fact"]) for r in rows.to_dicts() if r["enrollment_id"].startswith("one.")}
        )
    assert told[0]["one.1"] == ("terminate", "person_choice") and told[0]["one.0"][0] == "suspend" and told[0]["one.2"][0] == "retain"
    assert told[0] == told[1] == told[2]
