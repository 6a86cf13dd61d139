-- The changed decisions by province of the enrollment; 00 for protected persons.
-- grain: one row per province. inputs: changed, protected_id.
SELECT if(person_id IN (SELECT person_id FROM protected_id), '00', insu_admdvs[1:2]) AS province, count(*) AS decisions, count(DISTINCT person_id) AS people,
    sum(deductions_a) AS deductions_a, sum(deductions_b) AS deductions_b, sum(refunds_a) AS refunds_a, sum(refunds_b) AS refunds_b
FROM changed
GROUP BY province
ORDER BY province
