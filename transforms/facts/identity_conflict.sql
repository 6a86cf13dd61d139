-- Persons whose one number carries names, sexes or birth dates that do not agree, among enrollment and
-- public-security rows; sexes 0 and 9 and empty fields agree with any; a former name is the same name (rules 2).
-- A key that two documents share is no identity either.
-- grain: one row per person in conflict, key person_key. inputs: person_row, known_name, key_collision.
WITH names AS (
    SELECT person_key, count(DISTINCT name) > 1 AS differ FROM known_name WHERE origin = 'name' GROUP BY person_key
),
rest AS (
    SELECT person_key,
        count(DISTINCT gend) FILTER (gend IN ('1', '2')) > 1 AS sexes,
        count(DISTINCT brdy) > 1 AS births
    FROM person_row
    GROUP BY person_key
),
differing AS (
    SELECT person_key, coalesce(names.differ, false) AS names, sexes, births
    FROM rest LEFT JOIN names USING (person_key)
)
SELECT person_key, list_filter([if(names, 'psn_name', NULL), if(sexes, 'gend', NULL), if(births, 'brdy', NULL)], lambda f: f IS NOT NULL) AS fields
FROM differing
WHERE (names OR sexes OR births) AND person_key NOT IN (SELECT person_key FROM key_collision)
UNION ALL
SELECT person_key, ['certno'] FROM key_collision
