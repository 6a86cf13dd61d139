"""Refunds over nights whose enrollments end on days to come, whose money comes back without a name, and whose sums move (rules 4.2)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from inbox import Numbers, filler_people, write_inbox
from prepared import prepare, publish_again
from reference.model import Assistance, Contribution, Death, Enrollment, Feedback, Link, Person, Resident, Stay, month_of

import policy
from contracts import DATASETS
from flows.dataset_files import folder_of, schema_of

NIGHTS = [date(2026, 11, 18), date(2026, 11, 19), date(2026, 11, 20), date(2026, 11, 21)]
LEDGER = ("refunds", "subsidy_deductions", "terminations", "suspensions", "persons", "cases", "decisions")
BORN, NEXT_YEAR = date(1985, 3, 2), date(2027, 1, 1)
EVIDENCE = pl.from_arrow(schema_of(DATASETS["cases"], {}).empty_table())["evidence"].dtype
HERE, BESIDE, THERE = "220102", "220103", "510104"


def made(label: str, number: str, *rows: tuple[str, str, date], home: str | None = THERE, psn_type: str = "1501") -> Person:
    """``rows``: scheme, area and first day of each enrollment."""
    person = Person(label, number, "张建国", "1", BORN, residents=[Resident("张建国", "1", BORN, household=home)])
    for n, (scheme, area, start) in enumerate(rows):
        kind = psn_type if scheme == "390" or n == 0 else "1101"
        person.enrollments.append(Enrollment(f"{label}.{n}", scheme, area, start, psn_type=kind, name="张建国", sex="1", born=BORN))
    return person


def paid(person: Person, n: int, first: date, months: int, yuan: int, kind: str = "10", named: bool = True) -> Person:
    """A payment for the n-th enrollment, or of its person, scheme and place; ``kind`` 991 pays back."""
    row, begins = person.enrollments[n], month_of(first)
    names = row.enrollment_id if named else None
    place = f"{person.label}.{n}.{begins}.{kind}.{len(person.contributions)}"
    payment = Contribution(
        place, row.insutype, row.area, begins, begins + months - 1, names, row.psn_type, personal=Decimal(yuan), kind=kind
    )
    return replace(person, contributions=[*person.contributions, payment])


def ended(person: Person, on: date, n: int = 0) -> Person:
    rows = [replace(row, end=on, status="4") if place == n else row for place, row in enumerate(person.enrollments)]
    return replace(person, enrollments=rows)


def stories(number) -> Mapping[str, list[Person]]:
    """label -> the person as the extracts of each night have it."""
    twice = (("390", HERE, date(2024, 1, 1)), ("390", THERE, date(2025, 1, 1)))

    def both_years(label: str, *rows) -> Person:
        person = made(label, number(), *rows)
        for n, (_, _, start) in enumerate(rows):
            for year in (2026, 2027):
                if start.year <= year:
                    person = paid(person, n, date(year, 1, 1), 12, 400)
        return person

    def back(person: Person, n: int = 0, **how) -> Person:
        return paid(person, n, NEXT_YEAR, 12, 400, "991", **how)

    moving = both_years("moving", ("390", HERE, date(2024, 1, 1)), ("390", THERE, NEXT_YEAR))
    prepaid = both_years("prepaid", ("390", HERE, NEXT_YEAR), ("390", THERE, date(2024, 1, 1)))
    nameless = both_years("nameless", *twice)
    alive = both_years("buried", twice[0])
    dead = replace(alive, deaths=[Death(date(2026, 11, 2))])
    helped = both_years("helped", *twice)
    helped = replace(helped, assistance=[Assistance("2304", date(2026, 1, 1), None, HERE)])
    helped_back = paid(ended(helped, NIGHTS[2]), 0, date(2026, 1, 1), 12, 400, "20")
    stranger = both_years("linked", twice[0], ("390", BESIDE, date(2025, 1, 1)))
    stranger = replace(stranger, enrollments=[replace(row, certno="E51234567", cert_type="16") for row in stranger.enrollments])
    linked = replace(stranger, links=[Link("16", "E51234567", "01", stranger.certno, date(2026, 1, 1))])

    beside = both_years("beside", ("390", HERE, date(2024, 1, 1)), ("390", BESIDE, NEXT_YEAR))
    beside = replace(beside, residents=[replace(beside.residents[0], household=BESIDE)])
    extra = both_years("extra", *twice)
    serious = replace(paid(extra, 0, NEXT_YEAR, 12, 30, "20", named=False).contributions[-1], insutype="330")
    lump_number, late_number = number(), number()
    lump, late = worked_from("lump", lump_number, 7), worked_from("late", late_number, 7)
    earlier = worked_from("late", late_number, 6)
    return {
        "moving": [moving, moving, ended(moving, NEXT_YEAR), back(ended(moving, NEXT_YEAR))],
        "prepaid": [prepaid, prepaid, ended(prepaid, NEXT_YEAR), back(ended(prepaid, NEXT_YEAR))],
        "nameless": [nameless, nameless, ended(nameless, NIGHTS[2]), back(ended(nameless, NIGHTS[2]), named=False)],
        "buried": [dead, dead, ended(dead, date(2026, 11, 3)), back(ended(dead, date(2026, 11, 3)))],
        "helped": [helped, helped, helped_back, replace(helped_back, assistance=[])],
        "linked": [stranger, stranger, linked, linked],
        "beside": [beside, beside, ended(beside, NEXT_YEAR), back(ended(beside, NEXT_YEAR))],
        "extra": [extra, extra, replace(extra, contributions=[*extra.contributions, serious]), extra],
        "lump": [lump, lump, lump, paid(lump, 0, date(2026, 1, 1), 12, 4800, "20")],
        "late": [late, earlier, earlier, paid(earlier, 0, date(2026, 6, 1), 7, 2800, "20")],
    }


def worked_from(label: str, certno: str, month: int) -> Person:
    """A flexible worker who had paid for the year in one sum when an employer began to pay elsewhere."""
    rows = (("310", HERE, date(2024, 1, 1)), ("310", THERE, date(2026, month, 1)))
    person = paid(made(label, certno, *rows, psn_type="1103"), 0, date(2026, 1, 1), 12, 4800)
    for m in range(month, 13):
        person = paid(person, 1, date(2026, m, 1), 1, 200)
    return person


def one_after_another(
    root: Path, nights: Sequence[tuple[date, Sequence[Person]]], changed=lambda n, published: published, under: str = "national"
) -> list[dict[str, pl.DataFrame]]:
    """What is published of each night, ``changed`` before the next one goes on from it."""
    told = []
    for n, (as_of, people) in enumerate(nights):
        before = root / f"out-{n - 1}" if n else None
        inbox = write_inbox(root / f"inbox-{n}", [*people, *filler_people(40, as_of)], as_of)
        told.append(publish_again(prepare(inbox, as_of, root / f"read-{n}", before), policy.load(under, as_of), LEDGER, before=before))
        for name, rows in changed(n, told[-1]).items():
            _keep(root / f"out-{n}", name, rows)
    return told


@pytest.fixture(scope="module")
def nights(tmp_path_factory) -> list[dict[str, pl.DataFrame]]:
    numbers = Numbers()
    people = stories(lambda: numbers.next("229999", BORN, "1"))
    told = [(as_of, [story[n] for story in people.values()]) for n, as_of in enumerate(NIGHTS)]
    return one_after_another(tmp_path_factory.mktemp("refund-ledger"), told)


def _keep(publication: Path, name: str, rows: pl.DataFrame) -> None:
    folder = folder_of(publication, DATASETS[name])
    folder.mkdir(parents=True)
    rows = rows.select(DATASETS[name].names)
    if "evidence" in rows.columns:  # on its way to the file it is text, and no ledger reads it
        rows = rows.with_columns(evidence=pl.Series([[]], dtype=EVIDENCE).new_from_index(0, len(rows)))
    rows.write_parquet(folder / "part-0.parquet")


def told_of(nights, enrollment_id: str, begins: date) -> list[tuple[str, int, date] | None]:
    """Night by night: status, yuan and first night of one refund."""
    told = []
    for night in nights:
        rows = night["refunds"].filter((pl.col("enrollment_id") == enrollment_id) & (pl.col("period_begin") == begins))
        assert rows.height <= 1
        told += [(r["status"], int(r["personal_amount"]), r["first_reported_on"]) for r in rows.to_dicts()] or [None]
    return told


@pytest.mark.parametrize(
    ("label", "yuan"),
    [
        # ended for the day that was told, which is to come; before it ever began; paid back without a name; ended so that the one that
        # stays seems to continue it; out of question once ended
        ("moving", 400),
        ("prepaid", 400),
        ("nameless", 400),
        ("beside", 400),
        ("buried", 0),
    ],
)
def test_what_was_carried_out_stands_until_it_is_paid_back(nights, label, yuan):
    told = told_of(nights, f"{label}.0", NEXT_YEAR)
    assert told == [(status, yuan, NIGHTS[0]) for status in ("new", "reported", "reported", "refunded")]


def test_money_back_for_the_whole_of_a_sum_paid_ahead_counts_for_its_unused_part(nights):
    told = told_of(nights, "lump.0", date(2026, 7, 1))
    assert told == [(status, 2400, NIGHTS[0]) for status in ("new", "reported", "reported", "refunded")]


def test_the_unused_part_of_a_sum_paid_ahead_is_one_refund_wherever_it_begins(nights):
    """The employer turns out to have paid a month earlier: the old row is withdrawn before the other is new, and nothing is told twice."""
    first, third = NIGHTS[0], NIGHTS[2]
    assert told_of(nights, "late.0", date(2026, 7, 1)) == [("new", 2400, first), ("withdrawn", 2400, first), None, None]
    assert told_of(nights, "late.0", date(2026, 6, 1)) == [None, None, ("new", 2800, third), ("refunded", 2800, third)]


def test_what_was_refunded_stays_as_it_was_refunded(nights):
    """The assistance on which it rested leaves the extract afterwards."""
    told = told_of(nights, "helped.0", date(2026, 1, 1))
    assert told == [(status, 400, NIGHTS[0]) for status in ("new", "reported", "refunded", "refunded")]


@pytest.mark.parametrize("dataset", ["refunds", "subsidy_deductions"])
def test_a_person_has_one_id_in_a_publication_also_once_documents_are_linked(nights, dataset):
    ids = [n[dataset].filter(pl.col("enrollment_id").str.starts_with("linked."))["person_id"].unique().to_list() for n in nights]
    assert [len(i) for i in ids] == [1] * 4 and ids[0] == ids[1] != ids[2] == ids[3]


def test_an_enrollment_that_ends_before_it_begins_is_not_ended_once_more(nights):
    listed = [set(n["terminations"]["enrollment_id"]) for n in nights]
    assert ["prepaid.0" in ids for ids in listed] == [True, True, False, False]


def test_other_insurance_that_is_paid_back_is_not_this_premium(nights):
    assert [told[0] for told in told_of(nights, "extra.0", NEXT_YEAR)] == ["new", "reported", "reported", "reported"]


def test_what_was_paid_ahead_in_a_year_that_is_over_stands_while_the_enrollment_is_to_be_ended(tmp_path):
    person = worked_from("lump", Numbers().next("229999", BORN, "1"), 7)
    told = one_after_another(tmp_path, [(date(2026, 12, 30), [person]), (date(2026, 12, 31), [person]), (NEXT_YEAR, [person])])
    assert "lump.0" in set(told[2]["terminations"]["enrollment_id"])
    assert [status for status, *_ in told_of(told, "lump.0", date(2026, 7, 1))] == ["new", "reported", "reported"]


def test_what_an_earlier_version_told_twice_is_told_once(tmp_path):
    """Under two first months of one year, the older one withdrawn."""
    person = worked_from("late", Numbers().next("229999", BORN, "1"), 6)

    def told_twice(n: int, published: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
        old = published["refunds"].filter(pl.col("enrollment_id") == "late.0")
        old = old.with_columns(period_begin=date(2026, 7, 1), personal_amount=pl.lit(Decimal("2400.00")), status=pl.lit("withdrawn"))
        return published if n else published | {"refunds": pl.concat([published["refunds"], old.cast(published["refunds"].schema)])}

    told = one_after_another(tmp_path, [(as_of, [person]) for as_of in NIGHTS[:3]], told_twice)
    refunds = [night["refunds"].filter(pl.col("enrollment_id") == "late.0")["status"].to_list() for night in told]
    assert refunds == [["new"], ["reported"], ["reported"]]


def told_once(person: Person) -> Person:
    """Two places, paid in both for this year and the next."""
    for n in (0, 1):
        for year in (2026, 2027):
            person = paid(person, n, date(year, 1, 1), 12, 400)
    return person


TWICE = (("390", HERE, date(2024, 1, 1)), ("390", THERE, date(2025, 1, 1)))


def test_an_end_of_december_that_january_shows_late_is_refunded_all_the_same(tmp_path):
    """By the day of a night the period has begun; by the day on which the enrollment was ended it has not. One that was ended when it
    had begun stays withdrawn."""
    numbers, end_of_year = Numbers(), date(2026, 12, 31)
    people = {late: told_once(made(f"late{late}", numbers.next("229999", BORN, "1"), *TWICE)) for late in (1, 2, 3, 4)}
    begun = told_once(made("begun", numbers.next("229999", BORN, "1"), *TWICE))
    days = [date(2026, 12, 30), end_of_year, *(date(2027, 1, day) for day in range(2, 7))]
    nights = one_after_another(tmp_path, [
        (day, [*(ended(p, end_of_year) if n > late else p for late, p in people.items()), ended(begun, date(2027, 1, 2)) if n > 2 else begun])
        for n, day in enumerate(days)
    ])  # fmt: skip
    for late in people:
        told = told_of(nights, f"late{late}.0", NEXT_YEAR)
        assert [row[:2] for row in told[:2]] == [("new", 400), ("reported", 400)] and told[-1][:2] == ("reported", 400)
        booked = [400 if status == "new" else -400 for status, yuan, _ in told if status in ("new", "withdrawn") and yuan]
        assert booked == ([400] if late == 1 else [400, -400, 400])
        assert {yuan for _, yuan, _ in told_of(nights, f"late{late}.0", date(2026, 1, 1))} == {0}, "that period had begun"
    assert [row[:2] for row in told_of(nights, "begun.0", NEXT_YEAR)][2:] == [("withdrawn", 400)] * 5


def test_a_night_in_hospital_takes_nothing_back(tmp_path):
    """What is held is not withdrawn: only its time has not come."""
    person = told_once(made("one", Numbers().next("229999", BORN, "1"), *TWICE))
    held = replace(person, stays=[Stay(NIGHTS[0])])
    nights = one_after_another(tmp_path, list(zip(NIGHTS, ([person], [held], [person], [ended(person, NIGHTS[2])]), strict=True)))
    assert told_of(nights, "one.0", NEXT_YEAR) == [("new", 400, NIGHTS[0])] + [("reported", 400, NIGHTS[0])] * 3
    deducted = [set(night["subsidy_deductions"].filter(pl.col("enrollment_id") == "one.0")["status"]) for night in nights]
    assert deducted == [{"new"}, {"reported"}, {"reported"}, {"reported"}]


def test_what_waits_in_hospital_follows_the_ladder(tmp_path):
    """A year of employment was told, and a payment of it is gone: what is held would be suspended, and its refund is no more."""
    person = made("one", Numbers().next("229999", BORN, "1"), ("390", HERE, date(2024, 1, 1)), ("310", THERE, date(2025, 1, 1)))
    for year in (2026, 2027):
        person = paid(person, 0, date(year, 1, 1), 12, 400)
    for month in range(month_of(date(2025, 6, 1)), month_of(NIGHTS[0]) + 1):
        person = paid(person, 1, date(month // 12, month % 12 + 1, 1), 1, 200)
    newer = [c for c in person.contributions if c.insutype == "390" or c.first_month > month_of(date(2026, 2, 1))]
    held = replace(person, stays=[Stay(NIGHTS[0])])
    nights = one_after_another(tmp_path, list(zip(NIGHTS, ([person], [held], [replace(held, contributions=newer)]), strict=False)))
    assert [row[:2] for row in told_of(nights, "one.0", NEXT_YEAR)] == [("new", 400), ("reported", 400), ("withdrawn", 400)]


def test_a_night_without_its_row_loses_no_refund_of_what_was_ended_as_told(tmp_path):
    """But what was paid must still come to what was told: of a payment that was reversed, or corrected, nothing comes back."""
    numbers = Numbers()

    def number() -> str:
        return numbers.next("229999", BORN, "1")

    helped = replace(told_once(made("helped", number(), *TWICE)), assistance=[Assistance("2304", date(2026, 1, 1), None, HERE)])
    people = {"lump": worked_from("lump", number(), 7), "twice": told_once(made("twice", number(), *TWICE)), "helped": helped}
    helped_back = replace(told_once(made("helped_back", number(), *TWICE)), assistance=helped.assistance)
    reversed_ = {"lump_back": worked_from("lump_back", number(), 7), "helped_back": helped_back}

    def shown(night: int) -> list[Person]:
        every = {**people, **{n: taken_back(p) if night else p for n, p in reversed_.items()}}
        gone = [replace(p, enrollments=p.enrollments[1:]) for p in every.values()]
        return list(every.values()) if night == 0 else gone if night == 1 else [ended(p, NIGHTS[0]) for p in every.values()]

    nights = one_after_another(tmp_path, [(day, shown(n)) for n, day in enumerate(NIGHTS)])
    this_year = date(2026, 1, 1)
    for label, begins, yuan in (("lump", date(2026, 7, 1), 2400), ("twice", NEXT_YEAR, 400), ("helped", this_year, 400)):
        assert [row[:2] for row in told_of(nights, f"{label}.0", begins)] == [
            ("new", yuan),
            ("withdrawn", yuan),
            ("new", yuan),
            ("reported", yuan),
        ]
    for label, begins, yuan in (("lump_back", date(2026, 7, 1), 2400), ("helped_back", this_year, 400)):
        assert [row[:2] for row in told_of(nights, f"{label}.0", begins)] == [("new", yuan)] + [("withdrawn", yuan)] * 3


def taken_back(person: Person) -> Person:
    """The first enrollment's payments are reversed."""
    first = person.enrollments[0].enrollment_id
    return replace(person, contributions=[replace(c, reversal="+") if c.enrollment_id == first else c for c in person.contributions])


def test_money_back_without_a_name_goes_to_a_refund_that_is_money(tmp_path):
    """Of two enrollments in one pool the later has nothing to refund: what was paid back was paid for the other."""
    person = made("one", Numbers().next("229999", BORN, "1"), TWICE[0], ("390", BESIDE, date(2026, 9, 1)), TWICE[1])
    person = paid(paid(paid(person, 0, date(2026, 1, 1), 12, 400), 1, date(2026, 9, 1), 4, 130), 2, date(2026, 1, 1), 12, 400)
    person = replace(person, assistance=[Assistance("2304", date(2026, 1, 1), date(2026, 6, 1), HERE)])
    back = paid(person, 0, date(2026, 1, 1), 12, 400, "991", named=False)
    first, second = one_after_another(tmp_path, [(NIGHTS[0], [person]), (NIGHTS[1], [back])])
    assert {int(v) for v in first["refunds"]["personal_amount"]} == {0, 400}
    status = dict(second["refunds"].select("enrollment_id", "status").iter_rows())
    assert status == {"one.0": "refunded", "one.1": "reported"}


def changed(person: Person, first: date, **how) -> Person:
    """What was paid for the first enrollment from that month on is something else."""
    mine = [c.enrollment_id == person.enrollments[0].enrollment_id and c.first_month == month_of(first) for c in person.contributions]
    return replace(person, contributions=[replace(c, **how) if it else c for c, it in zip(person.contributions, mine, strict=True)])


def void(person: Person) -> Person:
    return changed(changed(person, NEXT_YEAR, reversal="+"), date(2026, 1, 1), reversal="+")


def test_money_of_what_was_ended_follows_what_was_paid(tmp_path):
    """A premium that is reversed, or corrected, after the enrollment was ended as told; one whose row is gone says nothing. What a clerk
    rejected is not granted because the enrollment ends for another reason."""
    numbers = Numbers()
    made_of = {
        label: told_once(made(label, numbers.next("229999", BORN, "1"), *TWICE))
        for label in ("void", "less", "gone", "year", "moved", "no")
    }
    rejected = Feedback("2026-1", "no.0", "rejected", None, NIGHTS[1])
    later = {
        "void": changed(made_of["void"], NEXT_YEAR, reversal="+"),
        "less": changed(made_of["less"], NEXT_YEAR, personal=Decimal(220)),
        "gone": replace(made_of["gone"], contributions=[c for c in made_of["gone"].contributions if c.first_month < month_of(NEXT_YEAR)]),
        "year": changed(made_of["year"], date(2026, 1, 1), reversal="+"),
        # booked anew, without the name of an enrollment
        "moved": paid(paid(void(made_of["moved"]), 0, NEXT_YEAR, 12, 400, named=False), 0, date(2026, 1, 1), 12, 400, named=False),
        "no": made_of["no"],
    }

    def shown(n: int) -> list[Person]:
        people = made_of if n < 2 else later
        on = {"no": NIGHTS[2]}
        people = [ended(p, on.get(p.label, NIGHTS[1])) if n and on.get(p.label, NIGHTS[1]) <= NIGHTS[n] else p for p in people.values()]
        return [replace(p, feedback=[rejected]) if n and p.label == "no" else p for p in people]

    nights = one_after_another(tmp_path, [(day, shown(n)) for n, day in enumerate(NIGHTS)])
    refunds = {label: [row[:2] for row in told_of(nights, f"{label}.0", NEXT_YEAR)] for label in made_of}
    stands, withdrawn = [("new", 400), ("reported", 400), ("reported", 400), ("reported", 400)], [("withdrawn", 400)] * 2
    assert refunds == {
        "void": stands[:2] + withdrawn,
        "less": [*stands[:2], ("withdrawn", 400), ("new", 220)],
        "gone": stands,
        "year": stands,
        "moved": stands,
        "no": [("new", 400), ("withdrawn", 400), *withdrawn],
    }
    deducted = {label: [_status(night, f"{label}.0") for night in nights] for label in made_of}
    still = ["new", "reported", "reported", "reported"]
    assert deducted == dict.fromkeys(("void", "less", "gone", "moved"), still) | {
        "year": ["new", "reported", "reversed", "reversed"],
        "no": ["new", "reversed", "reversed", "reversed"],
    }


def _status(night: dict[str, pl.DataFrame], enrollment_id: str) -> str:
    [status] = night["subsidy_deductions"].filter(pl.col("enrollment_id") == enrollment_id)["status"].unique()
    return status


def test_nothing_paid_back_is_no_money_back(tmp_path):
    person = told_once(made("one", Numbers().next("229999", BORN, "1"), *TWICE))
    back = paid(ended(person, NIGHTS[1]), 0, NEXT_YEAR, 12, 0, "991")
    nights = one_after_another(tmp_path, [(NIGHTS[0], [person]), (NIGHTS[1], [back])])
    assert [row[0] for row in told_of(nights, "one.0", NEXT_YEAR)] == ["new", "reported"]


def test_a_sum_that_is_corrected_again_is_new_again(tmp_path):
    person = told_once(made("one", Numbers().next("229999", BORN, "1"), *TWICE))
    sums = (400, 400, 220, 220, 300, 300)
    shown = [changed(ended(person, NIGHTS[1]) if n else person, NEXT_YEAR, personal=Decimal(yuan)) for n, yuan in enumerate(sums)]
    days = [date(2026, 11, 18 + n) for n in range(len(sums))]
    nights = one_after_another(tmp_path, [(day, [p]) for day, p in zip(days, shown, strict=True)])
    assert [row[:2] for row in told_of(nights, "one.0", NEXT_YEAR)] == [
        ("new", 400), ("reported", 400), ("withdrawn", 400), ("new", 220), ("withdrawn", 220), ("new", 300),
    ]  # fmt: skip


def test_a_premium_without_a_name_is_that_of_its_pool(tmp_path):
    """What is paid for the other enrollment, elsewhere, does not keep what was paid for this one and is void."""
    person = made("one", Numbers().next("229999", BORN, "1"), *TWICE)
    for year in (2026, 2027):
        person = paid(paid(person, 0, date(year, 1, 1), 12, 400), 1, date(year, 1, 1), 12, 400, named=False)
    nights = one_after_another(
        tmp_path, list(zip(NIGHTS, ([person], [ended(person, NIGHTS[1])], [void(ended(person, NIGHTS[1]))]), strict=False))
    )
    assert [row[:2] for row in told_of(nights, "one.0", NEXT_YEAR)] == [("new", 400), ("reported", 400), ("withdrawn", 400)]
    assert [_status(night, "one.0") for night in nights] == ["new", "reported", "reversed"]


def test_what_goes_back_after_a_death_follows_what_was_paid(tmp_path):
    """In Jilin a period that had not begun goes back to the heirs."""
    person = replace(made("one", Numbers().next("229999", BORN, "1"), TWICE[0]), deaths=[Death(date(2026, 11, 2))])
    for year in (2026, 2027):
        person = paid(person, 0, date(year, 1, 1), 12, 400)
    gone = ended(person, date(2026, 11, 3))
    less = changed(gone, NEXT_YEAR, personal=Decimal(220))
    nights = one_after_another(tmp_path, list(zip(NIGHTS, ([person], [gone], [less], [less]), strict=True)), under="jilin")
    refunds = pl.concat([night["refunds"].filter(pl.col("period_begin") == NEXT_YEAR) for night in nights])
    assert refunds.select("status", pl.col("personal_amount").cast(int), "case_id").rows() == [
        ("new", 400, "death"), ("reported", 400, "death"), ("withdrawn", 400, "death"), ("new", 220, "death"),
    ]  # fmt: skip


def test_a_part_that_is_paid_back_is_not_the_whole(tmp_path):
    """One yuan of 400 leaves the refund open; once the rest is there it is refunded. One row for two periods pays both."""
    numbers = Numbers()
    told = told_once(made("part", numbers.next("229999", BORN, "1"), *TWICE))
    first, rest = (paid(ended(told, NIGHTS[1]), 0, NEXT_YEAR, 12, yuan, "991") for yuan in (1, 399))
    whole = replace(first, contributions=[*first.contributions, replace(rest.contributions[-1], contribution_id="rest")])
    halves = made("halves", numbers.next("229999", BORN, "1"), *TWICE)
    for n in (0, 1):
        for month in (1, 7):
            halves = paid(halves, n, date(2027, month, 1), 6, 200)
    both, less = (paid(ended(halves, NIGHTS[1]), 0, NEXT_YEAR, 12, yuan, "991") for yuan in (400, 399))
    nights = one_after_another(tmp_path, [(NIGHTS[0], [told, halves]), (NIGHTS[1], [first, less]), (NIGHTS[2], [whole, both])])
    of_next_year = pl.col("period_begin") >= NEXT_YEAR
    status = [
        night["refunds"].filter(of_next_year).sort("enrollment_id", "period_begin").select("enrollment_id", "status").rows()
        for night in nights
    ]
    assert status == [[("halves.0", it), ("halves.0", it), ("part.0", it)] for it in ("new", "reported", "refunded")]


def test_what_came_to_nothing_and_was_paid_back_in_part_is_new_once_it_comes_to_money(tmp_path):
    """The assistance that makes a premium refundable leaves the extract and comes back; meanwhile a quarter is paid back."""
    person = made("helped", Numbers().next("229999", BORN, "1"), *TWICE)
    for n in (0, 1):
        person = paid(person, n, date(2026, 1, 1), 12, 400)
    aid = [Assistance("2304", date(2026, 1, 1), None, HERE)]
    part = paid(person, 0, date(2026, 1, 1), 12, 100, "20")
    whole = paid(part, 0, date(2026, 1, 1), 12, 300, "20")
    told = [replace(person, assistance=aid), part, part, replace(part, assistance=aid), replace(whole, assistance=aid), whole]
    days = [*NIGHTS, date(2026, 11, 22), date(2026, 11, 23)]
    nights = one_after_another(tmp_path, [(day, [one]) for day, one in zip(days, told, strict=True)])
    ledger = told_of(nights, "helped.0", date(2026, 1, 1))
    assert ledger[0] == ("new", 400, days[0]) and ledger[1][0] == "withdrawn"
    assert ledger[3:] == [("new", 400, days[3]), ("refunded", 400, days[3]), ("refunded", 400, days[3])]


def test_what_was_refunded_is_not_told_again_under_the_id_that_goes_on(tmp_path):
    """The row is keyed anew in January, as a move between villages is: one enrollment, one premium, one refund."""
    person = told_once(made("moved", Numbers().next("229999", BORN, "1"), *TWICE))
    back = paid(person, 0, NEXT_YEAR, 12, 400, "991")
    day = date(2026, 11, 21)
    again = ended(back, day)
    row = replace(again.enrollments[0], enrollment_id="moved.2", start=day, end=None, status="1")
    again = replace(again, enrollments=[*again.enrollments, row])
    nights = one_after_another(tmp_path, [(n, [told]) for n, told in zip(NIGHTS, [person, back, back, again], strict=True)])
    refunds = [night["refunds"].filter(pl.col("period_begin") == NEXT_YEAR).select("enrollment_id", "status").rows() for night in nights]
    assert refunds == [[("moved.0", "new")], *[[("moved.0", "refunded")]] * 3]


def test_a_payment_back_for_the_very_months_of_a_refund_is_of_that_one(tmp_path):
    """A premium for the year and another one from March on: what is paid back for the whole year is the first."""
    person = told_once(made("twice", Numbers().next("229999", BORN, "1"), *TWICE))
    person = paid(person, 0, date(2027, 3, 1), 10, 430)
    back = paid(person, 0, NEXT_YEAR, 12, 400, "991")
    nights = one_after_another(tmp_path, [(NIGHTS[0], [person]), (NIGHTS[1], [back])])
    assert told_of(nights, "twice.0", NEXT_YEAR)[1] == ("refunded", 400, NIGHTS[0])
    assert told_of(nights, "twice.0", date(2027, 3, 1))[1] == ("reported", 430, NIGHTS[0])
