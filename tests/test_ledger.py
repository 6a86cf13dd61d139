"""Night after night on changing input: each deduction is new exactly once, and what is withdrawn is reversed (rules 4.1)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import polars as pl
import pytest
from inbox import Numbers, filler_people, write_inbox
from reference.model import Contribution, Enrollment, Person, Resident, month_of

NIGHTS = [date(2026, 11, 18), date(2026, 11, 19), date(2026, 11, 20), date(2026, 11, 21), date(2026, 11, 22)]
AREAS = ("220102", "510104")


def twice_enrolled(label: str, certno: str, home: str = "510104") -> Person:
    """Two resident enrollments of which the one in 220102 goes, and 724 yuan of subsidy of 2026 with it."""
    born = date(1985, 3, 2)
    person = Person(label, certno, "张建国", "1", born)
    for n, area in enumerate(AREAS):
        row = Enrollment(f"{label}.{n}", "390", area, date(2024 + n, 1, 1), psn_type="1501", name=person.name, sex="1", born=born)
        first = month_of(date(2026, 1, 1))
        person.enrollments.append(row)
        person.contributions.append(
            Contribution(f"{label}.{n}.1", "390", area, first, first + 11, row.enrollment_id, "1501", personal=Decimal(400))
        )
    person.residents.append(Resident(person.name, "1", born, household=home))
    return person


def moved_home(person: Person, area: str | None) -> Person:
    return replace(person, residents=[replace(person.residents[0], household=area)])


@pytest.fixture(scope="module")
def nights(tmp_path_factory, run_night) -> dict[date, pl.DataFrame]:
    """as-of date -> the published deductions. `steady` is there on all nights, `late` from the second on, `corrected` loses its
    evidence on the third and has it again on the fifth, `gone` leaves the extracts on the fourth."""
    numbers, fill = Numbers(), filler_people(60, NIGHTS[-1])
    steady, late, corrected, gone = (
        twice_enrolled(label, numbers.next("229999", date(1985, 3, 2), "1")) for label in ("steady", "late", "corrected", "gone")
    )
    root = tmp_path_factory.mktemp("ledger")
    published = {}
    for n, as_of in enumerate(NIGHTS):
        people = [steady, corrected if n not in (2, 3) else moved_home(corrected, None)]
        people += [late] if n >= 1 else []
        people += [gone] if n < 3 else []
        inbox = write_inbox(root / f"inbox-{n}", [*people, *fill], as_of)
        warehouse = run_night(inbox, root / "warehouse", as_of, accept=("overlap_share",))
        published[as_of] = pl.read_parquet(warehouse / f"as_of={as_of}" / "subsidy_deductions" / "*.parquet")
    return published


def story(nights: dict[date, pl.DataFrame], label: str) -> list[str | None]:
    """What the ledger says of the ended enrollment of a person, night by night."""
    told = []
    for deductions in nights.values():
        status = deductions.filter(pl.col("enrollment_id") == f"{label}.0")["status"].unique().to_list()
        assert len(status) <= 1
        told.append(status[0] if status else None)
    return told


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("steady", ["new", "reported", "reported", "reported", "reported"]),
        ("late", [None, "new", "reported", "reported", "reported"]),
        ("corrected", ["new", "reported", "reversed", "reversed", "new"]),
        ("gone", ["new", "reported", "reported", "reversed", "reversed"]),
    ],
)
def test_status_over_nights(nights, label, expected):
    assert story(nights, label) == expected


def test_first_reported_on_stays(nights):
    days = [d.filter(pl.col("enrollment_id") == "steady.0")["first_reported_on"].unique().to_list() for d in nights.values()]
    assert days == [[NIGHTS[0]]] * 5


def test_amounts_add_up_to_the_standard_on_every_night(nights):
    for deductions in nights.values():
        sums = deductions.group_by("enrollment_id", "fiscal_year").agg(pl.col("amount").sum())
        assert set(sums["amount"].to_list()) == {Decimal("724.00")}


def test_each_deduction_is_new_once_for_each_reversal_and_no_more(nights):
    news = pl.concat([d.filter(pl.col("status") == "new").select("enrollment_id", "fiscal_year").unique() for d in nights.values()])
    counts = dict(news.group_by("enrollment_id").len().iter_rows())
    assert counts == {"steady.0": 1, "late.0": 1, "gone.0": 1, "corrected.0": 2}
