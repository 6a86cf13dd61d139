"""What analysts were promised, written out here once more: names, order, types and keys of every published dataset."""

import re

import pyarrow as pa
import pytest

from contracts import DATASETS
from contracts.columns import COLUMNS
from contracts.model import ARROW_TYPES
from flows.dataset_files import TYPES, schema_of

EVIDENCE = "list<struct<fact: string, value: string, extract: string, row_key: string>>"
DECISION = f"""enrollment_id string, person_id string, scheme string, insu_admdvs string, action string, would_be string?,
    rule_id string, clause string, policy_id string, policy_version string, deciding_fact string?, kept_enrollment_id string?,
    decision_date date32, effective_date date32?, resumes_on date32?, reason_zh string, reason_en string, evidence {EVIDENCE}"""
ENDED = """enrollment_id string, person_id string, scheme string, insu_admdvs string, emp_no string?, overlap_id string?,
    rule_id string, clause string, kept_enrollment_id string?, kept_admdvs string?, effective_date date32"""
WORDS = "reason_zh string, reason_en string, first_reported_on date32"

#: dataset -> key, columns in order with type, `?` where a value may be missing.
PROMISED = {
    "overlaps": ("overlap_id", """overlap_id string, person_id string, category string, place string, starts_on date32, ends_on date32?,
        timing string, n_enrollments int32, enrollment_ids list<string>, decision_date date32"""),
    "decisions": ("enrollment_id overlap_id", f"overlap_id string?, {DECISION}"),
    "timelines": ("enrollment_id kind starts_on", """enrollment_id string, person_id string, scheme string, insu_admdvs string,
        standing string?, kind string, starts_on date32, ends_on date32?, part_of string?"""),
    "terminations": ("enrollment_id", f"{ENDED}, {WORDS}"),
    "suspensions": ("enrollment_id", f"{ENDED}, resumes_on date32?, {WORDS}"),
    "reviews": ("overlap_id enrollment_id", f"overlap_id string?, {DECISION}, missing list<string>, conflict list<string>"),
    "cases": ("enrollment_id overlap_id", f"""overlap_id string?, enrollment_id string, person_id string, case_numbers list<string>,
        status string, decided_on date32, rule_id string, action string, evidence {EVIDENCE}, first_reported_on date32, starts_on date32?"""),
    "subsidy_deductions": ("enrollment_id fiscal_year level", """enrollment_id string, person_id string, insu_admdvs string,
        fiscal_year int32, level string, amount decimal(12,2), basis string, rule_id string, clause string, status string,
        first_reported_on date32"""),
    "refunds": ("enrollment_id period_begin", """enrollment_id string, person_id string, insu_admdvs string, period_begin date32,
        period_end date32, eligibility string, case_id string, personal_amount decimal(12,2), assistance_amount decimal(12,2),
        channel string, clause string, account_person_id string?, status string, first_reported_on date32, effective_date date32?"""),
    "after_death": ("extract row_key", """person_id string, died_on date32, extract string, row_key string, enrollment_id string?,
        begins_on date32, ends_on date32?, psn_clct_amt decimal(12,2)?, oth_clct_amt decimal(12,2)?, finsubs_amt decimal(12,2)?,
        is_doubtful bool"""),
    "benefit_continuity": ("person_id to_enrollment_id", """person_id string, from_enrollment_id string, to_enrollment_id string,
        continuous_months int32, gap_months int32, waiting_months int32, benefit_start date32, clause string"""),
    "mutual_aid_dissolutions": ("relation_id", """relation_id string, donor_person_id string, beneficiary_person_id string,
        status string, reason string, unused_quota decimal(12,2), return_to_enrollment_id string, effective_date date32, clause string"""),
    "mutual_aid_clearing": ("month donor_province beneficiary_province", """month string, donor_province string,
        beneficiary_province string, gross_amount decimal(12,2), net_amount decimal(12,2)"""),
    "coverage_gaps": ("person_id", f"""person_id string, status string, admdvs string, suggested_scheme string,
        key_groups list<string>, last_enrollment_id string?, last_covered_on date32?, evidence {EVIDENCE}"""),
    "quarantine": ("extract file row_number", """department string, extract string, file string, row_number int64,
        reasons list<string>, columns list<string>, raw map<string, string>"""),
    "persons": ("person_id", """person_id string, cert_type string, certno_canonical string, name string?, gend string?, brdy date32?,
        other_identifiers list<struct<kind: string, canonical: string>>"""),
    "identity_links": ("old_kind old_canonical new_kind new_canonical", """old_kind string, old_canonical string, new_kind string,
        new_canonical string, person_id string?, link_date date32?, undone_on date32?, reason string, status string, reason_zh string,
        reason_en string"""),
    "identity_candidates": ("candidate_id", f"""candidate_id string, basis string, extract string, row_key string?, file string?,
        row_number int64?, left_kind string?, left_number string, right_kind string, right_number string, right_person_id string,
        evidence {EVIDENCE}, score int32"""),
    "checks": ("extract check_id", """department string, extract string, check_id string, severity string, status string,
        rows_checked int64, rows_failed int64, observed string, expected string"""),
}  # fmt: skip


def promised_columns(text: str) -> list[tuple[str, str, bool]]:
    flat = " ".join(text.split())
    found = [c.partition(" ")[::2] for c in re.split(r", (?=[a-z_]+ (?:string|date32|int|decimal|bool|list|map))(?![^<]*>)", flat)]
    return [(name, type_.rstrip("?"), type_.endswith("?")) for name, type_ in found]


def test_the_datasets_are_those_promised():
    assert list(DATASETS) == list(PROMISED)


@pytest.mark.parametrize("name", PROMISED)
def test_names_order_types_and_gaps_are_those_promised(name):
    key, columns = PROMISED[name]
    dataset = DATASETS[name]
    assert [(c.name, ARROW_TYPES[c.type], c.name in dataset.nullable) for c in dataset.columns] == promised_columns(columns)
    assert " ".join(dataset.key) == key


@pytest.mark.parametrize("name", PROMISED)
def test_a_key_is_made_of_columns_each_listed_once(name):
    dataset = DATASETS[name]
    assert set(dataset.key) <= set(dataset.names)
    assert len(set(dataset.names)) == len(dataset.names)
    assert dataset.nullable <= set(dataset.names)


def test_names_and_certificate_numbers_stay_in_restricted_datasets():
    personal = {d.name: [c.name for c in d.columns if c.personal] for d in DATASETS.values()}
    assert {name for name, columns in personal.items() if columns} == {d.name for d in DATASETS.values() if d.restricted}
    assert {d.name for d in DATASETS.values() if d.restricted} == {"quarantine", "persons", "identity_links", "identity_candidates"}


def test_what_names_a_person_is_marked_as_personal():
    named = {key for key, c in COLUMNS.items() if c.personal}
    assert {
        "certno",
        "psn_name",
        "former_name",
        "brdy",
        "payer_certno",
        "old_certno",
        "old_canonical",
        "new_canonical",
        "left_number",
        "right_number",
        "new_certno",
        "student_no",
        "donor_certno",
        "beneficiary_certno",
        "account_name",
        "certno_canonical",
        "name",
        "other_identifiers",
        "raw",
        "note",
        "decided_by",
    } == named


@pytest.mark.parametrize("name", PROMISED)
def test_the_arrow_schema_is_the_contract_with_labels(name):
    dataset = DATASETS[name]
    schema = schema_of(dataset, {"as_of": "2026-11-22"})
    assert schema.names == dataset.names
    for c in dataset.columns:
        field = schema.field(c.name)
        assert field.nullable == (c.name in dataset.nullable)
        assert field.metadata[b"zh"].decode() == c.zh
        assert field.metadata[b"description"].decode() == c.meaning
    assert schema.metadata[b"as_of"] == b"2026-11-22"
    assert schema.metadata[b"key"].decode().split() == list(dataset.key)


def test_the_two_tables_of_types_say_the_same():
    assert set(TYPES) == set(ARROW_TYPES)
    assert (TYPES["money"], TYPES["date"], TYPES["month"]) == (pa.decimal128(12, 2), pa.date32(), pa.int32())
