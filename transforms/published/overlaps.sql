-- The published dataset of the same name; columns, types and order are those of contracts/datasets.py.
SELECT n.overlap_id, n.person_id, s.category, s.place, starts_on, nullif(o.ends_on, DATE '9999-12-31') AS ends_on, o.timing,
    CAST(s.n_enrollments AS INTEGER) AS n_enrollments, n.enrollment_ids, o.decision_date
FROM overlap_id n
JOIN overlap o USING (person_key, starts_on)
JOIN overlap_shape s USING (person_key, starts_on)
ORDER BY overlap_id
