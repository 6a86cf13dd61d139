-- Persons whose cover a rule ends, suspends, holds or puts to review tonight, for the check rule_share.
-- grain: one row per rule, key rule_id. inputs: decided.
SELECT rule_id, count(DISTINCT person_key) AS persons
FROM decided
WHERE action IN ('terminate', 'suspend', 'hold', 'review')
GROUP BY rule_id
