-- The published dataset of the same name; columns, types and order are those of contracts/datasets.py.
SELECT overlap_id, enrollment_id, person_id, case_numbers, status, decided_on, rule_id, action, items AS evidence, first_reported_on, starts_on
FROM case_ledger
ORDER BY enrollment_id, overlap_id NULLS FIRST
