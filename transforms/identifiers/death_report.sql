-- What the departments say about deaths, of the persons in question; dates after the as-of date are ignored (rules 2, deceased).
-- grain: one row per report. inputs: death, resident.
SELECT person_key, document_key, death_date AS died_on, psn_name, 'death' AS extract
FROM death
WHERE death_date <= $as_of
UNION ALL
SELECT person_key, document_key, dereg_date, psn_name, 'resident'
FROM resident
WHERE dereg_reason = 'death' AND dereg_date <= $as_of
