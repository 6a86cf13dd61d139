-- The dead among the candidates: the earliest date counts; sources more than death_sources_days apart, or a report
-- under another name than the enrollment's, are doubt (rules 2 and 3, deceased).
-- grain: one row per person, key person_key. inputs: death_report, candidate, person_row.
WITH known_name AS (
    SELECT person_key, list(DISTINCT name) AS names
    FROM (SELECT person_key, comparable_name(psn_name) AS name FROM person_row
          UNION ALL SELECT person_key, comparable_name(former_name) FROM person_row)
    WHERE name <> ''
    GROUP BY person_key
),
report AS (
    SELECT d.person_key, d.died_on,
        comparable_name(d.psn_name) <> '' AND NOT list_contains(coalesce(names, [comparable_name(d.psn_name)]), comparable_name(d.psn_name)) AS is_other_name
    FROM death_report d LEFT JOIN known_name USING (person_key)
    WHERE d.person_key IN (SELECT person_key FROM candidate)
)
SELECT person_key, min(died_on) AS died_on,
    list_filter([if(max(died_on) - min(died_on) > $death_sources_days, 'death_date', NULL),
                 if(coalesce(bool_or(is_other_name), false), 'psn_name', NULL)], lambda f: f IS NOT NULL) AS doubts
FROM report
GROUP BY person_key
