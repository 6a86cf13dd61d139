-- Every row of enrollment and public security that speaks of a person in question, with the document it goes by (rules 2,
-- identity_conflict).
-- grain: one row per row of the two extracts. inputs: enrollment, resident.
SELECT person_key, document_key, 'enrollment' AS extract, psn_insu_rlts_id AS row_key, psn_name, NULL AS former_name, gend, brdy
FROM enrollment
UNION ALL
SELECT person_key, document_key, 'resident', NULL, psn_name, former_name, gend, brdy
FROM resident
