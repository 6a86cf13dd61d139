-- The night as a whole under each policy: what the lists hold, and the money.
-- grain: one row per policy. inputs: outcome_a, outcome_b.
WITH told AS (
    SELECT 'a' AS side, * FROM outcome_a
    UNION ALL
    SELECT 'b' AS side, * FROM outcome_b
)
SELECT side, count(*) AS decisions,
    count(*) FILTER (counts AND action = 'terminate') AS terminations,
    count(*) FILTER (counts AND action = 'suspend') AS suspensions,
    count(*) FILTER (action = 'review') AS reviews,
    sum(deductions) AS deductions, sum(refunds) AS refunds
FROM told
GROUP BY side
ORDER BY side
