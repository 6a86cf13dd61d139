-- Decisions by rule and action.
-- grain: one row per rule and action. inputs: decisions.
SELECT rule_id, min(clause) AS clause, action, count(*) AS decisions
FROM decisions
GROUP BY rule_id, action
ORDER BY rule_id, action
