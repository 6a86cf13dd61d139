-- Subsidies to be deducted, by level of government and state in the ledger.
-- grain: one row per level and status. inputs: subsidy_deductions.
SELECT level, status, count(DISTINCT enrollment_id) AS enrollments, sum(amount) AS amount
FROM subsidy_deductions
GROUP BY level, status
ORDER BY level, status
