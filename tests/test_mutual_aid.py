"""Relations of mutual aid over made-up people: dissolved, invalid, cleared (rules 4.4), against the reference."""

import random
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import polars as pl
import pytest
from inbox import AS_OF, resident_id, write_inbox
from reference import POLICIES, Aid, decide
from reference.model import month_of
from reference.mutual_aid import clearing, dissolutions
from reference.observed import read_dataset
from reference.random_people import random_people

#: Nobody that any extract knows.
STRANGER = resident_id("229999", date(1960, 1, 1), 1)
KINSHIPS = ("配偶", "父母", "子女", "兄弟姐妹", "外祖父母", "孙子女", "表亲", "朋友")


def with_aid(people: list, seed: int) -> list:
    """Half of the people give to one or two others, who may be anybody, also nobody that is known."""
    r, given = random.Random(seed), []
    for number, person in enumerate(people):
        rows = []
        for nth in range(r.choice((0, 0, 1, 2))):
            relative = r.choice(people)
            known = [e.enrollment_id for e in person.enrollments]
            relation = Aid(
                f"M{number:05d}.{nth}",
                relative.certno if r.random() < 0.97 else STRANGER,
                r.choice(KINSHIPS),
                r.choice((date(2025, 5, 1), AS_OF, AS_OF + timedelta(days=1))),
                r.choice((None, None, None, AS_OF + timedelta(days=2))),
                r.choice(known) if known and r.random() < 0.8 else None,
                Decimal(r.choice((500, 2000, 100))),
                r.choice((None, Decimal("120.50"))),
            )
            months = r.sample(range(month_of(AS_OF) - 14, month_of(AS_OF) + 1), r.choice((0, 1, 3)))
            rows += [replace(relation, spent_month=m, spent=Decimal(r.choice(("10.01", "99.99", "250")))) for m in months] or [relation]
        given.append(replace(person, aid=rows))
    return given


@pytest.fixture(scope="module")
def aid_night(run_night, tmp_path_factory):
    root = tmp_path_factory.mktemp("aid")
    people = with_aid(random_people(3000, 11), 5)
    warehouse = run_night(write_inbox(root / "inbox", people, AS_OF), root / "warehouse", AS_OF, accept=("overlap_share",))
    outcomes = {p.label: decide(p, POLICIES["national"], AS_OF) for p in people}
    return people, outcomes, warehouse / "current"


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
