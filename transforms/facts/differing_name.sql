-- Spellings of persons who go by more than one, or of whom another department has another (other_name): only these are worth comparing in
-- their comparable form.
-- grain: one row per spelling. inputs: person_name, other_name, own_name.
SELECT DISTINCT psn_name
FROM person_name
WHERE person_key IN (SELECT person_key FROM person_name GROUP BY person_key HAVING count(DISTINCT psn_name) > 1)
UNION
SELECT psn_name FROM other_name
UNION
SELECT psn_name FROM own_name WHERE psn_name IS NOT NULL
