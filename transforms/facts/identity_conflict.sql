-- Persons one of whose numbers carries names, sexes or birth dates that do not agree, among enrollment and public-security
-- rows; sexes 0 and 9 and empty fields agree with any; a former name is the same name (rules 2). Each document is judged by
-- itself: a passport spells a name otherwise than a resident ID.
-- A key that two documents share is no identity either, and documents linked into something suspicious are none.
-- grain: one row per person in conflict, key person_key. inputs: person_row, known_name, no_identity, suspicious.
WITH unlike AS (
    SELECT DISTINCT a.document_key, true AS names
    FROM known_name a JOIN known_name b ON a.document_key = b.document_key AND a.name < b.name
    WHERE a.origin = 'name' AND b.origin = 'name'
      AND NOT names_agree(a.name, b.name)
),
rest AS (
    SELECT person_key, document_key,
        count(DISTINCT gend) FILTER (gend IN ('1', '2')) > 1 AS sexes,
        count(DISTINCT brdy) > 1 AS births
    FROM person_row
    GROUP BY person_key, document_key
),
differing AS (
    SELECT person_key, coalesce(u.names, false) AS names, sexes, births, false AS numbers
    FROM rest LEFT JOIN unlike u USING (document_key)
    WHERE (u.names OR sexes OR births) AND person_key NOT IN (SELECT person_key FROM no_identity)
    UNION ALL
    SELECT person_key, false, false, false, true FROM no_identity
    UNION ALL
    SELECT person_key, false, false, false, true FROM suspicious
)
SELECT person_key,
    without_nulls([if(bool_or(names), 'psn_name', NULL), if(bool_or(sexes), 'gend', NULL), if(bool_or(births), 'brdy', NULL),
                 if(bool_or(numbers), 'certno', NULL)]) AS fields
FROM differing
GROUP BY person_key
