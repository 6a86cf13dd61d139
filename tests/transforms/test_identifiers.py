"""Numbers as departments write them: which are whole, which are mended, and what is said of the rest."""

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from inbox import AS_OF, resident_id

from contracts.reasons import REASON_BIT
from transforms.identifiers import KINDS, identify
from transforms.identifiers.identify import DERIVED_FROM_15, REPAIRED, TYPE_CORRECTED
from transforms.identifiers.keys import text_key

WOMAN = "220102199003070021"


def look(number: str | None, cert_type: str | None = "01", as_of: date = AS_OF) -> dict:
    """What `identify` says of one number, kind and reason spelled out."""
    (row,) = identify(pl.Series([number], dtype=pl.String), pl.Series([cert_type], dtype=pl.String), as_of).to_dicts()
    row["reasons"] = [r for r, bit in REASON_BIT.items() if row["id_reasons"] >> bit & 1]
    row["kind"] = KINDS[row["id_kind"]]
    return row


def assert_is(number: str, kind: str, expected: str, cert_type: str = "01", flags: int = 0) -> None:
    """``number`` is a whole number of 18 characters: ``expected``."""
    found = look(number, cert_type)
    assert (found["reasons"], found["kind"], found["person_key"]) == ([], kind, int(expected[:17]))
    assert found["id_flags"] == flags


# resident IDs -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("number", [
    "11010519491231002X", "440524188001010014", "220102199003070021", "22010219900307011X", "220581202401150133",
    "222401197511301204", "53010220010911115X", "22010220000229001X",
])  # fmt: skip
def test_whole_resident_ids(number):
    assert_is(number, "resident_id", number)


@pytest.mark.parametrize(("number", "reason"), [
    ("220102199003070022", "id_checksum"),
    ("220102199002300016", "id_birth_date"),  # 30 February, the check is right
    ("220102190002290013", "id_birth_date"),  # 1900 was no leap year
    ("22010220310307001X", "id_birth_date"),  # after the as-of date
    ("22010219900307002", "id_length"),
    ("2201021990030700210", "id_length"),
    ("220102199003070000", "id_excel_truncated"),
    ("2.20102E+17", "id_excel_scientific"),
    ("2.20102199003070E+17", "id_excel_scientific"),
    ("2E+17", "id_excel_scientific"),
    ("220102199003070016", "id_float_rounded"),
    ("220102********0021", "id_masked"),
    ("2201**********0021", "id_masked"),
    ("220102xxxxxxxx0021", "id_masked"),
    ("张三", "id_is_a_name"),
    ("古丽娜尔·买买提", "id_is_a_name"),
    ("22010219900307A021", "id_characters"),
    ("22010219900307?021", "id_characters"),
    ("X20102199003070021", "id_characters"),
])  # fmt: skip
def test_what_is_wrong_with_a_number(number, reason):
    found = look(number)
    assert found["reasons"] == [reason]
    assert found["person_key"] is None


@pytest.mark.parametrize(
    "number", [None, "", "   ", "无", "暂无", "同上", "NULL", "n/a", "111111111111111111", "000000000000000000", "999999999999999999"]
)
@pytest.mark.parametrize("cert_type", ["01", None, "08"])
def test_no_number_is_no_number_whatever_the_type(number, cert_type):
    found = look(number, cert_type)
    assert found["reasons"] == ["id_missing"]
    assert found["person_key"] is None


def test_a_birth_date_counts_up_to_the_as_of_date():
    born = date(2026, 11, 22)
    number = resident_id("220102", born, 3)
    assert look(number, as_of=born)["reasons"] == []
    assert look(number, as_of=born - timedelta(days=1))["reasons"] == ["id_birth_date"]
    assert look("22010220310307001X", as_of=date(2031, 3, 7))["reasons"] == []


@pytest.mark.parametrize("area", ["840102", "000102", "099999", "810001"])
def test_a_number_that_begins_like_no_kind_is_not_taken_for_one(area):
    found = look(resident_id(area, date(1990, 3, 7), 3))
    assert found["reasons"] and found["person_key"] is None


# the other kinds of 18 characters -----------------------------------------------------------------------------------
@pytest.mark.parametrize(("number", "kind", "cert_type"), [
    ("810000198510200035", "residence_permit", "17"),
    ("820000199202290063", "residence_permit", "17"),
    ("830000197803050017", "residence_permit", "17"),
    ("911840198006151018", "foreign_pr", "07"),
    ("922392197501021023", "foreign_pr", "07"),
    ("931410199011302018", "foreign_pr", "07"),
])  # fmt: skip
def test_residence_permits_and_the_card_of_2023(number, kind, cert_type):
    assert_is(number, kind, number, cert_type)
    assert_is(number, kind, number, "01", TYPE_CORRECTED)


@pytest.mark.parametrize("cert_type", ["17", "07", "08", "99", "02"])
def test_where_type_and_number_disagree_the_number_wins(cert_type):
    assert_is(WOMAN, "resident_id", WOMAN, cert_type, TYPE_CORRECTED)


@pytest.mark.parametrize(("number", "cert_type"), [("810000198510200036", "17"), ("911840198006151019", "07")])
def test_a_wrong_check_character_of_a_permit(number, cert_type):
    assert look(number, cert_type)["reasons"] == ["id_checksum"]


# 15 digits ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("old", "new"), [
    ("220102900307002", "220102199003070021"),
    ("220102681231301", "220102196812313018"),
    ("110105491231002", "11010519491231002X"),
    ("220102100307996", "220102181003079960"),  # centenarian
])  # fmt: skip
def test_15_digits_become_18(old, new):
    found = look(old)
    assert (found["reasons"], found["kind"], found["person_key"]) == ([], "resident_id", int(new[:17]))
    assert found["id_flags"] & DERIVED_FROM_15
    assert found["person_key"] == look(new)["person_key"]
    assert not look(new)["id_flags"] & DERIVED_FROM_15


@given(st.integers(0, 999), st.dates(date(1900, 1, 1), date(1999, 12, 31)))
@settings(deadline=None)
@example(995, date(1910, 3, 7))
@example(996, date(1910, 3, 7))
@example(999, date(1910, 3, 7))
def test_the_century_of_15_digits(sequence, born):
    """996 to 999 were kept for centenarians: born in the 1800s, where that year had the day."""
    found = look(f"220102{born:%y%m%d}{sequence:03d}")
    century = 18 if sequence >= 996 else 19
    told = f"{century}{born:%y%m%d}"
    if century == 18 and told.endswith("0229") and told.startswith("1800"):
        assert found["reasons"] == ["id_birth_date"]
    else:
        assert (found["reasons"], found["person_key"]) == ([], int(f"220102{told}{sequence:03d}"))


def test_15_digits_with_an_impossible_birth_date():
    assert look("220102900230001")["reasons"] == ["id_birth_date"]
    assert look("220102901301001")["reasons"] == ["id_birth_date"]


# repairs ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("damaged", [
    "'220102199003070021", "’220102199003070021", "‘220102199003070021", "`220102199003070021", '="220102199003070021"', '"220102199003070021"',
    "\t220102199003070021", " 220102199003070021 ", "220102199003070021\r", "２２０１０２１９９００３０７００２１", "220102-19900307-0021",
    "220102 19900307 0021", "220102.19900307.0021", "220102\u300019900307\u00a00021", "\ufeff220102199003070021", "220102\u200b199003070021",
    "220102199003070021\u2060", "\u200e220102199003070021", "220102199003070021.", "G220102199003070021", "L220102199003070021",
    "HKG220102199003070021", "MAC220102199003070021", "TWN220102199003070021", "220102–19900307–0021", "g220102199003070021",
])  # fmt: skip
def test_repairs_are_made_and_recorded(damaged):
    assert_is(damaged, "resident_id", WOMAN, flags=REPAIRED)


@pytest.mark.parametrize("last", ["x", "×", "Χ", "х", "Х", "χ", "Ｘ", "ｘ"])
def test_look_alikes_of_x(last):
    assert_is("22010219900307011" + last, "resident_id", "22010219900307011X", flags=REPAIRED)


def test_a_clean_number_is_not_said_to_be_repaired():
    assert look(WOMAN)["id_flags"] == 0
    assert look("220102900307002")["id_flags"] == DERIVED_FROM_15


def test_a_repaired_number_is_still_checked():
    assert look("220102-19900307-0022")["reasons"] == ["id_checksum"]
    assert look("'220102199003070000")["reasons"] == ["id_excel_truncated"]


def test_a_disability_card_holds_a_resident_id():
    found = look("22010219900307002142", "09")
    assert (found["reasons"], found["kind"], found["person_key"]) == ([], "resident_id", int(WOMAN[:17]))


def test_a_disability_card_of_a_number_that_fails_is_refused():
    assert look("22010219900307002242", "09")["reasons"] != []


# documents that are not 18 characters long --------------------------------------------------------------------------
@pytest.mark.parametrize(("number", "cert_type", "kind", "canonical"), [
    ("H12345678", "04", "hk_macau_permit", "H12345678"),
    ("M87654321", "05", "hk_macau_permit", "M87654321"),
    ("H1234567801", "04", "hk_macau_permit", "H12345678"),
    ("h12345678", "04", "hk_macau_permit", "H12345678"),
    ("12345678", "06", "taiwan_permit", "12345678"),
    ("1234567801(B)", "06", "taiwan_permit", "12345678"),
    ("1234567801（B）", "06", "taiwan_permit", "12345678"),
    ("1234567801", "06", "taiwan_permit", "12345678"),
    ("USA123456789012", "07", "foreign_pr", "USA123456789012"),
    ("E12345678", "16", "passport", "E12345678"),
    ("Ｅ１２３４５６７８", "16", "passport", "E12345678"),
    ("军字第123456号", "02", "military", "军字第123456号"),
    ("A123456789", "99", "other", "A123456789"),
])  # fmt: skip
def test_other_documents_keep_their_text(number, cert_type, kind, canonical):
    found = look(number, cert_type)
    assert (found["reasons"], found["kind"], found["canonical"]) == ([], kind, canonical)
    assert found["person_key"] < 0  # never to be mistaken for a number of 18 characters


def test_a_reissued_permit_is_the_same_person():
    assert look("H1234567801", "04")["person_key"] == look("H12345678", "04")["person_key"] == look("H1234567802", "04")["person_key"]
    assert look("1234567801(B)", "06")["person_key"] == look("12345678", "06")["person_key"]
    assert look("H12345678", "04")["person_key"] != look("H12345679", "04")["person_key"]


def test_the_same_number_under_another_kind_is_another_identifier():
    assert look("E12345678", "16")["person_key"] != look("E12345678", "02")["person_key"]


@given(st.lists(st.text(min_size=1, max_size=20), min_size=2, max_size=30, unique=True))
@settings(deadline=None)
def test_text_keys_are_negative_stable_and_tell_texts_apart(texts):
    kinds = pl.Series(["passport"] * len(texts))
    keys = text_key(kinds, pl.Series(texts))
    assert (keys < 0).all()
    assert keys.n_unique() == len(texts)
    assert keys.to_list() == [text_key(pl.Series(["passport"]), pl.Series([t]))[0] for t in texts]


# against an obvious check, one number after the other ---------------------------------------------------------------
def is_whole(number: str, as_of: date) -> bool:
    """GB 11643 in words: seventeen digits and a check character, a kind, a day that exists and is not to come."""
    if len(number) != 18 or not number[:17].isdecimal() or not number.isascii() or number[17] not in "0123456789X":
        return False
    if not (number[0] in "12345679" or number[:6] in ("810000", "820000", "830000")):
        return False
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    weights = [2 ** (17 - place) % 11 for place in range(17)]
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], weights, strict=True))
    return date(1800, 1, 1) <= born <= as_of and (total + (10 if number[17] == "X" else int(number[17]))) % 11 == 1


DIGITS = st.text("0123456789", min_size=17, max_size=17)
NEAR = st.builds(
    lambda area, year, month, day, sequence: f"{area:06d}{year:04d}{month:02d}{day:02d}{sequence:03d}",
    st.one_of(st.integers(100000, 799999), st.sampled_from([810000, 820000, 830000, 911840, 810001, 84, 840000])),
    st.integers(1700, 2110), st.integers(0, 13), st.integers(0, 32), st.integers(0, 999),
)  # fmt: skip


def with_check(first17: str) -> str:
    weights = [2 ** (17 - place) % 11 for place in range(17)]
    return first17 + "10X98765432"[sum(int(d) * w for d, w in zip(first17, weights, strict=True)) % 11]


@given(
    st.lists(
        st.one_of(NEAR.map(with_check), st.builds(str.__add__, st.one_of(NEAR, DIGITS), st.sampled_from("0123456789X"))),
        min_size=1,
        max_size=40,
    )
)
@settings(max_examples=150, deadline=None)
def test_numbers_are_whole_exactly_where_the_standard_says_so(numbers):
    found = identify(pl.Series(numbers), pl.Series(["01"] * len(numbers)), AS_OF)
    whole = [is_whole(n, AS_OF) for n in numbers]
    assert (found["id_reasons"] == 0).to_list() == whole
    assert found["person_key"].to_list() == [int(n[:17]) if good else None for n, good in zip(numbers, whole, strict=True)]


@given(st.lists(st.one_of(
    st.none(), NEAR.map(with_check), st.sampled_from(["H1234567801", "张三", "2.2E+17", "220102-19900307-0021", "220102900307002", WOMAN, ""]),
), min_size=1, max_size=30), st.data())  # fmt: skip
@settings(max_examples=80, deadline=None)
def test_what_is_said_of_a_number_does_not_depend_on_its_neighbours(numbers, data):
    types = data.draw(st.lists(st.sampled_from(["01", "04", "17", None]), min_size=len(numbers), max_size=len(numbers)))
    together = identify(pl.Series(numbers, dtype=pl.String), pl.Series(types, dtype=pl.String), AS_OF)
    alone = [identify(pl.Series([n], dtype=pl.String), pl.Series([t], dtype=pl.String), AS_OF) for n, t in zip(numbers, types, strict=True)]
    assert together.to_dicts() == pl.concat(alone).to_dicts()


def test_no_rows_give_no_rows():
    assert identify(pl.Series([], dtype=pl.String), pl.Series([], dtype=pl.String), AS_OF).height == 0
