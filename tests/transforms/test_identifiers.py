"""Identifiers: every vector and corruption of the rules, what is told of valid ones, and what is refused of the rest."""

import math
from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from identified import assert_is, assert_refused, look, look_at, series
from inbox import AS_OF, resident_id

from contracts.reasons import REASON_BIT
from transforms.identifiers import FLAGS, KINDS, identify
from transforms.identifiers.identify import SCHEMA

WOMAN, MAN_X = "220102199003070021", "22010219900307011X"


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
    ("12345678", "id_length"),
    ("19900307", "id_length"),
    ("220102199003070000", "id_excel_truncated"),
    ("2.20102E+17", "id_excel_scientific"),
    ("2.20102e+17", "id_excel_scientific"),
    ("2.20102199003070E+17", "id_excel_scientific"),
    ("2.20102199003E+17", "id_excel_scientific"),
    ("2E+17", "id_excel_scientific"),
    ("2.2E17", "id_excel_scientific"),
    ("220102199003070016", "id_float_rounded"),
    ("220102********0021", "id_masked"),
    ("2201**********0021", "id_masked"),
    ("220102xxxxxxxx0021", "id_masked"),
    ("220102××××××××0021", "id_masked"),
    ("220102••••••••0021", "id_masked"),
    ("220102........0021", "id_masked"),
    ("220102________0021", "id_masked"),
    ("220102●●●●●●●●0021", "id_masked"),
    ("##################", "id_masked"),
    ("张三", "id_is_a_name"),
    ("古丽娜尔·买买提", "id_is_a_name"),
    ("王yan", "id_is_a_name"),
    ("ZHANG SAN", "id_is_a_name"),
    ("22010219900307A021", "id_characters"),
    ("22010219900307?021", "id_characters"),
    ("X20102199003070021", "id_characters"),
    ("22010219900307002XX", "id_characters"),
    ("020102199003070021", "id_characters"),
    ("920102900307002", "id_characters"),  # 15 digits begin like a resident ID
    ("٢٢٠١٠٢١٩٩٠٠٣٠٧٠٠٢١", "id_characters"),  # digits, but of another script
    ("张三220102199003070021", "id_characters"),
])  # fmt: skip
def test_what_is_wrong_with_a_number(number, reason):
    assert_refused(number, "01", reason)
    assert_refused(number, None, reason)


@pytest.mark.parametrize(("number", "reasons"), [
    ("220102199002300017", ["id_checksum", "id_birth_date"]),
    ("220102203103070011", ["id_checksum", "id_birth_date"]),
    ("220102199013070000", ["id_birth_date", "id_excel_truncated"]),
    ("220102 19900230 0017", ["id_checksum", "id_birth_date"]),
])  # fmt: skip
def test_a_wrong_check_character_does_not_hide_a_birth_date_that_is_none(number, reasons):
    assert look(number, "01")["reasons"] == reasons


@pytest.mark.parametrize("number", [
    None, "", "   ", "\u3000", "\ufeff", "-", "--", "/", "无", "暂无", "同上", "NULL", "null", "n/a", "NaN", "0", "00", "11111",
    "111111111111111111", "000000000000000000", "999999999999999999", "１１１１１１１１１１１１１１１１１１", "'", '=""', "111111-11111111-1111",
])  # fmt: skip
@pytest.mark.parametrize("cert_type", ["01", None, "08", "02", "99"])
def test_no_number_is_no_number_whatever_the_type(number, cert_type):
    assert_refused(number, cert_type, "id_missing")


def test_a_birth_date_counts_up_to_the_as_of_date():
    born = date(2026, 11, 22)
    number = resident_id("220102", born, 3)
    assert look(number, as_of=born)["reasons"] == []
    assert look(number, as_of=born - timedelta(days=1))["reasons"] == ["id_birth_date"]
    assert look(" " + number, as_of=born - timedelta(days=1))["reasons"] == ["id_birth_date"]
    assert look("22010220310307001X", as_of=date(2031, 3, 7))["reasons"] == []


@pytest.mark.parametrize("area", ["840102", "000102", "099999", "810001"])
def test_a_number_that_begins_like_no_kind_is_not_taken_for_one(area):
    assert_refused(resident_id(area, date(1990, 3, 7), 3), "01", "id_characters")


def test_one_in_ten_truncated_numbers_passes_its_check_and_is_left_to_the_row():
    """18 digits ending 000 whose check holds by chance: only birth date and sex of the row can tell."""
    assert look(resident_id("220102", date(1990, 3, 7), 0))["reasons"] == []
    ends = [look(f"22010219900307{n}000")["reasons"] for n in range(10)]
    assert [e for e in ends if e] == [["id_excel_truncated"]] * len([e for e in ends if e])
    assert sum(not e for e in ends) <= 2


@pytest.mark.parametrize("area", [110105, 140102, 150102, 220102, 280102, 290102, 440524, 570102, 580102, 659001])
def test_numbers_that_went_through_a_binary_float(area):
    """Every size that floats of 18 digits have a spacing of their own for: 16, 32, 64, 128."""
    numbers = [resident_id(f"{area}", date(1990, 3, 7) + timedelta(days=n), 100 + 37 * n % 800) for n in range(60)]
    rounded = [str(int(float(n))) for n in numbers if not n.endswith("X")]
    rows = [row for row in look_at(rounded, ["01"] * len(rounded)) if row["reasons"]]
    assert len(rows) > 20
    assert {row["reasons"][0] for row in rows} <= {"id_float_rounded", "id_excel_truncated"}
    # halfway to the next float there is none; one in eleven has the right check character
    beside = [str(int(n) + int(math.ulp(float(n))) // 2) for n in rounded]
    assert {tuple(row["reasons"]) for row in look_at(beside, ["01"] * len(beside))} <= {(), ("id_checksum",), ("id_excel_truncated",)}


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
    assert_is(number, kind, number, None)
    assert_is(number, kind, number, cert_type.removeprefix("0"))
    assert_is(number, kind, number, "01", {"type_corrected"})
    assert_is(number, kind, number, "05", {"type_corrected"})


@pytest.mark.parametrize(
    ("number", "cert_type"), [("810000198510200036", "17"), ("911840198006151019", "07"), ("810000198510200036", "01")]
)
def test_a_wrong_check_character_of_a_permit(number, cert_type):
    assert_refused(number, cert_type, "id_checksum")


# 15 digits ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("old", "new"), [
    ("220102900307002", "220102199003070021"),
    ("220102681231301", "220102196812313018"),
    ("110105491231002", "11010519491231002X"),
    ("220102100307996", "220102181003079960"),  # centenarian
])  # fmt: skip
def test_15_digits_become_18(old, new):
    assert_is(old, "resident_id", new, flags={"derived_from_15"})
    assert_is(f"'{old[:6]} {old[6:]}", "resident_id", new, flags={"derived_from_15", "wrappers", "spaces"})
    assert look(old)["person_key"] == look(new)["person_key"]


@given(st.integers(0, 999), st.dates(date(1900, 1, 1), date(1999, 12, 31)))
@settings(deadline=None, max_examples=60)
@example(995, date(1910, 3, 7))
@example(996, date(1910, 3, 7))
@example(999, date(1910, 3, 7))
@example(996, date(1900, 3, 1))
def test_the_century_of_15_digits(sequence, born):
    """996 to 999 were kept for centenarians: born in the 1800s, where that year had the day."""
    found = look(f"220102{born:%y%m%d}{sequence:03d}")
    century = 18 if sequence >= 996 else 19
    assert (found["reasons"], found["person_key"]) == ([], int(f"220102{century}{born:%y%m%d}{sequence:03d}"))


def test_15_digits_with_an_impossible_birth_date():
    for number in ("220102900230001", "220102901301001", "220102000229001"):
        assert_refused(number, "01", "id_birth_date")


# repairs ------------------------------------------------------------------------------------------------------------
#: Damage around a number and within it, by what its repair is recorded as.
AROUND = {
    "wrappers": ["'{}", "’{}", "‘{}", "`{}", '="{}"', '"{}"', "“{}”", "´{}", "＇{}", "{}'"],
    "spaces": ["\t{}", " {} ", "{}\r", "{}\n", "\ufeff{}", "{}\u2060", "\u200e{}", "\u3000{}\u00a0", "{}\ufe0f", "{}\x00"],
    "separators": ["{}.", "{}、", "{},", "{}.0", "{}...", "{}。", "-{}"],
}
WITHIN = {
    "separators": ["-", ".", "–", "—", "/", "_", "·", "‐", "・", "---"],
    "spaces": [" ", "\u3000", "\u00a0", "\u200b", "\u2060", "\u200e", "\ufeff", "\u2009", "  ", "\u200d"],
}


@pytest.mark.parametrize(("flag", "damage"), [(flag, damage) for flag, damages in AROUND.items() for damage in damages])
def test_repairs_around_a_number_are_made_and_recorded(flag, damage):
    assert_is(damage.format(WOMAN), "resident_id", WOMAN, flags={flag})
    if damage != "{}.0":  # a quantity ends so, and has no letters
        assert_is(damage.format(MAN_X), "resident_id", MAN_X, flags={flag})
        assert_is(damage.format("H1234567801"), "hk_macau_permit", "H12345678", "04", {flag, "reissue"})


@pytest.mark.parametrize(("flag", "between"), [(flag, between) for flag, betweens in WITHIN.items() for between in betweens])
def test_repairs_within_a_number_are_made_and_recorded(flag, between):
    assert_is(between.join((WOMAN[:6], WOMAN[6:14], WOMAN[14:])), "resident_id", WOMAN, flags={flag})
    assert_is(between.join((MAN_X[:17], "X")), "resident_id", MAN_X, flags={flag})


@pytest.mark.parametrize("prefix", ["G", "L", "HKG", "MAC", "TWN"])
def test_prefixes_of_student_and_social_security_numbers(prefix):
    assert_is(prefix + WOMAN, "resident_id", WOMAN, flags={"prefix"})
    assert_is(prefix + MAN_X, "resident_id", MAN_X, flags={"prefix"})
    assert_is(prefix + "220102900307002", "resident_id", WOMAN, flags={"prefix", "derived_from_15"})
    assert_refused(prefix + "220102199003070022", "01", "id_checksum")


@pytest.mark.parametrize(("damaged", "flags"), [
    ("２２０１０２１９９００３０７００２１", {"width"}),
    ("２２０１０２　１９９００３０７　００２１", {"width", "spaces"}),
    ("g220102199003070021", {"case", "prefix"}),
    ("='２２０１０２－１９９００３０７－００２１' ", {"width", "wrappers", "separators", "spaces"}),
    ("\t'G220102-19900307-0021.", {"spaces", "wrappers", "separators", "prefix"}),
    ("\ufeff220102\u200b19900307\u20600021", {"spaces"}),
    ("220102---900307---002", {"separators", "derived_from_15"}),
])  # fmt: skip
def test_several_repairs_are_all_recorded(damaged, flags):
    assert_is(damaged, "resident_id", WOMAN, flags=flags)


@pytest.mark.parametrize("last", ["x", "×", "Χ", "х", "Х", "χ", "✕", "╳"])
def test_look_alikes_of_x(last):
    assert_is(MAN_X[:17] + last, "resident_id", MAN_X, flags={"case"})
    assert_is(MAN_X[:17] + last + ".", "resident_id", MAN_X, flags={"case", "separators"})


def test_a_wide_x_is_wide():
    assert_is("22010219900307011Ｘ", "resident_id", MAN_X, flags={"width"})
    assert_is("22010219900307011ｘ", "resident_id", MAN_X, flags={"width", "case"})


@pytest.mark.parametrize(("damaged", "reason"), [
    ("220102-19900307-0022", "id_checksum"),
    ("'220102199003070000", "id_excel_truncated"),
    ("220102 19900230 0016", "id_birth_date"),
    ("220102199003070016.0", "id_float_rounded"),
    ("220102199003070021/220102199003070021", "id_length"),
    ("22010219900307002x", "id_checksum"),
])  # fmt: skip
def test_a_repaired_number_is_still_checked(damaged, reason):
    assert_refused(damaged, "01", reason)


# columns ------------------------------------------------------------------------------------------------------------
def test_the_result_has_its_columns_and_every_flag_a_bit():
    found = identify(series([WOMAN, None, "H12345678"]), series(["01", None, "04"]), AS_OF)
    assert dict(found.schema) == SCHEMA
    assert found["canonical"].to_list() == [None, None, "H12345678"]
    assert len(FLAGS) == len(set(FLAGS)) <= 16
    assert FLAGS[:2] == ("derived_from_15", "type_corrected")


def test_kinds_keep_their_positions():
    assert KINDS == (
        "resident_id", "residence_permit", "foreign_pr", "hk_macau_permit", "taiwan_permit", "passport", "military",
        "disability_card", "birth_certificate", "social_security_card", "other",
    )  # fmt: skip


def test_no_rows_give_no_rows():
    assert identify(series([]), series([]), AS_OF).height == 0
    assert identify(series([]), (series(["01"]), np.array([], np.int32)), AS_OF).height == 0
    assert dict(identify(series([]), series([]), AS_OF).schema) == SCHEMA


def test_types_and_nationalities_may_come_as_values_and_an_index():
    numbers = [WOMAN, "810000198510200035", "123456789", "123456789", None, "H12345678", "２２０１０２900307002"]
    types, nationalities = ["01", "01", "08", "08", "17", None, "1"], ["CHN", None, "USA", "840", None, None, "FRA"]
    by_row = identify(series(numbers), series(types), AS_OF, series(nationalities))

    def coded(values: list) -> tuple[pl.Series, np.ndarray]:
        different = list(dict.fromkeys(values))
        return series(different), np.array([different.index(v) for v in values], dtype=np.int32)

    assert identify(series(numbers), coded(types), AS_OF, coded(nationalities)).equals(by_row)
    assert identify(series(numbers), (series(types), None), AS_OF, (series(nationalities), None)).equals(by_row)


@pytest.mark.parametrize("rows", [1, 7, 1000, 40_000, 70_000])
def test_a_column_may_be_cut_out_of_a_longer_one_in_several_pieces(rows):
    """Offsets, validity and blocks: nothing of the buffers shows."""
    rng = np.random.default_rng(rows)
    some = [
        WOMAN,
        None,
        MAN_X,
        "22010219900307011x",
        " " + WOMAN,
        "H12345678",
        "220102199003070022",
        "",
        "２２０１０２１９９００３０７００２１",
    ]
    share = [0.6, 0.05, 0.2, 0.05, 0.02, 0.02, 0.02, 0.02, 0.02]
    choice = rng.choice(len(some), rows, p=share)
    column = series([None, WOMAN]).append(series(some).gather(choice), append_chunks=True) if hasattr(pl, "nothing") else None
    column = pl.concat(
        [series([None, WOMAN]), series(some).gather(choice[: rows // 2]), series(some).gather(choice[rows // 2 :])], rechunk=False
    )
    found = identify(column.slice(2), series(["01"]).new_from_index(0, rows), AS_OF)
    each = pl.DataFrame(look_at(some, ["01"] * len(some))).select(list(SCHEMA))
    expected = each.cast(SCHEMA).select(pl.all().gather(choice))
    assert found.equals(expected)


def test_what_lies_in_memory_under_a_null_is_nobodys_number():
    hidden = pl.select(pl.when(pl.Series([True, False, False])).then(series([WOMAN, MAN_X.lower(), "922392197501021023"]))).to_series()
    found = identify(hidden, series(["01"] * 3), AS_OF)
    missing = {"person_key": None, "id_kind": 0, "canonical": None, "id_flags": 0, "id_reasons": 1 << REASON_BIT["id_missing"]}
    assert found.to_dicts() == [{**missing, "person_key": int(WOMAN[:17]), "id_reasons": 0}, missing, missing]
