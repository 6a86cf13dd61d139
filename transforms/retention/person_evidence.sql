-- The rows that say a person is dead, and those that do not agree on who the person is, as items of evidence (see
-- overlap_evidence.sql).
-- grain: one row per dead person or person in conflict, key person_key.
-- inputs: ended_by_death, death_report, identity_conflict, person_row.
WITH said AS (
    SELECT DISTINCT r.person_key, 'deceased' AS fact, strftime(r.died_on, '%Y-%m-%d') AS value, r.extract,
        keyed_hash(concat_ws('|', r.extract, r.person_key, r.psn_name, r.died_on)) AS row_key
    FROM death_report r
    WHERE r.person_key IN (SELECT person_key FROM ended_by_death)
    UNION ALL
    SELECT DISTINCT r.person_key, 'identity_conflict', array_to_string(x.fields, ' '), r.extract,
        coalesce(r.row_key, keyed_hash(concat_ws('|', r.extract, r.person_key, r.psn_name, r.gend, r.brdy)))
    FROM identity_conflict x JOIN person_row r USING (person_key)
)
SELECT person_key,
    array_to_string(list_sort(list(concat_ws(chr(31), fact, value, extract, row_key)) FILTER (fact = 'deceased')), chr(30)) AS deceased,
    array_to_string(list_sort(list(concat_ws(chr(31), fact, value, extract, row_key)) FILTER (fact = 'identity_conflict')), chr(30)) AS identity_conflict
FROM said
GROUP BY person_key
