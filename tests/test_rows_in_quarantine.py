"""Rows in quarantine that speak of somebody in question: evidence that is there and cannot be used ends no cover (docs/decisions/0098)."""

from datetime import date
from decimal import Decimal

import polars as pl
import pytest
from inbox import AS_OF, FOLDERS, Numbers, filler_people, write_inbox
from prepared import prepare, publish_again
from reference.model import Contribution, Enrollment, Feedback, Person, Resident, Stay, Student, month_of

import policy

BORN = date(1985, 3, 2)
NUMBERS = Numbers()
EMPLOYEE, RESIDENT = ("310", "1101"), ("390", "1501")


def person(kind: tuple[str, str], **more) -> Person:
    """Two enrollments of one kind, one in 2201 and one in 5101, both paid; the home is in 5101, the employer, as late as this month, too."""
    someone = Person("one", NUMBERS.next("229999", BORN, "1"), "张建国", "1", BORN, **more)
    insutype, psn_type = kind
    for letter, area, last in (("A", "220102", 8), ("B", "510104", 11)):
        someone.enrollments.append(
            Enrollment(f"one.{letter}", insutype, area, date(2024, 1, 1), psn_type=psn_type, name="张建国", sex="1", born=BORN)
        )
        last = last if kind == EMPLOYEE else 12
        someone.contributions.append(
            Contribution(f"one.{letter}.1", insutype, area, month_of(date(2026, 1, 1)), month_of(date(2026, last, 1)), f"one.{letter}", psn_type, personal=Decimal(400))
        )  # fmt: skip
    someone.residents.append(Resident("张建国", "1", BORN, household="510104"))
    return someone


def decided(folder, someone: Person, extract: str = "", *rows: dict) -> dict[str, dict]:
    """The decisions on A and B. ``rows``: further rows of an extract, each with what differs from its last row of the person."""
    inbox = write_inbox(folder / "inbox", [*filler_people(40, AS_OF), someone], AS_OF)
    for file in (inbox / FOLDERS[extract]).glob(f"{extract}_*.parquet") if extract else ():
        own = pl.read_parquet(file).tail(1)
        pl.concat(
            [pl.read_parquet(file), *(own.with_columns(pl.lit(v, pl.String).alias(k) for k, v in r.items()) for r in rows)]
        ).write_parquet(file)
    night = publish_again(prepare(inbox, AS_OF, folder / "read"), policy.load("national", AS_OF), ("decisions", "reviews"))
    missing = {r["enrollment_id"]: r["missing"] for r in night["reviews"].to_dicts()}
    return {r["enrollment_id"][-1]: r | {"missing": missing.get(r["enrollment_id"])} for r in night["decisions"].to_dicts()}


def in_quarantine(decision: dict) -> list[tuple[str, str]]:
    items = (item.split("\x1f") for item in decision["evidence"].split("\x1e"))
    return [(extract, value) for fact, value, extract, _ in items if fact == "in_quarantine"]


PUPIL = Student("220102", "senior", date(2024, 9, 1), date(2027, 7, 1))
GONE = Student("220102", "senior", date(2020, 9, 1), date(2023, 7, 1), "毕业")


@pytest.mark.parametrize(
    ("last", "row", "reason"),
    [
        (GONE, {"status": "在籍", "entry_date": "2024-09-31", "expected_graduation": None}, "bad_date"),
        (GONE, {"status": "在读生", "entry_date": "2024-09-01", "expected_graduation": "2027-07-01"}, "unknown_code"),
        (PUPIL, {"stage": "幼儿园", "school_admdvs": "440103"}, "unknown_code"),
    ],
)
def test_a_school_whose_row_is_in_quarantine_is_in_doubt(tmp_path, last, row, reason):
    night = decided(tmp_path, person(RESIDENT, students=[last]), "student", row)
    assert {d["action"] for d in night.values()} == {"review"} and night["A"]["missing"] == ["school_place"]
    assert in_quarantine(night["A"]) == [("student", reason)]


@pytest.mark.parametrize(
    ("last", "row", "ended", "rule"),
    [
        (PUPIL, {"stage": "幼儿园"}, "B", "student_school_place"),
        (GONE, {"status": "毕业", "entry_date": "2024-09-31"}, "A", "resident_usual_residence"),
        (GONE, {"status": "在籍", "entry_date": "2020-09-31"}, "A", "resident_usual_residence"),
        (GONE, {"status": "在籍", "entry_date": "2027-09-01", "expected_graduation": "2027-07-01"}, "A", "resident_usual_residence"),
    ],
)
def test_a_row_in_quarantine_that_says_the_same_or_speaks_of_another_time_changes_nothing(tmp_path, last, row, ended, rule):
    night = decided(tmp_path, person(RESIDENT, students=[last]), "student", row)
    assert (night[ended]["action"], night[ended]["rule_id"]) == ("terminate", rule)


@pytest.mark.parametrize(
    ("row", "held"),
    [
        ({"admitted_on": "2026-11-31"}, "AB"),
        ({"admitted_on": "2026-11-31", "psn_insu_rlts_id": "one.A"}, "A"),
        ({"admitted_on": "2026-11-18", "certno": "22999919850302*033", "psn_insu_rlts_id": "one.A"}, "A"),
        ({"admitted_on": "2026-11-31", "discharged_on": "2026-11-20"}, ""),
        ({"admitted_on": "2026-11-18", "certno": "22999919850302*033"}, ""),
    ],
)
def test_who_may_lie_in_hospital_is_held(tmp_path, row, held):
    someone = person(RESIDENT, stays=[Stay(date(2025, 1, 1), date(2025, 2, 1))])
    night = decided(tmp_path, someone, "inpatient_stay", {"discharged_on": None} | row)
    assert night["A"]["action"] == ("hold" if "A" in held else "terminate")
    assert in_quarantine(night["A"]) == ([("inpatient_stay", "bad_date" if "certno" not in row else "id_masked")] if held else [])


ELSEWHERE = {"clct_detl_id": "another", "psn_insu_rlts_id": None, "insu_admdvs": "440103"}


@pytest.mark.parametrize(
    "rows",
    [
        [ELSEWHERE | {"accrym_end": "202613"}],
        [ELSEWHERE | {"accrym_begn": "202613"}],
        [ELSEWHERE | {"clct_flag": "未知"}],
        [ELSEWHERE | {"insutype": "？", "insu_admdvs": None}],
        [ELSEWHERE | {"certno": "229999********1033", "psn_insu_rlts_id": "one.A"}],
        [ELSEWHERE, ELSEWHERE | {"psn_clct_amt": "401"}],
    ],
)
def test_a_payment_in_quarantine_that_may_be_of_another_place_leaves_the_workplace_open(tmp_path, rows):
    night = decided(tmp_path, person(EMPLOYEE), "contribution", *rows)
    assert {d["action"] for d in night.values()} == {"review"} and night["A"]["missing"] == ["employment_place"]
    [(extract, reasons)] = set(in_quarantine(night["A"]))
    assert extract == "contribution" and reasons


@pytest.mark.parametrize(
    "row",
    [
        {"psn_clct_amt": "四百"},
        {"insu_admdvs": "510107", "psn_insu_rlts_id": None, "accrym_end": "202613"},
        ELSEWHERE | {"accrym_begn": "202413", "accrym_end": "202412"},
        ELSEWHERE | {"accrym_end": "202613", "psn_type": "1103"},
        ELSEWHERE | {"accrym_end": "202613", "insutype": "390"},
        ELSEWHERE | {"accrym_end": "202613", "revs_flag": "+"},
        ELSEWHERE | {"accrym_end": "202613", "clct_type": "20"},
    ],
)
def test_one_that_cannot_be_an_employers_of_another_place_changes_nothing(tmp_path, row):
    night = decided(tmp_path, person(EMPLOYEE), "contribution", {"clct_detl_id": "another"} | row)
    assert (night["A"]["action"], night["A"]["deciding_fact"]) == ("terminate", "employment_place")


@pytest.mark.parametrize(
    ("row", "action"),
    [
        ({"result": "不同意"}, "review"),
        ({"decided_on": "2026-11-31"}, "review"),
        ({"result": "不同意", "decided_on": "2026-10-01"}, "terminate"),
        ({"result": "不同意", "decided_on": "2026-12-01"}, "terminate"),
        ({"result": "不同意", "case_no": "F-0123456789ABCDEF"}, "terminate"),
    ],
)
def test_an_answer_that_nobody_can_read_ends_nothing(tmp_path, row, action):
    someone = person(RESIDENT, feedback=[Feedback("2026-1", "one.A", "confirmed", None, date(2026, 11, 1))])
    night = decided(tmp_path, someone, "case_feedback", {"decided_on": "2026-11-02"} | row)
    assert night["A"]["action"] == action
    assert (night["A"]["missing"] == ["case_feedback"]) == (action == "review")
