-- Spellings of persons who go by more than one: only these are worth comparing in their comparable form.
-- grain: one row per spelling. inputs: person_name.
SELECT DISTINCT psn_name
FROM person_name
WHERE person_key IN (SELECT person_key FROM person_name GROUP BY person_key HAVING count(DISTINCT psn_name) > 1)
