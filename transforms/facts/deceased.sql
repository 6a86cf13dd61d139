-- The dead: the earliest date counts; sources more than death_sources_days apart, or a report
-- under another name than the enrollment's, are doubt (rules 2 and 3, deceased); so is a death that only the register tells, which has the
-- person elsewhere without it, or let go for something else after it. reported_on: the latest date.
-- grain: one row per person, key person_key. inputs: death_report, known_name, resident.
WITH own AS (
    SELECT d.person_key, d.name
    FROM known_name d JOIN known_name n USING (person_key)
    WHERE d.origin = 'death' AND n.origin <> 'death' AND names_agree(d.name, n.name)
),
stranger AS (
    SELECT person_key FROM known_name WHERE origin = 'death' AND (person_key, name) NOT IN (SELECT (person_key, name) FROM own)
      AND person_key IN (SELECT person_key FROM known_name WHERE origin = 'name')
),
alive AS (
    SELECT r.person_key
    FROM resident r
    JOIN (SELECT person_key, min(died_on) AS died_on FROM death_report GROUP BY person_key HAVING NOT bool_or(extract = 'death')) d
        USING (person_key)
    WHERE r.dereg_reason IS NULL OR (r.dereg_reason <> 'death' AND coalesce(r.dereg_date > d.died_on, true))
)
SELECT person_key, min(died_on) AS died_on, max(died_on) AS reported_on,
    without_nulls([if(max(died_on) - min(died_on) > $death_sources_days, 'death_date', NULL),
                 if(person_key IN (SELECT person_key FROM stranger), 'psn_name', NULL),
                 if(person_key IN (SELECT person_key FROM alive), 'dereg_reason', NULL)]) AS doubts
FROM death_report
GROUP BY person_key
