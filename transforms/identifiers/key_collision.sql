-- Persons whose key is shared by two different documents that are not 18 characters long: their key is no identity.
-- grain: one row per colliding key. inputs: enrollment.
SELECT person_key
FROM enrollment
WHERE person_key < 0
GROUP BY person_key
HAVING count(DISTINCT (id_kind, canonical)) > 1
