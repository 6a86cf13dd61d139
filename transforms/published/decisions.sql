-- The published dataset of the same name; columns, types and order are those of contracts/datasets.py.
SELECT * EXCLUDE (conflict, person_key, starts_on, enrollment_no, kept_enrollment_no, counts) FROM decision ORDER BY enrollment_id, overlap_id NULLS FIRST
