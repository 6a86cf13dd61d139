-- Persons whose one number carries names, sexes or birth dates that do not agree, among enrollment and
-- public-security rows; sexes 0 and 9 and empty fields agree with any; a former name is the same name (rules 2).
-- A key that two documents share is no identity either.
-- grain: one row per person in conflict, key person_key. inputs: person_row, key_collision.
WITH named AS (
    SELECT person_key, comparable_name(psn_name) AS name, comparable_name(former_name) AS former, gend, brdy
    FROM person_row
),
renamed AS (
    SELECT person_key, former, min(name) AS name
    FROM named
    WHERE former <> '' AND name <> ''
    GROUP BY person_key, former
),
told AS (
    SELECT n.person_key, coalesce(r.name, n.name) AS name, n.gend, n.brdy
    FROM named n LEFT JOIN renamed r ON r.person_key = n.person_key AND r.former = n.name
),
differing AS (
    SELECT person_key,
        count(DISTINCT nullif(name, '')) > 1 AS names,
        count(DISTINCT gend) FILTER (gend IN ('1', '2')) > 1 AS sexes,
        count(DISTINCT brdy) > 1 AS births
    FROM told
    GROUP BY person_key
)
SELECT person_key, list_filter([if(names, 'psn_name', NULL), if(sexes, 'gend', NULL), if(births, 'brdy', NULL)], lambda f: f IS NOT NULL) AS fields
FROM differing
WHERE (names OR sexes OR births) AND person_key NOT IN (SELECT person_key FROM key_collision)
UNION ALL
SELECT person_key, ['certno'] FROM key_collision
