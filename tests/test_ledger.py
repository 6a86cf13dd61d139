"""Night after night on changing input: each deduction and refund is new exactly once, and what is withdrawn is told (rules 4)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from inbox import Numbers, filler_people, resident_id, write_inbox
from prepared import prepare, publish_again
from reference.model import Assistance, Contribution, Death, Enrollment, Feedback, Person, Resident, month_of
from reference.observed import read_dataset

import policy
from contracts import DATASETS
from flows.dataset_files import folder_of

NIGHTS = [date(2026, 11, 18), date(2026, 11, 19), date(2026, 11, 20), date(2026, 11, 21), date(2026, 11, 22)]
AREAS = ("220102", "510104")


def twice_enrolled(label: str, certno: str, home: str = "510104") -> Person:
    """Two resident enrollments of which the one in 220102 goes, and 724 yuan of subsidy of 2026 with it; of 2025 nothing was paid."""
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


RELATIVE = resident_id("229999", date(1960, 5, 5), 7)


def paid_ahead(person: Person) -> Person:
    """2027 is paid in both places; where the cover goes, 400 yuan from a relative's account."""
    first = month_of(date(2027, 1, 1))
    ahead = [
        Contribution(
            f"{person.label}.{n}.2", "390", area, first, first + 11, f"{person.label}.{n}", "1501", personal=Decimal(400), payer=payer
        )
        for n, (area, payer) in enumerate(zip(AREAS, (RELATIVE, None), strict=True))
    ]
    return replace(person, contributions=[*person.contributions, *ahead])


def carried_out(person: Person, on: date) -> Person:
    """The enrollment in 220102 has been ended."""
    ended = replace(person.enrollments[0], end=on, status="4")
    return replace(person, enrollments=[ended, *person.enrollments[1:]])


def permitted(person: Person, since: date) -> Person:
    """At home in 220102 until a residence permit of 510104 begins, and paid for 2025 in both places."""
    paid = [
        replace(c, contribution_id=f"{c.contribution_id}-2025", first_month=c.first_month - 12, last_month=c.last_month - 12)
        for c in person.contributions
    ]
    return replace(
        person,
        contributions=[*person.contributions, *paid],
        residents=[Resident(person.name, "1", person.born, "220102", None, "510104", since, date(2027, 12, 31))],
    )


def paid_back(person: Person) -> Person:
    first = month_of(date(2027, 1, 1))
    back = Contribution(
        f"{person.label}.0.3", "390", AREAS[0], first, first + 11, f"{person.label}.0", "1501", personal=Decimal(400), kind="991"
    )
    return replace(person, contributions=[*person.contributions, back])


def returned(person: Person, result: str, on: date) -> Person:
    return replace(person, feedback=[Feedback(f"{person.label}-1", f"{person.label}.0", result, None, on)])


def moved_village(person: Person, on: date) -> Person:
    """The enrollment in 220102 ends, and goes on in the county beside it on the same day."""
    row = person.enrollments[0]
    there = replace(row, enrollment_id=f"{person.label}.2", area="220103", start=on)
    return replace(person, enrollments=[replace(row, end=on, status="4"), *person.enrollments[1:], there])


def assisted(person: Person) -> Person:
    return replace(person, assistance=[Assistance("2304", date(2026, 1, 1), None, AREAS[0])])


def alone(label: str, certno: str) -> Person:
    """One resident enrollment, paid for 2026."""
    person = twice_enrolled(label, certno)
    return replace(person, enrollments=person.enrollments[:1], contributions=person.contributions[:1])


@pytest.fixture(scope="module")
def publications(tmp_path_factory, run_night) -> dict[date, Path]:
    """as-of date -> what was published. `steady` is there on all nights, `late` from the second on, `corrected` loses its
    evidence on the third and has it again on the fifth, `gone` leaves the extracts on the fourth, the rejection of `lost` leaves them on the
    fourth and is taken back on the fifth, `aided` is on assistance from the
    third on and `unaided` until then, so that the premium of 2026 is refunded. From the third night on `moved` is in another
    village, `ended` is carried out, `rejected` and `confirmed` have come back from the clerks, and `dead` is known to have died in 2025;
    on the fourth `ended` has its money back. On the third the other enrollment of `permitted` is the one to go, and is ended as told:
    read at its last day, before the permit began, the overlap that is over would end the first one again."""
    numbers, fill = Numbers(), filler_people(60, NIGHTS[-1])

    def number() -> str:
        return numbers.next("229999", date(1985, 3, 2), "1")

    steady, late, corrected, gone = (twice_enrolled(label, number()) for label in ("steady", "late", "corrected", "gone"))
    aided, unaided = (twice_enrolled(label, number()) for label in ("aided", "unaided"))
    moved = paid_ahead(twice_enrolled("moved", number()))
    ended, rejected, confirmed, lost = (paid_ahead(twice_enrolled(label, number())) for label in ("ended", "rejected", "confirmed", "lost"))
    dead = alone("dead", number())
    newcomer = permitted(twice_enrolled("permitted", number()), NIGHTS[2])
    root = tmp_path_factory.mktemp("ledger")
    published = {}
    for n, as_of in enumerate(NIGHTS):
        people = [steady, corrected if n not in (2, 3) else moved_home(corrected, None)]
        people += [late] if n >= 1 else []
        people += [carried_out(newcomer, NIGHTS[2]) if n >= 3 else newcomer]
        people += [aided, assisted(unaided), moved] if n < 2 else [assisted(aided), unaided, moved_village(moved, NIGHTS[2])]
        people += [gone] if n < 3 else []
        if n < 2:
            people += [ended, rejected, confirmed, lost, dead]
        else:
            now = carried_out(ended, NIGHTS[2])
            people += [
                paid_back(now) if n >= 3 else now,
                returned(rejected, "rejected", NIGHTS[2]),
                returned(confirmed, "confirmed", NIGHTS[2]),
                {2: returned(lost, "rejected", NIGHTS[2]), 3: lost}.get(n) or returned(lost, "to_be_checked", NIGHTS[4]),
            ]
            people += [replace(dead, deaths=[Death(date(2025, 6, 30))])]
        inbox = write_inbox(root / f"inbox-{n}", [*people, *fill], as_of)
        warehouse = run_night(inbox, root / "warehouse", as_of, accept=("overlap_share", "row_drop"))
        published[as_of] = warehouse / f"as_of={as_of}"
    return published


@pytest.fixture(scope="module")
def nights(publications) -> dict[date, pl.DataFrame]:
    """as-of date -> the published deductions."""
    return {as_of: read_dataset(night, "subsidy_deductions") for as_of, night in publications.items()}


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
        ("ended", ["new", "reported", "reported", "reported", "reported"]),
        ("rejected", ["new", "reported", "reversed", "reversed", "reversed"]),
        ("confirmed", ["new", "reported", "reported", "reported", "reported"]),
        ("lost", ["new", "reported", "reversed", "reversed", "new"]),
        ("dead", [None, None, "new", "reported", "reported"]),
        ("moved", ["new", "reported", "reversed", "reversed", "reversed"]),
        ("permitted", [None, None, "new", "reported", "reported"]),
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
        assert set(sums.select("fiscal_year", "amount").iter_rows()) == {(2025, Decimal("700.00")), (2026, Decimal("724.00"))}


def test_each_deduction_is_new_once_for_each_reversal_and_no_more(nights):
    news = pl.concat([d.filter(pl.col("status") == "new").select("enrollment_id", "fiscal_year").unique() for d in nights.values()])
    counts = dict(news.group_by("enrollment_id").len().iter_rows())
    assert counts == {
        f"{label}.0": 1 for label in ("steady", "late", "gone", "aided", "unaided", "moved", "ended", "rejected", "confirmed", "dead")
    } | {
        "corrected.0": 2,
        "lost.0": 2,
        # of both years; that of 2025 is not due again from the one that stays, though read at its last day the overlap would end it
        "permitted.0": 2,
        "permitted.1": 2,
        "moved.2": 1,
    }


def test_sums_by_area_and_year_follow_from_what_was_new_and_what_was_reversed(nights):
    """What stands on a night is what was new up to it less what was reversed, place by place and year by year."""
    key, standing, before = ["insu_admdvs", "fiscal_year", "level"], {}, None
    for deductions in nights.values():
        new = deductions.filter(pl.col("status") == "new")
        gone = deductions.filter(pl.col("status") == "reversed")
        if before is not None:
            gone = gone.join(before.filter(pl.col("status") != "reversed"), on=["enrollment_id", "fiscal_year", "level"], how="semi")
        for rows, sign in ((new, 1), (gone if before is not None else gone.clear(), -1)):
            for *place, amount in rows.group_by(key).agg(pl.col("amount").sum()).iter_rows():
                standing[tuple(place)] = standing.get(tuple(place), Decimal(0)) + sign * amount
        told = deductions.filter(pl.col("status").is_in(["new", "reported"])).group_by(key).agg(pl.col("amount").sum())
        assert {tuple(place): amount for *place, amount in told.iter_rows()} == {k: v for k, v in standing.items() if v}
        before = deductions


def test_a_reversal_has_the_amounts_that_were_reported(nights):
    every = pl.concat([d.with_columns(as_of=pl.lit(day)) for day, d in nights.items()])
    amounts = every.group_by("enrollment_id", "fiscal_year", "level").agg(pl.col("amount").n_unique())
    assert amounts["amount"].to_list() == [1] * amounts.height


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("ended", ["new", "reported", "reported", "refunded", "refunded"]),
        ("rejected", ["new", "reported", "withdrawn", "withdrawn", "withdrawn"]),
        ("confirmed", ["new", "reported", "reported", "reported", "reported"]),
    ],
)
def test_refunds_over_nights(publications, label, expected):
    """The premium of 2027 goes back once, to the relative's account; what a clerk rejected is withdrawn."""
    told = []
    for night in publications.values():
        rows = read_dataset(night, "refunds").filter(
            (pl.col("enrollment_id") == f"{label}.0") & (pl.col("period_begin") == date(2027, 1, 1))
        )
        people = dict(read_dataset(night, "persons").select("person_id", "certno_canonical").iter_rows())
        [row] = rows.to_dicts()
        assert (row["case_id"], row["personal_amount"], row["channel"]) == ("not_begun", Decimal("400.00"), "relative_account")
        assert people[row["account_person_id"]] == RELATIVE and row["first_reported_on"] == NIGHTS[0]
        told.append(row["status"])
    assert told == expected


def told_of_refund(publications: dict[date, Path], enrollment_id: str, year: int) -> list[tuple[str, int, date] | None]:
    """Night by night status, yuan and first night of what is refunded for the period that begins with the year."""
    told = []
    for night in publications.values():
        rows = read_dataset(night, "refunds").filter(
            (pl.col("enrollment_id") == enrollment_id) & (pl.col("period_begin") == date(year, 1, 1))
        )
        assert rows.height <= 1
        told += [(r["status"], int(r["personal_amount"]), r["first_reported_on"]) for r in rows.to_dicts()] or [None]
    return told


def test_what_came_to_nothing_and_now_comes_to_money_is_new_once(publications):
    first, third = NIGHTS[0], NIGHTS[2]
    assert told_of_refund(publications, "aided.0", 2026) == [
        ("new", 0, first), ("reported", 0, first), ("new", 400, third), ("reported", 400, third), ("reported", 400, third),
    ]  # fmt: skip


def test_a_sum_that_changes_is_withdrawn_before_the_other_is_new(publications):
    first, fourth = NIGHTS[0], NIGHTS[3]
    assert told_of_refund(publications, "unaided.0", 2026) == [
        ("new", 400, first), ("reported", 400, first), ("withdrawn", 400, first), ("new", 0, fourth), ("reported", 0, fourth),
    ]  # fmt: skip


def test_after_a_move_between_villages_one_payment_is_refunded_once(publications):
    """Under the id of the enrollment as it goes on; what was reported under the one before is withdrawn, not carried out."""
    first, third = NIGHTS[0], NIGHTS[2]
    assert (
        told_of_refund(publications, "moved.0", 2027) == [("new", 400, first), ("reported", 400, first)] + [("withdrawn", 400, first)] * 3
    )
    assert told_of_refund(publications, "moved.2", 2027) == [
        None,
        None,
        ("new", 400, third),
        ("reported", 400, third),
        ("reported", 400, third),
    ]


def test_what_clerks_returned_leaves_the_lists_and_keeps_its_evidence(publications):
    lists = {
        as_of: {name: set(read_dataset(night, name)["enrollment_id"].to_list()) for name in ("terminations", "suspensions", "reviews")}
        for as_of, night in publications.items()
    }
    for n, (as_of, night) in enumerate(publications.items()):
        listed = set().union(*lists[as_of].values())
        came_back = {"rejected.0", "confirmed.0", "lost.0"} if n in (2, 3) else {"rejected.0", "confirmed.0"} if n == 4 else set()
        assert {"rejected.0", "confirmed.0", "lost.0"} - listed == came_back
        cases = {r["enrollment_id"]: r for r in read_dataset(night, "cases").iter_rows(named=True)}
        assert set(cases) == came_back
        for row in cases.values():
            before = (
                read_dataset(publications[NIGHTS[1]], "decisions").filter(pl.col("enrollment_id") == row["enrollment_id"]).to_dicts()[0]
            )
            assert row["evidence"] == before["evidence"] and row["action"] == "terminate"
            assert row["decided_on"] == row["first_reported_on"] == NIGHTS[2]


# a death that becomes known late ----------------------------------------------------------------------------------------
#: What the ledger carries on from night to night.
LEDGER = ("subsidy_deductions", "terminations", "suspensions", "persons")
AROUND_NEW_YEAR = [date(2026, 12, 30), date(2026, 12, 31), date(2027, 1, 1), date(2027, 1, 2)]


def paid_from(label: str, certno: str, died_on: date) -> tuple[Person, Person]:
    """One resident enrollment, paid for every year up to 2027: before the death is known, and after."""
    alive = alone(label, certno)
    months = [(month_of(date(year, 1, 1)), year) for year in (2024, 2025, 2026, 2027)]
    paid = [
        Contribution(f"{label}.0.{year}", "390", AREAS[0], first, first + 11, f"{label}.0", "1501", personal=Decimal(400))
        for first, year in months
    ]
    alive = replace(alive, contributions=paid)
    return alive, replace(alive, deaths=[Death(died_on)])


@pytest.fixture(scope="module")
def late_deaths(tmp_path_factory) -> list[dict[tuple[str, int], tuple[str, Decimal, date]]]:
    """Night by night: (person, year) -> status, amount over all levels, first night. The deaths are known from the second
    night on; those of `found_alive` and `wrongly_ended` are withdrawn on the fourth. From the third on the enrollments of
    `carried_out` and `wrongly_ended` are ended, and that of `moved` goes on in another village."""
    numbers, fill = Numbers(), filler_people(40, AROUND_NEW_YEAR[-1])
    people = {
        label: paid_from(label, numbers.next("229999", date(1985, 3, 2), "1"), died_on)
        for label, died_on in (
            ("two_years", date(2024, 6, 30)),
            ("one_year", date(2025, 12, 31)),
            ("this_year", date(2026, 1, 1)),
            ("found_alive", date(2025, 6, 30)),
            ("carried_out", date(2025, 6, 30)),
            ("moved", date(2025, 6, 30)),
            ("wrongly_ended", date(2025, 6, 30)),
        )
    }
    root, told, as_of_3 = tmp_path_factory.mktemp("late-deaths"), [], AROUND_NEW_YEAR[2]
    for n, as_of in enumerate(AROUND_NEW_YEAR):
        known = {label: n >= 1 and (label not in ("found_alive", "wrongly_ended") or n < 3) for label in people}
        there = [people[label][known[label]] for label in people]
        if n >= 2:
            # with effect from the third night itself: the first day on which the end counts
            ended, moved, wrongly = there[-3:]
            there[-3:] = [carried_out(ended, as_of_3), moved_village(moved, as_of_3), carried_out(wrongly, as_of_3)]
        before = root / f"out-{n - 1}" if n else None
        read = prepare(write_inbox(root / f"inbox-{n}", [*there, *fill], as_of), as_of, root / f"read-{n}", before)
        published = publish_again(read, policy.load("national", as_of), LEDGER, before=before)
        for name, rows in published.items():
            target = folder_of(root / f"out-{n}", DATASETS[name])
            target.mkdir(parents=True)
            rows.select(DATASETS[name].names).write_parquet(target / "part-0.parquet")
        rows = (
            published["subsidy_deductions"]
            .group_by("enrollment_id", "fiscal_year", "status", "first_reported_on")
            .agg(pl.col("amount").sum())
        )
        night = {
            (r["enrollment_id"].removesuffix(".0"), r["fiscal_year"]): (r["status"], r["amount"], r["first_reported_on"])
            for r in rows.iter_rows(named=True)
        }
        assert len(night) == rows.height, "two states of one year"
        told.append(night)
    return told


@pytest.mark.parametrize(
    ("label", "year", "expected"),
    [
        ("two_years", 2024, [None] * 4),
        ("two_years", 2025, [None, "new", "reported", "reported"]),
        ("two_years", 2026, [None, "new", "reported", "reported"]),
        ("two_years", 2027, [None, None, "new", "reported"]),
        ("one_year", 2025, [None] * 4),
        ("one_year", 2026, [None, "new", "reported", "reported"]),
        ("one_year", 2027, [None, None, "new", "reported"]),
        ("this_year", 2026, [None] * 4),
        ("this_year", 2027, [None, None, "new", "reported"]),
        ("found_alive", 2025, [None] * 4),
        ("found_alive", 2026, [None, "new", "reported", "reversed"]),
        ("found_alive", 2027, [None, None, "new", "reversed"]),
        ("carried_out", 2026, [None, "new", "reported", "reported"]),
        ("carried_out", 2027, [None] * 4),
        ("moved", 2026, [None, "new", "reversed", "reversed"]),
        ("moved.2", 2026, [None, None, "new", "reported"]),
        ("wrongly_ended", 2026, [None, "new", "reported", "reversed"]),
    ],
)
def test_a_late_death_takes_back_each_year_after_it_once(late_deaths, label, year, expected):
    """The years after that of death, when they have begun; those that have left the look-back stand, and so do those of an
    enrollment that was ended for the death."""
    assert [(night.get((label, year)) or [None])[0] for night in late_deaths] == expected


def test_late_deductions_keep_their_amount_and_their_first_night(late_deaths):
    standard = {2025: Decimal("700.00"), 2026: Decimal("724.00"), 2027: Decimal("724.00")}
    for night in late_deaths:
        assert all(amount == standard[year] for (_, year), (_, amount, _) in night.items())
    first = {key: told[2] for key, told in late_deaths[3].items()}
    third = {key for key in first if key[1] == 2027 or key[0] == "moved.2"}
    assert first == {key: AROUND_NEW_YEAR[2 if key in third else 1] for key in first}


def test_what_stands_of_late_deaths_is_what_was_new_less_what_was_reversed(late_deaths):
    standing = Decimal(0)
    for before, night in zip([{}, *late_deaths], late_deaths, strict=False):
        standing += sum(amount for status, amount, _ in night.values() if status == "new")
        standing -= sum(
            amount
            for key, (status, amount, _) in night.items()
            if status == "reversed" and before.get(key, ("",))[0] in ("new", "reported")
        )
        assert standing == sum(amount for status, amount, _ in night.values() if status in ("new", "reported"))


def test_what_was_carried_out_stands_beside_a_deduction_of_an_overlap_that_it_was_no_part_of(tmp_path, run_night):
    """A begins and is ended that day, as told, so that it was in no overlap; D had overlapped B in spring, and its premium comes in late."""
    person = twice_enrolled("three", Numbers().next("229999", date(1985, 3, 2), "1"))
    a, b = (replace(e, start=start) for e, start in zip(person.enrollments, (NIGHTS[0], date(2026, 1, 1)), strict=True))
    d = replace(a, enrollment_id="three.d", area="440103", start=date(2026, 1, 1), end=date(2026, 7, 1), status="4")
    of_a, of_b = person.contributions[:2]
    of_a = replace(of_a, first_month=month_of(NIGHTS[0]), last_month=month_of(date(2026, 12, 1)))
    of_d = replace(
        of_a, contribution_id="late", enrollment_id="three.d", area="440103", first_month=month_of(d.start), last_month=month_of(d.end) - 1
    )
    told = replace(person, enrollments=[a, b, d], contributions=[of_a, of_b])
    ended = replace(told, enrollments=[replace(a, end=NIGHTS[0], status="4"), b, d], contributions=[of_a, of_b, of_d])
    for as_of, one in ((NIGHTS[0], told), (NIGHTS[1], ended)):
        warehouse = run_night(write_inbox(tmp_path / f"{as_of}", [one, *filler_people(60, as_of)], as_of), tmp_path / "warehouse", as_of)
    rows = read_dataset(warehouse / f"as_of={NIGHTS[1]}", "subsidy_deductions")
    status = dict(rows.filter(pl.col("enrollment_id").str.starts_with("three.")).select("enrollment_id", "status").unique().iter_rows())
    assert status == {"three.0": "reported", "three.d": "new"}
