"""Relations of mutual aid over made-up people: dissolved, invalid, cleared (rules 4.4), against the reference."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

import polars as pl
import pytest
from inbox import AS_OF, FOLDERS, Numbers, filler_people, write_inbox
from prepared import prepare, publish_again
from reference.model import Aid, Contribution, Death, Enrollment, Person, Resident, month_of
from reference.mutual_aid import clearing, dissolutions
from reference.observed import read_dataset

import policy


@pytest.fixture(scope="module")
def aid_night(people, random_night):
    night = random_night("national")
    return people, night.outcomes, night.warehouse / "current"


def test_relations_that_end_or_were_never_valid(aid_night):
    people, outcomes, night = aid_night
    certno = dict(read_dataset(night, "persons").select("person_id", "certno_canonical").iter_rows())
    observed = {
        r["relation_id"]: {
            "donor": certno[r["donor_person_id"]],
            "beneficiary": certno[r["beneficiary_person_id"]],
            **{k: r[k] for k in ("status", "reason", "unused_quota", "return_to_enrollment_id", "effective_date")},
        }
        for r in read_dataset(night, "mutual_aid_dissolutions").iter_rows(named=True)
    }
    expected = dissolutions(people, outcomes, AS_OF)
    differ = [(k, expected.get(k), observed.get(k)) for k in sorted({*expected, *observed}) if expected.get(k) != observed.get(k)]
    assert differ == []
    reasons = Counter(row["reason"] for row in expected.values())
    assert min(reasons[r] for r in ("donor_terminated", "donor_suspended", "kinship", "donor_not_employee", "beneficiary_not_insured")) > 3


def test_spending_across_provinces_adds_up_to_nothing(aid_night):
    people, _, night = aid_night
    rows = read_dataset(night, "mutual_aid_clearing")
    observed = {(int(m[:4]) * 12 + int(m[5:]) - 1, a, b): (gross, net) for m, a, b, gross, net in rows.iter_rows()}
    assert observed == clearing(people, AS_OF)
    assert rows["net_amount"].sum() == 0 and rows["gross_amount"].sum() > 0
    by_month = rows.group_by("month").agg(pl.col("net_amount").sum())
    assert by_month["net_amount"].to_list() == [Decimal("0.00")] * by_month.height
    assert (rows["donor_province"] != rows["beneficiary_province"]).all()


# what the random people do not have -------------------------------------------------------------------------------------------
BORN, QUOTA = date(1975, 3, 2), Decimal(9000)


def employee(label: str, number: str, area: str = "220102") -> Person:
    row = Enrollment(f"{label}.A", "310", area, date(2024, 1, 1), psn_type="1101", emp_mgt_type="01", name="张建国", sex="1", born=BORN)
    pay = [
        Contribution(f"{label}.{m}", "310", area, m, m, row.enrollment_id, "1101", "01", personal=Decimal(200))
        for m in range(month_of(date(2025, 1, 1)), month_of(AS_OF) + 1)
    ]
    return Person(label, number, "张建国", "1", BORN, enrollments=[row], contributions=pay, residents=[Resident("张建国", "1", BORN, area)])


def listed_relations(folder, people: Sequence[Person], damage=lambda inbox: None) -> dict[str, tuple]:
    """relation -> reason and unused quota, of a night of these people alone."""
    inbox = write_inbox(folder / "inbox", [*people, *filler_people(40, AS_OF)], AS_OF)
    damage(inbox)
    rows = publish_again(prepare(inbox, AS_OF, folder / "read"), policy.load("national", AS_OF), ("mutual_aid_dissolutions",))
    return {r["relation_id"]: (r["reason"], r["unused_quota"]) for r in rows["mutual_aid_dissolutions"].to_dicts()}


def test_a_relation_that_was_renewed_has_the_quota_of_its_new_term(tmp_path):
    numbers = Numbers()
    child = employee("child", numbers.next("229999", BORN, "1"))
    terms = [
        Aid("one", child.certno, "子女", date(2025, 1, 1), date(2026, 1, 1), quota=QUOTA, used=Decimal(100)),
        Aid("one", child.certno, "子女", date(2026, 1, 1), date(2027, 1, 1), quota=Decimal(2000), used=Decimal(500)),
        Aid("one", child.certno, "子女", date(2027, 1, 1), None, quota=Decimal(7000)),
    ]
    donor = replace(employee("donor", numbers.next("229999", BORN, "1")), aid=terms, deaths=[Death(date(2026, 11, 2))])
    assert listed_relations(tmp_path, [donor, child]) == {"one": ("donor_terminated", Decimal("1500.00"))}


def test_a_relation_is_not_called_invalid_for_a_row_that_cannot_be_used(tmp_path):
    """An enrollment of the donor or of the beneficiary lies in quarantine: whether it is in force nobody can say."""
    numbers = Numbers()
    people: list[Person] = []
    for label in ("donor", "named", "beneficiary", "sound"):
        child = employee(f"{label}-child", numbers.next("229999", BORN, "1"))
        parent = employee(f"{label}-parent", numbers.next("229999", BORN, "1"))
        own = parent.enrollments[0].enrollment_id if label == "named" else None
        people += [replace(parent, aid=[Aid(label, child.certno, "子女", date(2025, 1, 1), None, own, QUOTA)]), child]
    people[-1] = replace(people[-1], enrollments=[], contributions=[])

    def damaged(inbox) -> None:
        for file in (inbox / FOLDERS["enrollment"]).glob("enrollment_*.parquet"):
            rows, key = pl.read_parquet(file), pl.col("psn_insu_rlts_id")
            rows.with_columns(
                crt_insu_date=pl.when(key.is_in(["donor-parent.A", "beneficiary-child.A"]))
                .then(pl.lit("2024-13-01"))
                .otherwise("crt_insu_date"),
                certno=pl.when(key == "named-parent.A").then(pl.lit("229999198503020000")).otherwise("certno"),
            ).write_parquet(file)

    assert listed_relations(tmp_path, people, damaged) == {"sound": ("beneficiary_not_insured", QUOTA)}
