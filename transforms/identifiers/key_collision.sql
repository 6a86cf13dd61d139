-- Persons with a key that is shared by two different documents that are not 18 characters long: it is no identity.
-- A foreign passport that an extract knows by its number alone is the same document.
-- grain: one row per person, key person_key. inputs: enrollment, resident, linked, foreign_passport.
WITH document AS (
    SELECT document_key, person_key, id_kind, canonical FROM enrollment WHERE document_key < 0
    UNION ALL
    SELECT document_key, person_key, id_kind, canonical FROM resident WHERE document_key < 0
    UNION ALL
    SELECT document_key, person_key, id_kind, canonical FROM linked WHERE document_key < 0
),
shared AS (
    SELECT person_key
    FROM document d LEFT JOIN foreign_passport f ON f.passport_key = d.document_key AND f.canonical[4:] = d.canonical
    GROUP BY person_key, document_key
    HAVING count(DISTINCT (d.id_kind, coalesce(f.canonical, d.canonical))) > 1
)
SELECT DISTINCT person_key FROM shared
