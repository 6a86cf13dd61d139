-- The changed decisions by province of the enrollment.
-- grain: one row per province. inputs: changed.
SELECT insu_admdvs[1:2] AS province, count(*) AS decisions, count(DISTINCT person_id) AS people,
    sum(deductions_a) AS deductions_a, sum(deductions_b) AS deductions_b, sum(refunds_a) AS refunds_a, sum(refunds_b) AS refunds_b
FROM changed
GROUP BY province
ORDER BY province
