"""A column is defined once; extracts and datasets are lists of columns, keys and code lists that exist."""

import re
from collections import Counter

import pytest

from contracts import DATASETS, EXTRACTS
from contracts.aliases import ALIASES, fold, header_map
from contracts.codes import CODE_LISTS
from contracts.columns import COLUMNS, _define, column
from contracts.model import ARROW_TYPES, Column
from contracts.reasons import REASON_BIT, REASONS
from contracts.worklists import SHEETS

HAN = re.compile(r"[\u4e00-\u9fff]")
DEPARTMENTS = {"medical_insurance", "tax", "public_security", "civil_affairs", "education", "human_resources"}
REQUIRED = {"enrollment", "contribution", "resident", "death", "student"}
#: The reasons of extracts.md and identifiers.md, in words that analysts filter by.
PROMISED_REASONS = [
    "missing_key",
    "duplicate_key",
    "ended_without_date",
    "end_before_start",
    "bad_date",
    "unknown_code",
    "unparseable_number",
    "id_missing",
    "id_length",
    "id_characters",
    "id_checksum",
    "id_birth_date",
    "id_excel_truncated",
    "id_excel_scientific",
    "id_float_rounded",
    "id_masked",
    "id_is_a_name",
]


# columns ------------------------------------------------------------------------------------------------------------
def test_a_column_defined_twice_is_refused():
    with pytest.raises(ValueError, match="certno is defined twice"):
        _define(("certno", "text", "证件号码", "one"), ("certno", "text", "证件号码", "two"))


def test_a_column_of_an_unknown_type_is_refused():
    with pytest.raises(ValueError, match="'float'"):
        Column("amount", "float", "金额", "yuan")


@pytest.mark.parametrize("key", sorted(COLUMNS))
def test_every_column_has_a_chinese_label_a_meaning_and_a_known_type(key):
    one = COLUMNS[key]
    assert HAN.search(one.zh), one
    assert one.meaning.strip() == one.meaning != ""
    assert one.type in ARROW_TYPES
    assert one.name == key.split(".")[-1]
    assert re.fullmatch(r"[a-z][a-z0-9_]*", one.name)


def test_every_column_is_used_somewhere():
    used = {id(f.column) for e in EXTRACTS.values() for f in e.fields} | {id(c) for d in DATASETS.values() for c in d.columns}
    used |= {id(c) for sheet in SHEETS.values() for c in sheet.columns}
    assert [key for key, c in COLUMNS.items() if id(c) not in used] == []


def test_a_table_s_own_meaning_comes_before_the_common_one():
    assert column("status", "student") is COLUMNS["student.status"]
    assert column("status", "checks") is COLUMNS["checks.status"]
    assert column("certno", "student") is COLUMNS["certno"]
    with pytest.raises(KeyError):
        column("no_such_column", "student")


@pytest.mark.parametrize("key", [k for k in COLUMNS if "." in k])
def test_a_qualified_column_belongs_to_a_table_that_has_it(key):
    table, name = key.split(".")
    names = DATASETS[table].names if table in DATASETS else EXTRACTS[table].names
    assert name in names


# extracts -----------------------------------------------------------------------------------------------------------
def test_the_extracts_and_which_of_them_are_required():
    assert {e.name for e in EXTRACTS.values() if e.required} == REQUIRED
    assert set(EXTRACTS) - REQUIRED == {"identity_link", "assistance", "inpatient_stay", "mutual_aid", "case_feedback", "employment"}
    assert {e.department for e in EXTRACTS.values()} == DEPARTMENTS


@pytest.mark.parametrize("name", sorted(EXTRACTS))
def test_an_extract_lists_each_column_once_and_its_key_among_them(name):
    extract = EXTRACTS[name]
    assert [n for n, times in Counter(extract.names).items() if times > 1] == []
    assert extract.key == "" or extract.by_name[extract.key].filled
    assert HAN.search(extract.zh) and extract.grain
    assert extract.folder == f"{extract.department}/{extract.name}"


@pytest.mark.parametrize("name", sorted(EXTRACTS))
def test_a_column_that_a_row_needs_is_one_that_the_file_needs(name):
    assert [f.name for f in EXTRACTS[name].fields if f.filled and not f.header] == []


@pytest.mark.parametrize("name", sorted(EXTRACTS))
def test_code_lists_named_by_an_extract_exist(name):
    assert [f.codes for f in EXTRACTS[name].fields if f.codes and f.codes not in CODE_LISTS] == []


@pytest.mark.parametrize("name", sorted(EXTRACTS))
def test_every_extract_names_a_person_or_answers_for_a_case(name):
    has_person = any(f.filled and f.name.endswith("certno") for f in EXTRACTS[name].fields)
    assert has_person != (name == "case_feedback")


# headers ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", sorted(EXTRACTS))
def test_no_header_means_two_columns_of_one_extract(name):
    extract, claims = EXTRACTS[name], {}
    for f in extract.fields:
        for header in {fold(h) for h in (f.name, f.column.zh, *ALIASES.get(f.name, ()))}:
            claims.setdefault(header, []).append(f.name)
    assert {h: names for h, names in claims.items() if len(names) > 1} == {}


@pytest.mark.parametrize("name", sorted(EXTRACTS))
def test_every_column_answers_to_its_name_its_label_and_its_aliases(name):
    spellings = header_map(EXTRACTS[name])
    for f in EXTRACTS[name].fields:
        for header in (f.name, f.name.upper(), f.column.zh, f"\ufeff {f.column.zh} ", *ALIASES.get(f.name, ())):
            assert spellings[fold(header)] == f.name, header


def test_the_certificate_number_answers_to_what_departments_call_it():
    for extract in ("enrollment", "contribution", "resident", "death", "student"):
        spellings = header_map(EXTRACTS[extract])
        for header in ("证件号码", "身份证号码", "身份证号", "公民身份号码"):
            assert spellings[fold(header)] == "certno"


def test_aliases_are_of_columns_that_exist():
    assert set(ALIASES) <= {f.name for e in EXTRACTS.values() for f in e.fields}


# codes --------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", sorted(CODE_LISTS))
def test_drift_leads_to_a_code_of_the_list_and_never_away_from_one(name):
    codes = CODE_LISTS[name]
    known = re.compile(codes.pattern) if codes.pattern else re.compile("|".join(map(re.escape, codes.values)))
    assert [code for code in codes.drift.values() if not known.fullmatch(code) and code not in codes.values] == []
    assert not set(codes.drift) & set(codes.values)


@pytest.mark.parametrize("name", sorted(CODE_LISTS))
def test_every_code_has_words_in_both_languages(name):
    for code, (zh, en) in CODE_LISTS[name].values.items():
        assert HAN.search(zh) and en.strip(), code


# reasons ------------------------------------------------------------------------------------------------------------
def test_the_reasons_are_those_of_the_specification():
    assert list(REASONS) == PROMISED_REASONS


def test_reasons_fit_a_mask_of_32_bits_and_speak_both_languages():
    assert list(REASON_BIT.values()) == list(range(len(REASONS))) and len(REASONS) < 31
    for zh, en in REASONS.values():
        assert HAN.search(zh) and en
