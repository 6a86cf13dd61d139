"""Rows in quarantine that speak of somebody in question: evidence that is there and cannot be used ends no cover (docs/decisions/0098)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import polars as pl
import pytest
from inbox import AS_OF, FOLDERS, Numbers, filler_people, write_inbox
from prepared import prepare, publish_again
from reference.model import Contribution, Death, Enrollment, Feedback, Link, Person, Resident, Stay, Student, month_of

import policy

BORN = date(1985, 3, 2)
NUMBERS = Numbers()
RESIDENT = ("390", "1501")


def person(kind: tuple[str, str], **more) -> Person:
    """Two enrollments of one kind, one in 2201 and one in 5101, both paid; the home is in 5101."""
    someone = Person("one", NUMBERS.next("229999", BORN, "1"), "张建国", "1", BORN, **more)
    insutype, psn_type = kind
    for letter, area in (("A", "220102"), ("B", "510104")):
        someone.enrollments.append(
            Enrollment(f"one.{letter}", insutype, area, date(2024, 1, 1), psn_type=psn_type, name="张建国", sex="1", born=BORN)
        )
        someone.contributions.append(
            Contribution(f"one.{letter}.1", insutype, area, month_of(date(2026, 1, 1)), month_of(date(2026, 12, 1)), f"one.{letter}", psn_type, personal=Decimal(400))
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


def unread(decision: dict) -> list[tuple[str, str]]:
    items = (item.split("\x1f") for item in decision["evidence"].split("\x1e"))
    return [(extract, value) for fact, value, extract, _ in items if fact == "unread"]


def waits(night: dict[str, dict], extract: str, reason: str) -> bool:
    """A is under review for a row that cannot be used; B stays, as it would have."""
    a = night["A"]
    assert night["B"]["action"] == "retain" and (a["action"] == "review") == (a["missing"] == ["unread_row"]) == (
        unread(a) == [(extract, reason)]
    )
    assert a["action"] == "terminate" or (a["would_be"], a["effective_date"]) == ("terminate", None)
    return a["action"] == "review"


PUPIL = Student("510104", "senior", date(2024, 9, 1), date(2027, 7, 1))
GONE = Student("510104", "senior", date(2020, 9, 1), date(2023, 7, 1), "毕业")


@pytest.mark.parametrize(
    ("last", "row", "reason"),
    [
        (GONE, {"status": "在籍", "entry_date": "2024-09-31", "expected_graduation": None}, "bad_date"),
        (GONE, {"status": "在读生", "entry_date": "2024-09-01", "expected_graduation": "2027-07-01"}, "unknown_code"),
        (PUPIL, {"stage": "幼儿园"}, "unknown_code"),
        (PUPIL, {"school_admdvs": None}, "unknown_code"),
        (GONE, {"entry_date": "2024-09-31"}, None),
        (GONE, {"status": "在籍", "entry_date": "2020-09-31"}, None),
    ],
)
def test_a_school_that_nobody_can_read(tmp_path, last, row, reason):
    assert waits(decided(tmp_path, person(RESIDENT, students=[last]), "student", row), "student", reason) == (reason is not None)


@pytest.mark.parametrize(
    ("row", "held"),
    [
        ({"admitted_on": "2026-11-31"}, True),
        ({"admitted_on": "2026-11-31", "psn_insu_rlts_id": "one.A"}, True),
        ({"admitted_on": "2026-11-18", "certno": "22999919850302*033", "psn_insu_rlts_id": "one.A"}, True),
        ({"admitted_on": "2026-11-31", "discharged_on": "2026-11-20"}, False),
        ({"admitted_on": "2026-11-18", "certno": "22999919850302*033"}, False),
    ],
)
def test_who_may_lie_in_hospital_is_held(tmp_path, row, held):
    someone = person(RESIDENT, stays=[Stay(date(2025, 1, 1), date(2025, 2, 1))])
    night = decided(tmp_path, someone, "inpatient_stay", {"discharged_on": None} | row)
    assert night["A"]["action"] == ("hold" if held else "terminate")
    assert unread(night["A"]) == ([("inpatient_stay", "bad_date" if "certno" not in row else "id_masked")] if held else [])


ANOTHER = {"clct_detl_id": "another", "psn_insu_rlts_id": None, "insu_admdvs": "440103"}


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([ANOTHER | {"accrym_end": "202613"}], "bad_date"),
        ([ANOTHER | {"clct_flag": "未知"}], "unknown_code"),
        ([ANOTHER | {"insutype": "？", "insu_admdvs": None}], "unknown_code"),
        ([ANOTHER | {"emp_clct_amt": "n/a"}], "unparseable_number"),
        ([ANOTHER | {"certno": "229999********1033", "psn_insu_rlts_id": "one.A"}], "id_masked"),
        ([ANOTHER, ANOTHER | {"psn_clct_amt": "401"}], "duplicate_key"),
        ([ANOTHER | {"psn_insu_rlts_id": "1.1E+16"}], "enrollment_id"),
        ([ANOTHER | {"accrym_begn": "202413", "accrym_end": "202412"}], None),
        ([ANOTHER | {"accrym_end": "202613", "insutype": "330"}], None),
        ([ANOTHER | {"accrym_end": "202613", "revs_flag": "+"}], None),
        ([ANOTHER | {"accrym_end": "202613", "clct_type": "20"}], None),
        ([ANOTHER, ANOTHER], None),
        ([{"payer_certno": None}, {"payer_certno": " "}], None),
    ],
)
def test_a_payment_that_nobody_can_read(tmp_path, rows, reason):
    assert waits(decided(tmp_path, person(RESIDENT), "contribution", *rows), "contribution", reason) == (reason is not None)


def test_copies_of_a_number_in_15_and_in_18_digits_are_copies(tmp_path):
    someone = person(RESIDENT)
    old = someone.certno[:6] + someone.certno[8:17]
    night = decided(tmp_path, someone, "enrollment", {"certno": old})
    assert (night["A"]["action"], night["B"]["action"]) == ("terminate", "retain")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"trt_begn_date": "2026-02-30"}, "bad_date"),
        ({"psn_type": "ZZ"}, "unknown_code"),
        ({"psn_insu_stas": "4", "paus_insu_date": None}, None),
        ({"psn_insu_stas": "4", "paus_insu_date": None, "psn_name": "李小红"}, "ended_without_date"),
        ({"psn_insu_stas": "4", "paus_insu_date": "2026-03-01", "psn_insu_rlts_id": None}, "missing_key"),
        ({"insutype": "330", "psn_type": "ZZ"}, None),
    ],
)
def test_an_enrollment_that_nobody_can_read(tmp_path, row, reason):
    night = decided(tmp_path, person(RESIDENT), "enrollment", {"psn_insu_rlts_id": "one.C"} | row)
    assert waits(night, "enrollment", reason) == (reason is not None)


@pytest.mark.parametrize(
    ("extract", "row"),
    [
        ("death", {"death_date": "2026-13-15"}),
        ("resident", {"gend": "ZZ"}),
        ("enrollment", {"psn_insu_rlts_id": "one.C", "psn_type": "ZZ"}),
    ],
)
def test_nobody_is_dead_while_a_row_about_the_person_cannot_be_read(tmp_path, extract, row):
    night = decided(tmp_path, person(RESIDENT, deaths=[Death(date(2026, 10, 2), name="张建国")]), extract, row)
    assert {(d["action"], d["would_be"]) for d in night.values()} == {("review", "terminate")}


def test_a_link_that_is_undone_is_undone_though_its_day_cannot_be_read(tmp_path):
    someone = person(RESIDENT)
    someone.enrollments[1] = replace(someone.enrollments[1], certno="E51234567", cert_type="16")
    linked = replace(someone, links=[Link("16", "E51234567", "01", someone.certno, date(2026, 1, 1))])
    assert decided(tmp_path / "linked", linked)["A"]["action"] == "terminate"
    assert not decided(tmp_path / "undone", linked, "identity_link", {"reason": "撤销", "link_date": "2027-13-01"})


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
