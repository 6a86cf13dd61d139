-- Persons whose number is no identity: a key that two different documents share, which are not 18 characters long (a foreign passport
-- that an extract knows by its number alone is the same document); and numbers that link nobody by themselves, where they would:
-- under one number of another kind, or of a social security card as it is printed, two enrollments, or an enrollment and a death.
-- grain: one row per person, key person_key. inputs: enrollment, resident, death_report, linked, foreign_passport, kind.
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
),
unlinked AS (
    SELECT person_key, document_key
    FROM enrollment JOIN kind USING (id_kind)
    WHERE document_key < 0 AND kind IN ('other', 'social_security_card')
)
SELECT person_key FROM shared
UNION
SELECT person_key FROM unlinked GROUP BY person_key, document_key HAVING count(*) > 1
UNION
SELECT person_key FROM unlinked WHERE document_key IN (SELECT document_key FROM death_report)
