-- The published dataset of the same name; columns, types and order are those of contracts/datasets.py.
SELECT d.enrollment_id, p.person_id, d.insu_admdvs, CAST(d.fiscal_year AS INTEGER) AS fiscal_year, d.level, d.amount, d.basis, d.rule_id,
    r.clause, d.status, $as_of AS first_reported_on
FROM deduction_share d
JOIN person p USING (person_key)
JOIN rule r USING (rule_id)
ORDER BY enrollment_id, fiscal_year, level
