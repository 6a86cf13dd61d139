-- The published dataset of the same name; columns, types and order are those of contracts/datasets.py.
SELECT enrollment_id, person_id, scheme, insu_admdvs, standing, kind, starts_on, nullif(ends_on, DATE '9999-12-31') AS ends_on, part_of
FROM stretch
ORDER BY enrollment_id, kind, starts_on
