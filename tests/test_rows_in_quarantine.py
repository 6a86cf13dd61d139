"""Rows in quarantine that speak of somebody in question: evidence that is there and cannot be used ends no cover (docs/decisions/0098)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import polars as pl
from inbox import AS_OF, FOLDERS, Numbers, filler_people, write_inbox
from nights import read
from prepared import prepare, publish_again
from reference.model import Contribution, Death, Enrollment, Feedback, Link, Person, Resident, Stay, Student, month_of

import policy

BORN = date(1985, 3, 2)
NUMBERS = Numbers()


def person(label: str) -> Person:
    """Two resident enrollments, one in 2201 and one in 5101, both paid; the home is in 5101."""
    someone = Person(label, NUMBERS.next("229999", BORN, "1"), "张建国", "1", BORN)
    for letter, area in (("A", "220102"), ("B", "510104")):
        someone.enrollments.append(
            Enrollment(f"{label}.{letter}", "390", area, date(2024, 1, 1), psn_type="1501", name="张建国", sex="1", born=BORN)
        )
        january = month_of(date(2026, 1, 1))
        someone.contributions.append(
            Contribution(f"{label}.{letter}.1", "390", area, january, january + 11, f"{label}.{letter}", "1501", personal=Decimal(400))
        )
    someone.residents.append(Resident("张建国", "1", BORN, household="510104"))
    return someone


def decided(folder, extract: str, people: Sequence[Person], rows: Sequence[Sequence[Mapping]]) -> list[dict[str, dict]]:
    """Of each person the decisions on A and B. ``rows``: of each person further rows of an extract, each with what differs from the person's
    last row in it; # stands for the person's label."""
    inbox = write_inbox(folder / "inbox", [*filler_people(40, AS_OF), *people], AS_OF)
    for file in (inbox / FOLDERS[extract]).glob(f"{extract}_*.parquet"):
        every, added = pl.read_parquet(file), []
        for someone, more in zip(people, rows, strict=True):
            told = pl.concat_str(pl.all().fill_null(""), separator=" ")
            own = every.filter(told.str.contains(someone.certno) | told.str.contains(f"{someone.label}.", literal=True)).tail(1)
            texts = [{k: v and v.replace("#", someone.label) for k, v in row.items()} for row in more]
            added += [own.with_columns(pl.lit(v, pl.String).alias(k) for k, v in row.items()) for row in texts]
        pl.concat([every, *added]).write_parquet(file)
    night = publish_again(prepare(inbox, AS_OF, folder / "read"), policy.load("national", AS_OF), ("decisions", "reviews"))
    missing = {r["enrollment_id"]: r["missing"] for r in night["reviews"].to_dicts()}
    found = {r["enrollment_id"]: r | {"missing": missing.get(r["enrollment_id"])} for r in night["decisions"].to_dicts()}
    return [{i[-1]: d for i, d in found.items() if i.startswith(f"{someone.label}.")} for someone in people]


def unread(decision: dict) -> list[tuple[str, str]]:
    items = (item.split("\x1f") for item in decision["evidence"].split("\x1e"))
    return [(extract, value) for fact, value, extract, _ in items if fact == "unread"]


def check(folder, extract: str, cases: Sequence[tuple], people: Sequence[Person] = ()) -> None:
    """``cases``: further rows of a person, and why one of them leaves A under review, or None where A is terminated; B stays."""
    people = people or [person(f"p{n}") for n in range(len(cases))]
    for night, (rows, reason) in zip(decided(folder, extract, people, [rows for rows, _ in cases]), cases, strict=True):
        a = night["A"]
        told = (a["action"], a["would_be"], a["missing"], unread(a), night["B"]["action"])
        waits = ("review", "terminate", ["unread_row"], [(extract, reason)], "retain")
        assert told == (waits if reason else ("terminate", None, None, [], "retain")), rows


def test_a_school_that_nobody_can_read(tmp_path):
    there = Student("510104", "senior", date(2024, 9, 1), date(2027, 7, 1))
    gone = Student("510104", "senior", date(2020, 9, 1), date(2023, 7, 1), "毕业")
    cases = [
        (gone, {"status": "在籍", "entry_date": "2024-09-31", "expected_graduation": None}, "bad_date"),
        (gone, {"status": "在读生", "entry_date": "2024-09-01", "expected_graduation": "2027-07-01"}, "unknown_code"),
        (there, {"stage": "幼儿园"}, "unknown_code"),
        (there, {"school_admdvs": None}, "unknown_code"),
        (gone, {"entry_date": "2024-09-31"}, None),
        (gone, {"status": "在籍", "entry_date": "2020-09-31"}, None),
    ]
    people = [replace(person(f"p{n}"), students=[school]) for n, (school, _, _) in enumerate(cases)]
    check(tmp_path, "student", [([row], reason) for _, row, reason in cases], people)


def test_who_may_lie_in_hospital_is_held(tmp_path):
    masked = {"admitted_on": "2026-11-18", "certno": "22999919850302*033"}
    cases = [
        ({"admitted_on": "2026-11-31"}, [("inpatient_stay", "bad_date")]),
        ({"admitted_on": "2026-11-31", "psn_insu_rlts_id": "#.A"}, [("inpatient_stay", "bad_date")]),
        (masked | {"psn_insu_rlts_id": "#.A"}, [("inpatient_stay", "id_masked")]),
        ({"admitted_on": "2026-11-31", "discharged_on": "2026-11-20"}, []),
        (masked, []),
    ]
    people = [replace(person(f"p{n}"), stays=[Stay(date(2025, 1, 1), date(2025, 2, 1))]) for n in range(len(cases))]
    nights = decided(tmp_path, "inpatient_stay", people, [[{"discharged_on": None} | row] for row, _ in cases])
    for night, (row, reasons) in zip(nights, cases, strict=True):
        assert (night["A"]["action"], unread(night["A"])) == ("hold" if reasons else "terminate", reasons), row


def test_a_payment_that_nobody_can_read(tmp_path):
    another = {"clct_detl_id": "#.another", "psn_insu_rlts_id": None, "insu_admdvs": "440103"}
    check(tmp_path, "contribution", [
        ([another | {"accrym_end": "202613"}], "bad_date"),
        ([another | {"clct_flag": "未知"}], "unknown_code"),
        ([another | {"insutype": "？", "insu_admdvs": None}], "unknown_code"),
        ([another | {"emp_clct_amt": "n/a"}], "unparseable_number"),
        ([another | {"certno": "229999********1033", "psn_insu_rlts_id": "#.A"}], "id_masked"),
        ([another, another | {"psn_clct_amt": "401"}], "duplicate_key"),
        ([another | {"psn_insu_rlts_id": "1.1E+16"}], "enrollment_id"),
        ([another | {"accrym_begn": "202413", "accrym_end": "202412"}], None),
        ([another | {"accrym_end": "202613", "insutype": "330"}], None),
        ([another | {"accrym_end": "202613", "revs_flag": "+"}], None),
        ([another | {"accrym_end": "202613", "clct_type": "20"}], None),
        ([another, another], None),
        ([{"payer_certno": None}, {"payer_certno": " "}], None),
    ])  # fmt: skip


def test_an_enrollment_that_nobody_can_read(tmp_path):
    people = [person(f"p{n}") for n in range(13)]
    old = people[0].certno[:6] + people[0].certno[8:17]
    over = {"psn_insu_stas": "4", "paus_insu_date": None}
    third = [
        ({"trt_begn_date": "2026-02-30"}, "bad_date"),
        ({"psn_type": "ZZ"}, "unknown_code"),
        ({"psn_type": "ZZ", "paus_insu_date": "2025-02-01"}, None),
        ({"psn_type": "ZZ", "paus_insu_date": "2027-02-01"}, "unknown_code"),
        (over, None),
        (over | {"psn_name": "张 建　国"}, None),
        (over | {"psn_name": "张建?"}, None),
        (over | {"psn_name": "李小红"}, "ended_without_date"),
        (over | {"gend": "2"}, "ended_without_date"),
        (over | {"brdy": "1986-03-02"}, "ended_without_date"),
        (over | {"paus_insu_date": "2026-03-01", "psn_insu_rlts_id": None}, "missing_key"),
        ({"insutype": "330", "psn_type": "ZZ"}, None),
    ]
    # a number in 15 digits is a copy; an older version that is bad is no news
    check(
        tmp_path,
        "enrollment",
        [([{"certno": old}], None), *(([{"psn_insu_rlts_id": "#.C"} | row], reason) for row, reason in third)],
        people,
    )


def test_a_version_that_was_replaced_is_no_news(tmp_path):
    someone = person("one")
    someone.enrollments[1] = replace(someone.enrollments[1], updated="2026-10-01 08:00:00")
    rows = [{"psn_type": "ZZ", "updt_time": "2026-01-01 08:00:00"}]
    check(tmp_path, "enrollment", [(rows, None)], [someone])


def test_nobody_is_dead_while_a_row_about_the_person_cannot_be_read(tmp_path):
    for extract, row in (
        ("death", {"death_date": "2026-13-15"}),
        ("resident", {"gend": "ZZ"}),
        ("enrollment", {"psn_insu_rlts_id": "#.C", "psn_type": "ZZ"}),
    ):
        dead = replace(person("one"), deaths=[Death(date(2026, 10, 2), name="张建国")])
        [night] = decided(tmp_path / extract, extract, [dead], [[row]])
        for d in night.values():
            assert (d["action"], d["would_be"], d["missing"]) == ("review", "terminate", ["unread_row"])
            assert [told for told, _ in unread(d)] == [extract] and "无法使用" in d["reason_zh"]


def test_a_link_that_is_undone_is_undone_though_its_row_cannot_be_read(tmp_path):
    def linked(label: str) -> Person:
        someone = person(label)
        passport = f"E{50000000 + len(label)}"
        someone.enrollments[1] = replace(someone.enrollments[1], certno=passport, cert_type="16")
        return replace(someone, links=[Link("16", passport, "01", someone.certno, date(2026, 1, 1))])

    people = [linked("p"), linked("pp"), linked("ppp")]
    rows = [[], [{"reason": "撤销", "link_date": "2027-13-01"}], [{"reason": "撤销", "new_certno": "22999919850302*033"}]]
    one, apart, doubt = decided(tmp_path, "identity_link", people, rows)
    assert one["A"]["action"] == "terminate" and not apart
    assert (doubt["A"]["action"], unread(doubt["A"])) == ("review", [("identity_link", "id_masked")])


def test_an_answer_that_nobody_can_read_ends_nothing(tmp_path):
    cases = [
        ({"result": "不同意"}, "review"),
        ({"decided_on": "2026-11-31"}, "review"),
        ({"decided_on": "2026-11-31", "result": "to_be_checked"}, "terminate"),
        ({"decided_on": "2026-11-31", "result": "person_chose"}, "terminate"),
        ({"result": "不同意", "decided_on": "2026-10-01"}, "terminate"),
        ({"result": "不同意", "decided_on": "2026-12-01"}, "terminate"),
        ({"result": "不同意", "case_no": "F-0123456789ABCDEF"}, "terminate"),
    ]
    people = [person(f"p{n}") for n in range(len(cases))]
    people = [replace(p, feedback=[Feedback("2026-1", f"{p.label}.A", "confirmed", None, date(2026, 11, 1))]) for p in people]
    nights = decided(tmp_path, "case_feedback", people, [[{"decided_on": "2026-11-02"} | row] for row, _ in cases])
    for night, (row, action) in zip(nights, cases, strict=True):
        assert night["A"]["action"] == action and (night["A"]["missing"] == ["case_feedback"]) == (action == "review"), row


# money --------------------------------------------------------------------------------------------------------------------
def two_years(label: str) -> Person:
    """The same with 2027 paid, too: A is terminated, 724 yuan of 2026 are deducted and 400 of 2027 go back."""
    someone = person(label)
    ahead = [replace(c, contribution_id=f"{c.contribution_id}-2027", first_month=c.first_month + 12, last_month=c.last_month + 12) for c in someone.contributions]  # fmt: skip
    return replace(someone, contributions=[*someone.contributions, *ahead])


def shared_by_a_school(someone: Person) -> Person:
    """All pupils are enrolled under the number: nothing is known of anybody's rows."""
    pupils = [replace(someone.enrollments[1], enrollment_id=f"{someone.label}.{n}", start=date(2026, 9, 1)) for n in range(51)]
    return replace(someone, enrollments=[*someone.enrollments, *pupils])


def carried_out(someone: Person) -> Person:
    a, b = someone.enrollments
    return replace(someone, enrollments=[replace(a, end=AS_OF, status="4"), b])


#: What is damaged on the second night: extract, whose rows, what they say.
DAMAGES = {
    "own-row": ("enrollment", "A", {"crt_insu_date": "2024-13-01"}),
    "own-number": ("enrollment", "A", {"certno": "229999198503020000"}),
    "own-payments": ("contribution", "A", {"accrym_begn": "202613"}),
    "kept-row": ("enrollment", "B", {"crt_insu_date": "2024-13-01"}),
    # A has lost an overlap before, which is over
    "kept-row-again": ("enrollment", "B", {"crt_insu_date": "2024-13-01"}),
    "kept-payments": ("contribution", "B", {"accrym_begn": "202613"}),
    "register": ("resident", "", {"permit_begin": "2024-13-01", "permit_admdvs": "220102"}),
    "ended-row": ("enrollment", "A", {"crt_insu_date": "2024-13-01"}),
    "ended-number": ("enrollment", "A", {"certno": None}),
}


ACCEPTED = ("overlap_share", "quarantine_share", "row_drop", "date_fill", "identifier_fill")


def damage(inbox, people: Mapping[str, Person]) -> None:
    for label, (extract, letter, damaged) in DAMAGES.items():
        for file in (inbox / FOLDERS[extract]).glob(f"{extract}_*.parquet"):
            rows = pl.read_parquet(file)
            key = pl.col("certno") == people[label].certno if extract == "resident" else pl.col("psn_insu_rlts_id") == f"{label}.{letter}"
            rows.with_columns(pl.when(key).then(pl.lit(v, pl.String)).otherwise(k).alias(k) for k, v in damaged.items()).write_parquet(file)


def test_money_that_was_told_stands_while_a_row_cannot_be_used(tmp_path, run_night):
    people = {label: two_years(label) for label in (*DAMAGES, "crowded", "ended-crowded")}
    earlier = replace(
        people["kept-row-again"].enrollments[1], enrollment_id="kept-row-again.0", end=date(2026, 2, 1), area="330102", status="4"
    )
    january = replace(people["kept-row-again"].contributions[1], contribution_id="kept-row-again.0", enrollment_id="kept-row-again.0")
    again = people["kept-row-again"]
    people["kept-row-again"] = replace(again, enrollments=[*again.enrollments, earlier], contributions=[*again.contributions, january])
    told: dict[str, list] = {label: [] for label in people}
    for n in range(3):
        as_of = AS_OF + timedelta(days=n)
        tonight = [carried_out(p) if n and label.startswith("ended") else p for label, p in people.items()]
        tonight = [shared_by_a_school(p) if n == 1 and p.label.endswith("crowded") else p for p in tonight]
        inbox = write_inbox(tmp_path / f"inbox-{n}", [*filler_people(60, as_of), *tonight], as_of)
        if n == 1:
            damage(inbox, people)
        night = run_night(inbox, tmp_path / "warehouse", as_of, accept=ACCEPTED) / f"as_of={as_of}"
        for label in people:
            mine = pl.col("enrollment_id") == f"{label}.A"
            ahead = mine & (pl.col("period_begin") == date(2027, 1, 1))
            deducted, refunded = (read(night, name).filter(which) for name, which in (("subsidy_deductions", mine), ("refunds", ahead)))
            listed = mine & (pl.col("first_reported_on") == as_of)
            told[label].append((*deducted["status"].unique(), *refunded["status"], read(night, "terminations").filter(listed).height))
    for label, nights in told.items():
        last = ("reported", "reported", 0 if label.startswith("ended") else nights[2][2])
        assert nights == [("new", "new", 1), ("reported", "reported", 0), last], label
