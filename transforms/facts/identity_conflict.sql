-- Persons whose rows of enrollment and public security do not agree on who it is; sexes 0 and 9 and empty fields agree with any; a
-- former name is the same name (rules 2). Names are judged for each document by itself: a passport spells a name otherwise than a
-- resident ID. Linked documents of both sexes, or of two birth dates and no name in common, are not one person's, whatever the link says.
-- A key that two documents share is no identity either, and documents linked into something suspicious are none.
-- grain: one row per person in conflict, key person_key. inputs: person_row, known_name, no_identity, suspicious.
WITH document AS (
    SELECT person_key, document_key, min(brdy) AS brdy, max(brdy) AS last_brdy FROM person_row GROUP BY person_key, document_key
),
name AS (
    SELECT person_key, document_key, name FROM known_name WHERE origin = 'name'
),
differing AS (
    SELECT a.person_key, 'psn_name' AS field, 1 AS place
    FROM name a JOIN name b ON a.document_key = b.document_key AND a.name < b.name
    WHERE NOT names_agree(a.name, b.name)
    UNION
    SELECT person_key, 'gend', 2 FROM person_row GROUP BY person_key HAVING count(DISTINCT gend) FILTER (is_sex(gend)) > 1
    UNION
    SELECT person_key, 'brdy', 3 FROM document WHERE brdy < last_brdy
    UNION
    SELECT a.person_key, 'brdy', 3
    FROM document a JOIN document b ON a.person_key = b.person_key AND a.document_key < b.document_key AND a.brdy <> b.brdy
    JOIN name n ON n.document_key = a.document_key
    JOIN name m ON m.document_key = b.document_key
    GROUP BY a.person_key, a.document_key, b.document_key
    HAVING NOT bool_or(names_agree(n.name, m.name))
)
SELECT person_key, list(field ORDER BY place) AS fields
FROM (
    SELECT * FROM differing WHERE person_key NOT IN (SELECT person_key FROM no_identity)
    UNION
    SELECT person_key, 'certno', 4 FROM no_identity
    UNION
    SELECT person_key, 'certno', 4 FROM suspicious
)
GROUP BY person_key
