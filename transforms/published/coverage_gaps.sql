-- The published dataset of the same name; columns, types and order are those of contracts/datasets.py.
SELECT person_id, status, g.admdvs, suggested_scheme, key_groups, last_enrollment_id, last_covered_on, items AS evidence
FROM person JOIN plan.gap g USING (person_key)
ORDER BY person_id
