-- Persons with a key that is shared by two different documents that are not 18 characters long: it is no identity.
-- grain: one row per person, key person_key. inputs: enrollment, resident, linked.
WITH document AS (
    SELECT document_key, person_key, id_kind, canonical FROM enrollment WHERE document_key < 0
    UNION ALL
    SELECT document_key, person_key, id_kind, canonical FROM resident WHERE document_key < 0
    UNION ALL
    SELECT document_key, person_key, id_kind, canonical FROM linked WHERE document_key < 0
),
shared AS (
    SELECT person_key
    FROM document
    GROUP BY person_key, document_key
    HAVING count(DISTINCT (id_kind, canonical)) > 1
)
SELECT DISTINCT person_key FROM shared
