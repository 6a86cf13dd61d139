-- Subsidies to be deducted, by level of government and state in the ledger, and how many people they are of.
-- grain: one row per level and status. inputs: subsidy_deductions.
SELECT level, status, count(DISTINCT enrollment_id) AS enrollments, sum(amount) AS amount,
    count(DISTINCT person_id) FILTER (amount <> 0) AS people_of_amount
FROM subsidy_deductions
GROUP BY level, status
ORDER BY level, status
