-- Rows of enrollment and public security under documents that are no resident IDs, with a name and a birth date.
-- grain: one row per row of the two extracts. inputs: every_enrollment, every_resident, kind.
SELECT 'enrollment' AS extract, row_id, psn_insu_rlts_id AS row_key, person_key AS document_key, id_kind, canonical, psn_name, gend, brdy, emp_no
FROM every_enrollment
WHERE id_kind <> (SELECT id_kind FROM kind WHERE kind = 'resident_id') AND psn_name IS NOT NULL AND brdy IS NOT NULL
UNION ALL
SELECT 'resident', row_id, NULL, person_key, id_kind, canonical, psn_name, gend, brdy, NULL
FROM every_resident
WHERE id_kind <> (SELECT id_kind FROM kind WHERE kind = 'resident_id') AND psn_name IS NOT NULL AND brdy IS NOT NULL
