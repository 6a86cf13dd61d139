-- The published dataset of the same name; columns, types and order are those of contracts/datasets.py.
-- What all stretches of an enrollment share is attached when they are written (published/timeline_columns.sql).
SELECT enrollment_place, (['active', 'back_paid', 'benefits', 'enrolled', 'merged', 'paid'])[s.kind] AS kind, starts_on,
    nullif(ends_on, DATE '9999-12-31') AS ends_on
FROM stretch s
ORDER BY enrollment_place, s.kind, starts_on
