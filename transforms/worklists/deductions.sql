-- The sheet of deductions, the levels of one year side by side, in the order of its rows. case_no is the same from night to
-- night for the same year.
-- grain: one row per enrollment and year. inputs: work.subsidy_deductions, work.work_area, work.persons.
WITH of_year AS (
    SELECT enrollment_id, fiscal_year, any_value(person_id) AS person_id, any_value(insu_admdvs) AS insu_admdvs, sum(amount) AS amount,
        sum(amount) FILTER (level = 'central') AS central_amount, sum(amount) FILTER (level = 'province') AS province_amount,
        sum(amount) FILTER (level = 'city') AS city_amount, sum(amount) FILTER (level = 'county') AS county_amount,
        sum(amount) FILTER (level = 'local') AS local_amount,
        -- the levels of one year stand and fall together
        max(basis) AS basis, max(status) AS status, max(rule_id) AS rule_id, max(clause) AS clause, min(first_reported_on) AS first_reported_on
    FROM work.subsidy_deductions
    GROUP BY enrollment_id, fiscal_year
)
SELECT a.area, 'D-' || case_digits(t.enrollment_id, t.fiscal_year) AS case_no, p.name, p.certno_canonical,
    t.enrollment_id, t.insu_admdvs, t.fiscal_year, t.amount, t.central_amount, t.province_amount, t.city_amount, t.county_amount,
    t.local_amount, t.basis, t.status, t.rule_id, t.clause, t.first_reported_on
FROM of_year t
JOIN work.work_area a USING (enrollment_id)
LEFT JOIN work.persons p USING (person_id)
ORDER BY a.area, t.insu_admdvs, t.enrollment_id, t.fiscal_year
