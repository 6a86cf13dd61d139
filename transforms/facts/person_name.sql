-- Names that persons whose rows differ (person_row) go by under each of their documents, and whether a row gives it as a
-- former name.
-- grain: one row per document, spelling and origin. inputs: person_row, death_report.
SELECT DISTINCT person_key, document_key, psn_name, origin
FROM (
    SELECT person_key, document_key, psn_name, 'name' AS origin FROM person_row
    UNION ALL
    SELECT person_key, document_key, former_name, 'former' FROM person_row
    UNION ALL
    SELECT person_key, document_key, psn_name, 'death' FROM death_report WHERE person_key IN (SELECT person_key FROM person_row)
)
WHERE psn_name IS NOT NULL
