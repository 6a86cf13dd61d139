-- The changed decisions by what they were and what they would be: rule, action, and for one that is not carried out
-- (none, hold, guarded review) what the rule asks for.
-- grain: one row per rule and action under each policy. inputs: changed.
SELECT rule_id_a, action_a, would_be_a, rule_id_b, action_b, would_be_b, count(*) AS decisions, count(DISTINCT person_id) AS people,
    sum(deductions_a) AS deductions_a, sum(deductions_b) AS deductions_b, sum(refunds_a) AS refunds_a, sum(refunds_b) AS refunds_b
FROM changed
GROUP BY rule_id_a, action_a, would_be_a, rule_id_b, action_b, would_be_b
ORDER BY decisions DESC, rule_id_a NULLS FIRST, action_a, would_be_a NULLS FIRST, rule_id_b NULLS FIRST, action_b, would_be_b NULLS FIRST
