"""Documents that are not resident IDs: their forms, which kind a number is of whatever is stated, and what it tells."""

from datetime import date

import polars as pl
import pytest
from identified import OF_18, assert_is, assert_refused, look, look_at, series
from inbox import AS_OF, resident_id

from transforms.identifiers.countries import ALPHA_3, alpha_3
from transforms.identifiers.country_names import NAMES
from transforms.identifiers.kinds import KIND_CODE, MODULES
from transforms.identifiers.kinds.model import Document
from transforms.identifiers.kinds.stated import STATED, UNASKED

WOMAN = "220102199003070021"


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.NAME)
def test_every_kind_answers_the_same_questions(module):
    """... with one row per row, and says in its docstring what it goes by."""
    frame = pl.DataFrame(
        {"text": series(["H12345678", "", "X", None, WOMAN]), "type": series(["01"] * 5), "nationality": series([None] * 5)}
    )
    document = Document(pl.col("text"), pl.col("type"), pl.col("nationality"), AS_OF)
    answers = frame.select(
        recognizes=module.recognizes(document), unmistakable=module.unmistakable(document),
        canonical=module.canonical(document), reason=module.reason(document),
    )  # fmt: skip
    assert answers.height == 5 or module.unmistakable(document).meta.is_literal()
    assert answers.dtypes == [pl.Boolean, pl.Boolean, pl.String, pl.String]
    assert all(flag.dtype == pl.Boolean for flag in frame.select(**module.flags(document))) or not module.flags(document)
    assert len(module.__doc__) > 100


def test_stated_types_are_those_of_the_code_list():
    from contracts.codes import CODE_LISTS

    assert set(CODE_LISTS["psn_cert_type"].values) - {"99"} == {code for code in STATED if len(code) == 2}


# what each kind looks like ------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("number", "cert_type", "kind", "canonical", "flags"), [
    # Hong Kong and Macau
    ("H12345678", "04", "hk_macau_permit", "H12345678", ""),
    ("M87654321", "05", "hk_macau_permit", "M87654321", ""),
    ("H1234567801", "04", "hk_macau_permit", "H12345678", "reissue"),
    ("M1234567812", "05", "hk_macau_permit", "M12345678", "reissue"),
    ("h12345678", "04", "hk_macau_permit", "H12345678", "case"),
    ("HA1234567", "04", "hk_macau_permit", "HA1234567", ""),
    ("MC1234567", "05", "hk_macau_permit", "MC1234567", ""),
    ("MA1234567", "05", "hk_macau_permit", "MA1234567", ""),
    ("H12345678", "05", "hk_macau_permit", "H12345678", "type_corrected"),
    ("M12345678", "04", "hk_macau_permit", "M12345678", "type_corrected"),
    ("12345678", "04", "hk_macau_permit", "12345678", "unusual_form"),
    ("HKGH12345678", "90", "hk_macau_permit", "H12345678", "prefix"),
    ("MAC00M12345678", "90", "hk_macau_permit", "M12345678", "prefix"),
    ("H1234567801", "01", "hk_macau_permit", "H12345678", "reissue type_corrected"),
    ("M2026000101", "99", "other", "M2026000101", ""),  # a virtual number: the next child's ends in 02
    ("HKG0H1234567801", "04", "hk_macau_permit", "H12345678", "prefix reissue"),
    # Taiwan
    ("12345678", "06", "taiwan_permit", "12345678", ""),
    ("1234567801(B)", "06", "taiwan_permit", "12345678", "reissue"),
    ("1234567801（B）", "06", "taiwan_permit", "12345678", "width reissue"),
    ("1234567801", "06", "taiwan_permit", "12345678", "reissue"),
    ("12345678(A)", "06", "taiwan_permit", "12345678", "reissue"),
    ("1234567", "06", "taiwan_permit", "1234567", "unusual_form"),  # a zero lost in front is not put back
    ("TWN12345678", "90", "taiwan_permit", "12345678", "prefix"),
    ("TWN0000012345678", "90", "taiwan_permit", "12345678", "prefix"),
    # foreigners
    ("USA123456789012", "07", "foreign_pr", "USA123456789012", ""),
    ("JPN220190030712", "07", "foreign_pr", "JPN220190030712", ""),
    ("JPN220190030712", "08", "foreign_pr", "JPN220190030712", "type_corrected"),
    ("E12345678", "16", "passport", "E12345678", ""),
    ("Ｅ１２３４５６７８", "16", "passport", "E12345678", "width"),
    ("EA1234567", "16", "passport", "EA1234567", ""),
    ("SE1234567", "16", "passport", "SE1234567", ""),
    ("G12345678", "16", "passport", "G12345678", ""),
    ("K12345678", "16", "passport", "K12345678", ""),
    ("KJ1234567", "16", "passport", "KJ1234567", ""),
    ("H12345678", "16", "passport", "H12345678", ""),
    ("MA1234567", "16", "passport", "MA1234567", ""),
    ("AB-1234567", "08", "passport", "AB1234567", "separators no_nationality"),
    ("5E123456", "08", "passport", "5E123456", "no_nationality"),  # no quantity
    ("XXX123456", "08", "passport", "XXX123456", "no_nationality"),  # no mask
    ("C01X00T47", "08", "passport", "C01X00T47", "no_nationality"),
    ("AB12345678901234", "08", "passport", "AB12345678901234", "unusual_form no_nationality"),
    # the rest
    ("军字第123456号", "02", "military", "军字第123456号", ""),
    ("武字第1234567号", "03", "military", "武字第1234567号", ""),
    ("军字第 123456 号", "02", "military", "军字第123456号", "spaces"),
    ("12345678", "02", "military", "12345678", ""),
    ("A123456789", "99", "birth_certificate", "A123456789", ""),
    ("v220123456", "99", "birth_certificate", "V220123456", "case"),
    ("A12345678", "90", "social_security_card", "A12345678", ""),
    ("123456789", "90", "social_security_card", "123456789", ""),
    (WOMAN, "90", "resident_id", WOMAN, ""),
    ("810000198510200035", "90", "residence_permit", "810000198510200035", ""),
    ("220102900307002", "90", "resident_id", WOMAN, "derived_from_15"),
    ("V-2024-0017", "99", "other", "V20240017", "separators"),
    ("20240115000123", "99", "other", "20240115000123", ""),
    ("保2024017", "91", "other", "保2024017", ""),
    ("E12345678", "91", "other", "E12345678", ""),
    ("220102900307002", "99", "other", "220102900307002", ""),  # a local number of 15 digits more likely than the card of 1989
])  # fmt: skip
def test_forms_of_documents(number, cert_type, kind, canonical, flags):
    assert_is(number, kind, canonical, cert_type, set(flags.split()))


@pytest.mark.parametrize(("card", "cert_type", "flags"), [
    ("22010219900307002142", "09", "embedded"),
    ("22010219900307002142B1", "09", "embedded"),
    ("22010219900307002142b12", "09", "embedded case"),
    ("220102 19900307 0021 42", "09", "embedded spaces"),
    ("22010219900307002142", "01", "embedded"),
    ("22010219900307002142", None, "embedded"),
    ("22010219900307002142", "17", "embedded type_corrected"),
    (WOMAN, "09", ""),
    ("220102900307002", "09", "derived_from_15"),
    ("2201021990030700214", "09", "embedded unusual_form"),
    ("22010219900307002195", "09", "embedded unusual_form"),
    ("22010219900307002142B", "09", "embedded unusual_form"),
    ("2201021990030700214205", "9", "embedded unusual_form"),
])  # fmt: skip
def test_a_disability_card_is_its_resident_id(card, cert_type, flags):
    assert_is(card, "resident_id", WOMAN, cert_type, set(flags.split()))


def test_a_disability_card_may_hold_a_residence_permit():
    assert_is("81000019851020003533", "residence_permit", "810000198510200035", "09", {"embedded"})


def test_a_look_alike_of_x_is_repaired_inside_a_disability_card():
    number = next(n for n in (resident_id("229998", date(1990, 3, 7), s) for s in range(1, 99, 2)) if n.endswith("X"))
    assert_is(f"{number[:-1]}×42", "resident_id", number, "09", {"embedded", "case"})


@pytest.mark.parametrize(("card", "reason"), [
    ("22010219900307002242", "id_checksum"), ("2201021990030700229", "id_checksum"), ("22010219900307002142123", "id_length"),
    ("22010219900230001642", "id_birth_date"),
])  # fmt: skip
def test_a_disability_card_of_a_number_that_fails_is_refused(card, reason):
    assert_refused(card, "09", reason)


@pytest.mark.parametrize("card", ["22010219900307002182", "22010219900307002145", "2201021990030700214"])
@pytest.mark.parametrize("cert_type", ["01", None, "17"])
def test_a_rest_of_another_form_is_that_of_a_disability_card_only_where_it_is_stated_to_be_one(card, cert_type):
    assert_refused(card, cert_type, "id_length")


def test_a_mothers_number_with_a_suffix_is_not_the_mother():
    """Virtual numbers of newborns, under type 99, can look like a disability card."""
    assert_is(WOMAN + "11", "other", WOMAN + "11", "99")


# the number wins ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("cert_type", ["02", "03", "04", "05", "06", "07", "08", "16", "17", "91", "99", "55", "5", "abc"])
def test_where_type_and_number_disagree_the_number_wins(cert_type):
    assert_is(WOMAN, "resident_id", WOMAN, cert_type, {"type_corrected"})


@pytest.mark.parametrize("cert_type", ["01", "1", None])
def test_a_type_of_one_digit_or_none_is_no_disagreement(cert_type):
    assert_is(WOMAN, "resident_id", WOMAN, cert_type)


@pytest.mark.parametrize(("number", "kind", "canonical"), [
    ("H12345678", "hk_macau_permit", "H12345678"),
    ("M1234567801", "hk_macau_permit", "M12345678"),
    ("HB1234567", "hk_macau_permit", "HB1234567"),
    ("MC1234567", "hk_macau_permit", "MC1234567"),
    ("MA1234567", "passport", "MA1234567"),  # Macau passports came before the permits of 2024
    ("1234567801(A)", "taiwan_permit", "12345678"),
    ("E12345678", "passport", "E12345678"),
    ("EB1234567", "passport", "EB1234567"),
    ("PE1234567", "passport", "PE1234567"),
    ("K12345678", "passport", "K12345678"),
    ("USA110199010112", "foreign_pr", "USA110199010112"),
    ("军字第123456号", "military", "军字第123456号"),
    ("A123456789", "birth_certificate", "A123456789"),
])  # fmt: skip
def test_a_form_that_belongs_to_one_kind_tells_it(number, kind, canonical):
    for cert_type in (None, "01", "17", "09"):
        found = look(number, cert_type)
        assert (found["reasons"], found["kind"], found["text"]) == ([], kind, canonical)
        assert ("type_corrected" in found["flags"]) == (cert_type is not None)


@pytest.mark.parametrize(("number", "cert_type", "kind"), [
    ("E12345678", "04", "passport"), ("H12345678", "06", "hk_macau_permit"), ("H12345678", "02", "hk_macau_permit"),
    ("1234567801(A)", "07", "taiwan_permit"), ("E12345678", "99", "passport"), ("军字第123456号", "16", "military"),
    ("220102900307002", "17", "resident_id"),
])  # fmt: skip
def test_other_stated_types_are_corrected_too(number, cert_type, kind):
    found = look(number, cert_type)
    assert (found["reasons"], found["kind"]) == ([], kind)
    assert "type_corrected" in found["flags"]


@pytest.mark.parametrize(("number", "cert_type", "kind"), [
    ("H12345678", "08", "passport"),  # many countries have such
    ("A123456789", "08", "passport"),
    ("A12345678", "90", "social_security_card"),
    ("123456789", "08", "passport"),
    ("220102900307002", "08", "passport"),
])  # fmt: skip
def test_a_form_that_the_stated_type_may_have_is_left_to_it(number, cert_type, kind):
    found = look(number, cert_type)
    assert (found["reasons"], found["kind"]) == ([], kind)
    assert "type_corrected" not in found["flags"]


@pytest.mark.parametrize(
    "number", ["12345678", "1234567801", "123456789", "A1234567", "USA123456789012", "USA000123456789", "ZZZ110190010112"]
)
def test_what_could_be_anything_is_not_guessed(number):
    assert look(number, "01")["reasons"] != []
    assert look(number, None)["reasons"] != []


@pytest.mark.parametrize(("number", "kind"), [
    ("12345678", "taiwan_permit"),
    ("123456789", "passport"),
    ("A1234567", "passport"),
    ("TZ1234567", "passport"),
    ("12AB34567", "passport"),
    ("H12345678", "hk_macau_permit"),
    ("E12345678", "passport"),
    (WOMAN, "resident_id"),
])  # fmt: skip
def test_where_an_extract_has_no_types_a_number_is_what_it_may_be(number, kind):
    """Rejected, it would be lost to whoever is enrolled under it: a foreigner in hospital would not be known to be there."""
    found = look(number, UNASKED)
    assert (found["reasons"], found["kind"]) == ([], kind)


@pytest.mark.parametrize(
    "number", ["2201021", "1234567801", "0307123X", "30071231X", "220102900307", WOMAN[:17], "ABCDEF12", "A123456789012"]
)
def test_a_piece_of_a_resident_id_is_no_passport(number):
    assert look(number, UNASKED)["reasons"] != []


@pytest.mark.parametrize(("number", "cert_type", "reason"), [
    ("220102199003070022", "08", "id_checksum"),
    ("220102199003070000", "99", "id_excel_truncated"),
    ("1.23E+08", "08", "id_excel_scientific"),
    ("1.2345678E+7", "06", "id_excel_scientific"),
    ("E1234****", "16", "id_masked"),
    ("H12••••78", "04", "id_masked"),
    ("XXXX12345", "08", "id_masked"),
    ("张三", "08", "id_is_a_name"),
    ("李四", "99", "id_is_a_name"),
    ("JOHN SMITH", "08", "id_is_a_name"),
    ("جون", "08", "id_is_a_name"),
    ("A1", "08", "id_length"),
    ("1" + "234567890" * 4, "99", "id_length"),
    ("E1234?678", "16", "id_characters"),
    ("è¿™123456", "99", "id_characters"),
    ("$$$$", "08", "id_characters"),
])  # fmt: skip
def test_what_no_document_looks_like(number, cert_type, reason):
    assert_refused(number, cert_type, reason)


# keys ---------------------------------------------------------------------------------------------------------------
def test_a_reissued_permit_is_the_same_person():
    same = look_at(["H12345678", "H1234567801", "H1234567802", "HKGH12345678"], ["04", "04", "05", "90"])
    assert len({row["person_key"] for row in same}) == 1
    same = look_at(["12345678", "1234567801(B)", "1234567802", "TWN12345678"], ["06", "06", "06", "90"])
    assert len({row["person_key"] for row in same}) == 1
    assert look("H12345678", "04")["person_key"] != look("H12345679", "04")["person_key"]


def test_the_same_number_under_another_kind_is_another_identifier():
    rows = look_at(["12345678"] * 5 + ["123456789"], ["02", "04", "06", "08", "99", "90"])
    assert len({row["person_key"] for row in rows}) == 6


# nationalities ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("number", "cert_type", "nationality", "canonical"), [
    ("123456789", "08", "USA", "USA123456789"),
    ("123456789", "08", "840", "USA123456789"),
    ("123456789", "08", "us", "USA123456789"),
    ("123456789", "08", " Usa ", "USA123456789"),
    ("USA123456789", "08", "USA", "USA123456789"),
    ("E12345678", "08", "USA", "USAE12345678"),
    ("H12345678", "08", "DEU", "DEUH12345678"),
    ("E12345678", "16", "CHN", "E12345678"),
    ("E12345678", "16", "USA", "E12345678"),  # the stated type and the form outweigh the nationality
    *((number, "16", "PRT", number) for number in ("MA1234567", "MB1234567", "KJ1234567", "K12345678", "H12345678", "SE1234567")),
    ("X12345678", "16", "PRT", "PRTX12345678"),
    ("K12345678", "08", "HKG", "K12345678"),
    ("MA1234567", "16", "MAC", "MA1234567"),
    ("300123456", "08", "TWN", "TWN300123456"),
    ("E12345678", "01", None, "E12345678"),
    ("123456789", "08", "YUG", "YUG123456789"),
    ("123456789", "08", "ROM", "ROU123456789"),
    ("123456789", "08", "", "123456789"),
])  # fmt: skip
def test_a_foreign_passport_is_known_by_nationality_and_number(number, cert_type, nationality, canonical):
    found = look(number, cert_type, nationality=nationality)
    assert (found["reasons"], found["kind"], found["canonical"]) == ([], "passport", canonical)
    assert ("no_nationality" in found["flags"]) == (nationality == "")


def test_two_countries_may_give_the_same_number():
    keys = {look("123456789", "08", nationality=n)["person_key"] for n in ("USA", "FRA", "JPN", None)}
    assert len(keys) == 4


def test_a_nationality_changes_nothing_else():
    for number, cert_type in ((WOMAN, "01"), ("H12345678", "04"), ("12345678", "06"), ("A123456789", "99"), ("USA123456789012", "07")):
        assert look(number, cert_type, nationality="FRA")["person_key"] == look(number, cert_type)["person_key"]


def test_country_codes():
    assert len(ALPHA_3) == len(set(ALPHA_3)) == 249
    assert alpha_3(series(["156", "CN", "CHN", "ZAR", "TMP", "SF", "xyz", "", None])).to_list() == [
        "CHN", "CHN", "CHN", "COD", "TLS", "FIN", "XYZ", None, None,
    ]  # fmt: skip


def test_names_of_countries():
    written = ["中国", "中华人民共和国", "美国", "UK", "香港", " 中国香港特别行政区", "刚果（金）", "刚果(布)", "没有", "U7", "不详"]
    assert alpha_3(series(written)).to_list() == ["CHN", "CHN", "USA", "GBR", "HKG", "HKG", "COD", "COG", None, None, None]
    assert set(alpha_3(series(list(NAMES)))) == set(ALPHA_3)


def test_kinds_of_18_characters_have_the_codes_that_the_bytes_are_read_by():
    from transforms.identifiers import eighteen

    assert [KIND_CODE[kind] for kind in OF_18] == [eighteen.RESIDENT_ID, eighteen.RESIDENCE_PERMIT, eighteen.FOREIGN_PR]
