"""The published time lines: what is known of the enrollments of everybody with a decision, as stretches of time."""

from datetime import date

import polars as pl
import pytest
from inbox import AS_OF, Numbers, filler_people, scenario_of, write_inbox
from nights import PUBLISHED, read

D = date
CASE = {
    "id": "line",
    "says": "",
    "expect": {},
    "person": {"born": D(1985, 3, 2), "sex": 1, "name": "张建国", "id": "220102"},
    "enrollments": {
        "A": {"scheme": "resident", "area": "220102", "from": D(2024, 1, 1), "to": D(2025, 6, 1), "status": 4},
        "B": {"scheme": "resident", "area": "220104", "from": D(2025, 6, 1)},
        "E": {"scheme": "employee", "area": "220102", "from": D(2025, 1, 1), "to": D(2026, 12, 31), "psn_type": "1103", "emp_mgt_type": "02",
              "benefit_from": D(2025, 3, 1)},
        "N": {"scheme": "employee", "area": "510104", "from": D(2015, 1, 1), "to": D(2020, 1, 1), "status": 4, "emp_mgt_type": "01"},
    },
    "contributions": {
        "B": [{"from": "2026-01", "to": "2026-12"}],
        "E": [{"from": "2025-01", "to": "2025-04", "employer": False}, {"from": "2025-06", "to": "2026-11", "employer": False},
              {"from": "2025-05", "to": "2025-05", "kind": "30", "employer": False}],
        # of more than ten years ago, in no order
        "N": [{"from": "2015-04", "to": "2015-06"}, {"from": "2015-01", "to": "2015-03"}, {"from": "2015-09", "to": "2015-09"},
              {"from": "2015-02", "to": "2015-05"}],
    },
    "residence": {"household": "220102"},
}  # fmt: skip


@pytest.fixture(scope="module")
def line(tmp_path_factory, night) -> dict[tuple[str, str], list[tuple]]:
    """(letter, kind) -> stretches of the case."""
    root, numbers = tmp_path_factory.mktemp("line"), Numbers()
    people = [scenario_of(CASE, numbers).person, *filler_people(60, AS_OF)]
    ran = night(write_inbox(root / "inbox", people, AS_OF), root / "warehouse")
    assert ran.status == PUBLISHED, ran.err
    rows = read(root / "warehouse" / "current", "timelines")
    found = {}
    for r in rows.iter_rows(named=True):
        found.setdefault((r["enrollment_id"].removeprefix("line."), r["kind"]), []).append((r["starts_on"], r["ends_on"]))
    found["rows"] = rows
    return found


def test_a_spell_is_told_with_the_row_that_was_merged_into_it(line):
    assert line["B", "enrolled"] == [(D(2024, 1, 1), None)]
    assert line["A", "merged"] == [(D(2024, 1, 1), D(2025, 6, 1))]
    merged = line["rows"].filter(pl.col("kind") == "merged")
    assert merged.select("enrollment_id", "part_of").rows() == [("line.A", "line.B")]
    assert line["rows"].filter(pl.col("kind") != "merged")["part_of"].null_count() == line["rows"].height - 1


def test_paid_months_run_on_until_one_is_missing_and_what_was_paid_later_is_apart(line):
    assert line["E", "paid"] == [(D(2025, 1, 1), D(2025, 5, 1)), (D(2025, 6, 1), D(2026, 12, 1))]
    assert line["E", "back_paid"] == [(D(2025, 5, 1), D(2025, 6, 1))]
    assert line["B", "paid"] == [(D(2026, 1, 1), D(2027, 1, 1))]
    assert line["N", "paid"] == [(D(2015, 1, 1), D(2015, 7, 1)), (D(2015, 9, 1), D(2015, 10, 1))]


def test_active_and_benefits_are_those_of_the_rules(line):
    assert line["B", "active"] == [(D(2026, 1, 1), D(2027, 1, 1))]
    assert line["E", "active"] == [(D(2025, 1, 1), D(2026, 12, 31))]
    assert line["E", "benefits"] == [(D(2025, 3, 1), D(2026, 12, 31))]
    assert line["B", "benefits"] == [(D(2026, 1, 1), None)]


def test_the_standing_is_told_and_an_enrollment_outside_every_overlap_too(line):
    standing = dict(line["rows"].select("enrollment_id", "standing").unique().rows())
    assert standing == {"line.A": None, "line.B": None, "line.E": "flexible", "line.N": "employed"}
    assert line["N", "enrolled"] == [(D(2015, 1, 1), D(2020, 1, 1))]


def test_nobody_without_a_decision_is_listed(published):
    current = published / "current"
    lines, decisions = read(current, "timelines"), read(current, "decisions")
    assert set(lines["person_id"]) == set(decisions["person_id"])
    assert set(decisions["enrollment_id"]) <= set(lines.filter(pl.col("kind") == "enrolled")["enrollment_id"])


def test_every_member_is_active_throughout_its_overlap(published):
    current = published / "current"
    members = read(current, "overlaps").explode("enrollment_ids").rename({"enrollment_ids": "enrollment_id"})
    active = read(current, "timelines").filter(pl.col("kind") == "active").select("enrollment_id", "starts_on", "ends_on")
    far = pl.lit(date.max)
    holding = members.join(active, on="enrollment_id", suffix="_active").filter(
        pl.col("starts_on_active") <= pl.col("starts_on"), pl.col("ends_on_active").fill_null(far) >= pl.col("ends_on").fill_null(far)
    )
    assert members.height > 500 and holding.height == members.height


def test_stretches_of_one_kind_neither_overlap_nor_touch(published):
    lines = read(published / "current", "timelines").sort("enrollment_id", "kind", "starts_on")
    before = pl.col("ends_on").fill_null(pl.lit(date.max)).shift(1).over("enrollment_id", "kind")
    assert lines.filter(pl.col("starts_on") <= before).is_empty()
    assert lines.filter(pl.col("ends_on") < pl.col("starts_on")).is_empty()


def test_what_is_paid_are_whole_months(published):
    lines = read(published / "current", "timelines").filter(pl.col("kind").is_in(["paid", "back_paid"]))
    assert (lines["starts_on"].dt.day() == 1).all() and (lines["ends_on"].dt.day() == 1).all()
