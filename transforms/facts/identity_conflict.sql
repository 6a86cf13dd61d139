-- Persons whose one number carries names, sexes or birth dates that do not agree, among enrollment and
-- public-security rows; sexes 0 and 9 and empty fields agree with any; a former name is the same name (rules 2).
-- A key that two documents share is no identity either.
-- grain: one row per person in conflict, key person_key. inputs: person_row, known_name, key_collision.
WITH names AS (
    -- two names agree where they have one length and each place is equal or was lost: ?, *, private use
    SELECT DISTINCT a.person_key, true AS differ
    FROM known_name a JOIN known_name b ON a.person_key = b.person_key AND a.name < b.name
    WHERE a.origin = 'name' AND b.origin = 'name'
      AND NOT (length(a.name) = length(b.name) AND list_bool_and(list_transform(range(1, length(a.name) + 1), lambda i:
          a.name[i] = b.name[i] OR regexp_matches(a.name[i] || b.name[i], '[?*\x{E000}-\x{F8FF}]'))))
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
