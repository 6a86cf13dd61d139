"""Relations of mutual aid over made-up people: dissolved, invalid, cleared (rules 4.4), against the reference."""

from collections import Counter
from decimal import Decimal

import polars as pl
import pytest
from inbox import AS_OF
from reference.mutual_aid import clearing, dissolutions
from reference.observed import read_dataset


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
