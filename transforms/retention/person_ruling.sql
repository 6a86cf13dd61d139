-- Decisions on a person as a whole: one row for each enrollment that reaches beyond the as-of date, of the dead and of those
-- who have left. Under their own rule it stands for the current and future overlaps of the enrollment (rules 3, step 1).
-- grain: one row per enrollment, key enrollment_no. inputs: ended_by_death, suspended_while_away.
SELECT person_key, enrollment_no, scheme, rule_id, action, would_be, effective_date, conflict, is_rejected, is_unread, confirmed_up_to,
    rule_id <> 'identity_conflict' AS stands_for_overlaps
FROM (FROM ended_by_death UNION ALL BY NAME FROM suspended_while_away)
