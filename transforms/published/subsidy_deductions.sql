-- The published dataset of the same name; columns, types and order are those of contracts/datasets.py.
SELECT s.enrollment_id, p.person_id, d.insu_admdvs, CAST(d.fiscal_year AS INTEGER) AS fiscal_year, d.level, d.amount, d.basis, d.rule_id,
    r.clause, d.status, $as_of AS first_reported_on
FROM deduction_share d
JOIN spell s USING (enrollment_no)
JOIN person p ON p.person_key = d.person_key
JOIN rule r USING (rule_id)
ORDER BY s.enrollment_id, fiscal_year, level
