-- Persons whose key is shared by two different documents that are not 18 characters long: their key is no identity.
-- grain: one row per colliding key. inputs: enrollment, candidate.
SELECT person_key
FROM enrollment
WHERE person_key < 0 AND person_key IN (SELECT person_key FROM candidate)
GROUP BY person_key
HAVING count(DISTINCT (id_kind, canonical)) > 1
