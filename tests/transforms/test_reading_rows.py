"""Rows as they arrive, through one real night: which are used, which are in quarantine, and with which reasons.

Every planted row is a good row with something changed, and carries its case's name in a column that no rule reads.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest
from inbox import AS_OF, COLUMNS, FOLDERS, Numbers, filler_people, resident_id, write_inbox
from nights import PUBLISHED, arguments_of, manifest_of, read, run_here

from contracts import EXTRACTS
from transforms.reading import Terms, read_rows

MARKERS = {
    "enrollment": "psn_no",
    "contribution": "emp_no",
    "resident": "former_name",
    "death": "source",
    "student": "student_no",
    "assistance": "funding",
    "inpatient_stay": "psn_insu_rlts_id",
}
BORN = date(1985, 6, 17)
NUMBERS = Numbers()


@dataclass(frozen=True)
class Case:
    """``changes`` to a good row, and the reasons and columns of the quarantine; no reasons: the row is used."""

    extract: str
    name: str
    changes: dict
    reasons: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()


def bad(extract: str, name: str, reason: str, **changes: str | None) -> Case:
    """One reason, which speaks of the columns that were changed."""
    return Case(extract, name, changes, (reason,), tuple(changes))


def good(extract: str, name: str, **changes: str | None) -> Case:
    return Case(extract, name, changes)


CASES = [
    # keys
    bad("enrollment", "no key", "missing_key", psn_insu_rlts_id=None),
    bad("enrollment", "blank key", "missing_key", psn_insu_rlts_id="  "),
    bad("contribution", "no key", "missing_key", clct_detl_id=None),
    # dates
    bad("enrollment", "no start", "bad_date", crt_insu_date=None),
    bad("enrollment", "start that is no day", "bad_date", crt_insu_date="2021-02-30"),
    bad("enrollment", "start of the platform that means none", "bad_date", crt_insu_date="00010101"),
    bad("enrollment", "start in two digits", "bad_date", crt_insu_date="21-05-01"),
    bad("enrollment", "end that is no day", "bad_date", paus_insu_date="31.12.2021"),
    bad("enrollment", "birth that is no day", "bad_date", brdy="19851301"),
    good("enrollment", "end of the platform that means none", paus_insu_date="99991231"),
    good("enrollment", "moment that is none", updt_time="gestern"),
    bad("contribution", "no first month", "bad_date", accrym_begn=None),
    bad("contribution", "first month 13", "bad_date", accrym_begn="202613"),
    bad("contribution", "last month is a year", "bad_date", accrym_end="2026"),
    bad("resident", "birth that is no day", "bad_date", brdy="19850230"),
    bad("death", "no day", "bad_date", death_date=None),
    bad("death", "day that is none", "bad_date", death_date="2021-02-30"),
    bad("student", "entry that is no day", "bad_date", entry_date="2024-09-31"),
    bad("assistance", "no begin", "bad_date", begin=None),
    bad("inpatient_stay", "admitted on no day", "bad_date", admitted_on="2026-11-31"),
    # ends
    bad("enrollment", "end before start", "end_before_start", crt_insu_date="2021-05-02", paus_insu_date="2021-05-01"),
    good("enrollment", "end on the day of the start", crt_insu_date="2021-05-01", paus_insu_date="2021-05-01"),
    bad("enrollment", "suspended without a day", "ended_without_date", psn_insu_stas="2", paus_insu_date=None),
    bad("enrollment", "terminated without a day", "ended_without_date", psn_insu_stas="4", paus_insu_date="99991231"),
    good("enrollment", "terminated with its day", psn_insu_stas="4", paus_insu_date="2022-01-01"),
    good("enrollment", "invalid without a day", psn_insu_stas="3"),
    bad("contribution", "end before start", "end_before_start", accrym_begn="202605", accrym_end="202604"),
    good("contribution", "one month", accrym_begn="202605", accrym_end="202605"),
    bad("resident", "permit ends before it begins", "end_before_start", permit_begin="20210502", permit_end="20210501"),
    bad("resident", "dead without a day", "ended_without_date", dereg_reason="死亡", dereg_date=None),
    good("resident", "gone abroad without a day", dereg_reason="出国定居"),
    bad("student", "leaves before entry", "end_before_start", entry_date="2024-09-02", expected_graduation="2024-09-01"),
    bad("assistance", "end before begin", "end_before_start", begin="20210502", end="20210501"),
    bad("inpatient_stay", "out before in", "end_before_start", admitted_on="2026-05-02", discharged_on="2026-05-01"),
    good("inpatient_stay", "still in", discharged_on=None),
    good("inpatient_stay", "still in, in words", discharged_on="未出院"),
    good("inpatient_stay", "out on no day", discharged_on="2026-11-31"),
    # codes
    bad("enrollment", "no scheme", "unknown_code", insutype=None),
    bad("enrollment", "scheme that is none", "unknown_code", insutype="医保"),
    bad("enrollment", "no status", "unknown_code", psn_insu_stas=None),
    bad("enrollment", "unknown status", "unknown_code", psn_insu_stas="9"),
    bad("enrollment", "no area", "unknown_code", insu_admdvs=None),
    bad("enrollment", "area of five digits", "unknown_code", insu_admdvs="22010"),
    bad("enrollment", "unknown sex", "unknown_code", gend="7"),
    good("enrollment", "area that GB/T 2260 does not know", insu_admdvs="139900"),
    good("enrollment", "supplementary scheme", insutype="330"),
    good("enrollment", "scheme and status in words", insutype="城乡居民基本医疗保险", psn_insu_stas="正常参保"),
    good("enrollment", "no class of person", psn_type=None),
    bad("contribution", "no kind", "unknown_code", clct_type=None),
    bad("contribution", "unknown reversal", "unknown_code", revs_flag="Q"),
    bad("contribution", "no flag", "unknown_code", clct_flag=None),
    good("contribution", "no area", insu_admdvs=None),
    good("contribution", "refund", clct_type="991", psn_clct_amt="-400.00"),
    bad("resident", "unknown sex", "unknown_code", gend="male?"),
    good("resident", "home that is no code", hsreg_admdvs="不详", live_admdvs="长春"),
    bad("student", "unknown stage", "unknown_code", stage="幼儿园"),
    bad("student", "no status", "unknown_code", status=None),
    bad("student", "no school area", "unknown_code", school_admdvs=None),
    bad("assistance", "area that is none", "unknown_code", admdvs="xx"),
    good("contribution", "time that is none", clct_time="gestern"),
    # amounts
    bad("contribution", "amount in words", "unparseable_number", psn_clct_amt="四百"),
    bad("contribution", "amount with a letter", "unparseable_number", finsubs_amt="67O.00"),
    bad("contribution", "amount of three decimals", "unparseable_number", oth_clct_amt="10.005"),
    bad("contribution", "employer's amount in words", "unparseable_number", emp_clct_amt="abc"),
    good("contribution", "no amounts", psn_clct_amt=None, oth_clct_amt=None, finsubs_amt=""),
    good("contribution", "amounts with separators", psn_clct_amt="1,380.00", finsubs_amt="￥670"),
    # identifiers
    bad("enrollment", "no number", "id_missing", certno=None),
    bad("enrollment", "a word for nothing", "id_missing", certno="暂无"),
    bad("enrollment", "too short", "id_length", certno="37990119850617001"),
    bad("enrollment", "masked", "id_masked", certno="379901********0017"),
    bad("enrollment", "a name", "id_is_a_name", certno="王小明"),
    bad("contribution", "scientific", "id_excel_scientific", certno="3.79901E+17"),
    bad("death", "no number", "id_missing", certno="无"),
    bad("student", "wrong check character", "id_checksum", certno="379901198506170016"),
    bad("resident", "born on no day", "id_birth_date", certno="379901198502300016"),
    good("contribution", "payer that nobody can read", payer_certno="？？"),
    # several at once
    Case(
        "enrollment",
        "everything wrong",
        {
            "psn_insu_rlts_id": None,
            "certno": "379901********0017",
            "crt_insu_date": "2021-13-01",
            "psn_insu_stas": "9",
            "insu_admdvs": None,
            "gend": "7",
        },
        ("missing_key", "bad_date", "unknown_code", "id_masked"),
        ("psn_insu_rlts_id", "certno", "gend", "psn_insu_stas", "crt_insu_date", "insu_admdvs"),
    ),
    Case(
        "enrollment",
        "terminated without a day and masked",
        {"psn_insu_stas": "4", "paus_insu_date": None, "certno": "379901********0017"},
        ("ended_without_date", "id_masked"),
        ("certno", "psn_insu_stas", "paus_insu_date"),
    ),
    Case(
        "contribution",
        "no number, no month, no amount",
        {"certno": "", "accrym_begn": "x", "psn_clct_amt": "x", "emp_clct_amt": None},
        ("bad_date", "unparseable_number", "id_missing"),
        ("certno", "accrym_begn", "psn_clct_amt"),
    ),
    Case(
        "contribution",
        "end before start and an unknown flag",
        {"accrym_begn": "202605", "accrym_end": "202604", "revs_flag": "Q"},
        ("end_before_start", "unknown_code"),
        ("accrym_begn", "accrym_end", "revs_flag"),
    ),
]


def good_row(extract: str, name: str, at: int) -> dict[str, str | None]:
    """A row that no rule objects to, with a number and a key of its own."""
    row = dict.fromkeys(COLUMNS[extract].split())
    row["certno"] = NUMBERS.next("379901", BORN, "1")
    values = {
        "psn_cert_type": "01",
        "psn_name": "样本",
        "gend": "1",
        "brdy": "1985-06-17",
        "insutype": "390",
        "psn_type": "1501",
        "psn_insu_stas": "1",
        "insu_admdvs": "220102",
    }
    own = {
        "enrollment": {"psn_insu_rlts_id": f"P{at}", "crt_insu_date": "2021-01-01", "updt_time": "2026-01-01 08:00:00"},
        "contribution": {
            "clct_detl_id": f"C{at}", "accrym_begn": "202601", "accrym_end": "202612", "psn_clct_amt": "400.00", "oth_clct_amt": "0",
            "finsubs_amt": "670.00", "clct_type": "10", "clct_flag": "1", "revs_flag": "Z",
        },
        "resident": {"hsreg_admdvs": "220102", "live_admdvs": "220102"},
        "death": {"death_date": "2025-01-01"},
        "student": {"school_admdvs": "220102", "stage": "primary", "entry_date": "2024-09-01", "expected_graduation": "2030-07-01", "status": "在籍"},
        "assistance": {"category": "2303", "begin": "2025-01-01", "end": "2026-01-01"},
        "inpatient_stay": {"admitted_on": "2026-11-01", "discharged_on": "2026-11-05"},
    }  # fmt: skip
    row |= {k: v for k, v in values.items() if k in row} | own[extract]
    row[MARKERS[extract]] = name
    return row


# ways of writing that must lead to one and the same overlap ----------------------------------------------------------------
#: 7 March 2026, and March to October 2026.
WRITINGS = {
    "iso": ("2026-03-07", "2026-03", "2026-10"),
    "compact": ("20260307", "202603", "202610"),
    "slashes": ("2026/3/7", "2026/3", "2026/10"),
    "points": ("2026.03.07", "2026.03", "2026.10"),
    "words": ("2026年3月7日", "2026年3月", "2026年10月"),
    "excel": ("46088", "202603", "202610"),
    "with time": ("2026-03-07 00:00:00", "2026-03-01", "2026-10-31"),
    "spaces": (" 20260307 ", " 202603", "202610 "),
}


def written_twice(writing: str, at: int) -> dict[str, list[dict]]:
    """Two resident enrollments, the second written in one of the ways; codes in words, a number with spaces."""
    day, first, last = WRITINGS[writing]
    number = NUMBERS.next("379902", BORN, "1")
    spaced = f"{number[:6]} {number[6:14]} {number[14:]}"
    rows = {"enrollment": [], "contribution": [], "resident": []}
    for letter, start, begin, end, certno in (("A", "2021-01-01", "202601", "202612", number), ("B", day, first, last, spaced)):
        key = f"W{at}.{letter}"
        own = {"certno": certno, "psn_insu_rlts_id": key, "psn_cert_type": "1" if letter == "B" else "01"}
        words = {"insutype": "居民", "psn_insu_stas": "正常"} if letter == "B" else {}
        rows["enrollment"].append(good_row("enrollment", writing, at) | own | {"crt_insu_date": start} | words)
        paid = good_row("contribution", writing, at) | own | {"clct_detl_id": f"{key}.1", "accrym_begn": begin, "accrym_end": end}
        rows["contribution"].append(paid | ({"insutype": "居民", "psn_clct_amt": "￥1,400.50"} if letter == "B" else {}))
    rows["resident"].append(good_row("resident", writing, at) | {"certno": number})
    return rows


def write_planted(inbox: Path) -> dict[str, pl.DataFrame]:
    """Fillers, the cases and the ways of writing; one file per extract. Returns what was written."""
    write_inbox(inbox, filler_people(200, AS_OF), AS_OF)
    planted: dict[str, list[dict]] = {extract: [] for extract in MARKERS}
    for at, case in enumerate(CASES):
        planted[case.extract].append(good_row(case.extract, case.name, at) | case.changes)
    for at, writing in enumerate(WRITINGS):
        for extract, rows in written_twice(writing, at).items():
            planted[extract] += rows
    frames = {}
    for extract, rows in planted.items():
        path = inbox / FOLDERS[extract] / f"{extract}_20261122.parquet"
        schema = dict.fromkeys(COLUMNS[extract].split(), pl.String)
        frame = pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=schema)
        before = [pl.read_parquet(path)] if path.exists() else []
        frames[extract] = pl.concat([*before, frame])
        frames[extract].write_parquet(path)
    return frames


@dataclass
class Planted:
    written: dict[str, pl.DataFrame]
    current: Path
    refused: dict[tuple[str, str], dict]  # (extract, case) -> row of the quarantine


@pytest.fixture(scope="module")
def planted(tmp_path_factory, key_file) -> Planted:
    root = tmp_path_factory.mktemp("planted")
    written = write_planted(root / "inbox")
    accepted = [word for gate in ("quarantine_share", "identifier_fill", "date_fill") for word in ("--accept", gate)]
    ran = run_here(arguments_of(root / "inbox", root / "warehouse", *accepted), ONECOVER_KEY_FILE=str(key_file))
    assert ran.status == PUBLISHED, ran.err
    rows = read(root / "warehouse" / "current", "quarantine").to_dicts()
    refused = {(row["extract"], dict(row["raw"])[MARKERS[row["extract"]]]): row for row in rows}
    assert len(refused) == len(rows)
    return Planted(written, root / "warehouse" / "current", refused)


def name_of(case: Case) -> str:
    return f"{case.extract}: {case.name}"


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_a_row_gets_every_reason_that_holds_and_the_columns_it_speaks_of(planted, case):
    row = planted.refused.get((case.extract, case.name), {"reasons": [], "columns": []})
    assert (set(row["reasons"]), set(row["columns"])) == (set(case.reasons), set(case.columns))
    assert len(row["reasons"]) == len(set(row["reasons"])) and len(row["columns"]) == len(set(row["columns"]))


def test_nothing_else_is_in_quarantine(planted):
    assert set(planted.refused) == {(case.extract, case.name) for case in CASES if case.reasons}


def test_a_row_in_quarantine_is_as_it_arrived_with_its_file_and_its_place(planted):
    for (extract, _), row in planted.refused.items():
        assert row["department"] == FOLDERS[extract]
        assert row["file"] == f"{FOLDERS[extract]}/{extract}_20261122.parquet"
        arrived = planted.written[extract].row(row["row_number"] - 1, named=True)
        kept = dict(row["raw"])
        assert {name: value for name, value in arrived.items() if value is not None} == {n: v for n, v in kept.items() if v is not None}
        assert set(kept) <= set(arrived)


def test_every_row_is_counted_once_and_every_reason_as_often_as_it_holds(planted):
    extracts = manifest_of(planted.current)["extracts"]
    for extract, rows in planted.written.items():
        cases = [case for case in CASES if case.extract == extract and case.reasons]
        counted = extracts[extract]
        assert (counted["rows"], counted["quarantined"]) == (rows.height, len(cases))
        assert counted["accepted"] == rows.height - len(cases), "no copies, none superseded"
        assert counted["reasons"] == dict(Counter(reason for case in cases for reason in case.reasons))


def test_every_repair_of_a_number_is_counted(planted):
    extracts = manifest_of(planted.current)["extracts"]
    for extract in ("enrollment", "contribution", "resident"):
        spaced = planted.written[extract]["certno"].str.contains(r"[0-9] +[0-9]").sum()
        assert extracts[extract]["repairs"].get("spaces", 0) == spaced == (0 if extract == "resident" else len(WRITINGS))


def test_filled_values_are_counted_by_the_gates(planted):
    """The shares that the gates judge: rows without a number, and required dates without a value, which no unreadable one is."""
    rows = {(r["extract"], r["check_id"]): r for r in read(planted.current, "checks").to_dicts()}
    missing = sum("id_missing" in case.reasons for case in CASES if case.extract == "enrollment")
    assert rows["enrollment", "identifier_fill"]["rows_failed"] == missing == 2
    starts = [case.changes["crt_insu_date"] for case in CASES if case.extract == "enrollment" and "crt_insu_date" in case.changes]
    assert rows["enrollment", "date_fill"]["rows_failed"] == sum(start in (None, "00010101") for start in starts) == 2
    refused = sum(case.extract == "contribution" and bool(case.reasons) for case in CASES)
    share = rows["contribution", "quarantine_share"]
    assert (share["rows_checked"], share["rows_failed"]) == (planted.written["contribution"].height, refused)


# what was used means what it says ------------------------------------------------------------------------------------------
@pytest.mark.parametrize("writing", WRITINGS)
def test_one_overlap_however_its_dates_months_codes_and_numbers_are_written(planted, writing):
    at = list(WRITINGS).index(writing)
    overlaps = read(planted.current, "overlaps").filter(pl.col("enrollment_ids").list.contains(f"W{at}.B"))
    assert overlaps.select("enrollment_ids", "starts_on", "ends_on", "category", "timing").rows() == [
        ([f"W{at}.A", f"W{at}.B"], date(2026, 3, 7), date(2026, 11, 1), "within_resident", "past")
    ]


def test_the_ways_of_writing_are_the_only_overlaps(planted):
    """Fillers and cases have one enrollment each."""
    assert read(planted.current, "overlaps").height == len(WRITINGS)


#: Numbers of a woman born on 17 June 1985 that end in 000 and hold.
ENDS_IN_000 = [number for place in range(370100, 370200) if (number := resident_id(str(place), BORN, 0)).endswith("000")]


@pytest.mark.parametrize(
    ("written", "cert_type", "is_cut"),
    [
        (lambda number: number, "01", True),
        (lambda number: f" {number[:6]} {number[6:]}", "01", True),
        (lambda number: number[:6] + number[8:17], "01", False),
        (lambda number: number + "42", "09", False),
        (lambda number: number + "95", "09", False),
    ],
    ids=["18 characters", "with spaces", "15 digits", "disability card", "unusual disability card"],
)
def test_only_a_number_that_arrives_with_18_characters_was_cut_by_a_spreadsheet(written, cert_type, is_cut):
    """The row says that it is a man's; in 15 digits and on a card the zeros are the number's own, and somebody mistyped the sex."""
    columns = {"certno": written(ENDS_IN_000[0]), "psn_cert_type": cert_type, "gend": "1"}
    reading = reading_of("enrollment", **{name: pa.array([value]) for name, value in columns.items()})
    assert reading.tally.reasons == ({"id_excel_truncated": 1} if is_cut else {})


@pytest.mark.parametrize("day", [2_932_897, 2**31 - 1, -(2**31)])
def test_a_typed_date_that_python_does_not_know_is_no_date(day):
    days = pa.array([20_000, day], pa.int32()).cast(pa.date32())
    columns = {"certno": pa.array(["1", "2"]), "admitted_on": days, "discharged_on": pa.array([None, None], pa.date32())}
    reading = read_rows(EXTRACTS["inpatient_stay"], pa.table(columns), 1, Terms(AS_OF, date(2025, 1, 1)))
    assert reading.tally.reasons["bad_date"] == 1


#: March to October 2024.
PERIOD = {"accrym_begn": 202403, "accrym_end": 202410}


def reading_of(extract: str, **columns: pa.Array):
    """A good row of the extract, with columns as a file may have typed them."""
    row = {name: pa.array([value], pa.string()) for name, value in good_row(extract, "typed", 1).items()}
    return read_rows(EXTRACTS[extract], pa.table(row | columns), 1, Terms(AS_OF, date(2025, 1, 1)))


@pytest.mark.parametrize(
    "kind",
    [pa.int32(), pa.int64(), pa.uint32(), pa.uint64(), pa.dictionary(pa.int32(), pa.int32()), pa.dictionary(pa.int8(), pa.int64())],
    ids=str,
)
def test_a_month_in_a_number_of_any_width_is_that_month(kind):
    """Months are carried on as numbers of 32 bits: those that a file has typed so are none of them yet."""
    typed = {name: pa.array([month]).cast(getattr(kind, "value_type", kind)) for name, month in PERIOD.items()}
    if pa.types.is_dictionary(kind):
        typed = {name: month.dictionary_encode().cast(kind) for name, month in typed.items()}
    accepted = reading_of("contribution", **typed).accepted
    assert accepted.select(list(PERIOD)).to_pylist() == [{"accrym_begn": 2024 * 12 + 2, "accrym_end": 2024 * 12 + 9}]


@pytest.mark.parametrize("kind", [pa.int8(), pa.int16(), pa.int32(), pa.uint8(), pa.uint16()], ids=str)
def test_a_number_too_short_for_a_month_is_none(kind):
    """Not even one that is a month as they are carried on: 2024 * 12 + 2."""
    short = pa.array([24_290 if kind.bit_width > 8 else 24]).cast(kind)
    assert reading_of("contribution", accrym_end=short).tally.reasons == {"bad_date": 1}


@pytest.mark.parametrize(
    "damaged",
    [pa.array(["1.1E+16"]), pa.array([" 1.10000000000000E+16 "]), pa.array(["1.1E+16"]).dictionary_encode()],
    ids=["text", "spaces", "dictionary"],
)
def test_a_damaged_id_names_no_enrollment_in_a_payment_and_all_in_a_stay(damaged):
    """A payment that names none belongs to any enrollment that fits; this one named another, nobody knows which."""
    paid = reading_of("contribution", psn_insu_rlts_id=damaged)
    assert paid.accepted["psn_insu_rlts_id"].to_pylist() == ["?"] and paid.tally.quarantined == 0
    named, of_none = (reading_of("contribution", psn_insu_rlts_id=pa.array([i], pa.string())).accepted for i in ("P1", None))
    assert named["psn_insu_rlts_id"].to_pylist() == ["P1"] and of_none["psn_insu_rlts_id"].to_pylist() == [None]
    assert reading_of("inpatient_stay", psn_insu_rlts_id=damaged).accepted["psn_insu_rlts_id"].to_pylist() == [None]
    assert reading_of("enrollment", psn_insu_rlts_id=damaged).tally.reasons == {"missing_key": 1}


@pytest.mark.parametrize(
    ("extract", "given"),
    [
        ("employment", {"certno": "220102199003070021", "admdvs": "220102"}),
        ("mutual_aid", {"relation_id": "R1", "donor_certno": "220102199003070021", "beneficiary_certno": "220102199003070021", "kinship": "spouse"}),
    ],
)  # fmt: skip
@pytest.mark.parametrize(("end", "refused"), [("2021-05-02", 0), ("2021-05-01", 0), ("2021-04-30", 1)])
def test_a_contract_or_a_relation_does_not_end_before_it_begins(extract, given, end, refused):
    row = {name: [value] for name, value in (given | {"begin": "2021-05-01", "end": end}).items()}
    reading = read_rows(EXTRACTS[extract], pa.table(row), 1, Terms(AS_OF, date(2025, 1, 1)))
    assert reading.tally.reasons == ({"end_before_start": 1} if refused else {})
