-- Rows of enrollment and public security under documents that are no resident IDs, with a name and a birth date.
-- grain: one row per row of the two extracts.
-- inputs: read_enrollment, dropped_enrollment, read_resident, dropped_resident, kind.
SELECT 'enrollment' AS extract, row_id, psn_insu_rlts_id AS row_key, person_key AS document_key, id_kind, canonical, psn_name, gend, brdy, emp_no
FROM read_enrollment
WHERE id_kind IN (SELECT id_kind FROM kind WHERE kind <> 'resident_id') AND psn_name IS NOT NULL AND brdy IS NOT NULL
  AND row_id NOT IN (SELECT row_id FROM dropped_enrollment)
UNION ALL
SELECT 'resident', row_id, NULL, person_key, id_kind, canonical, psn_name, gend, brdy, NULL
FROM read_resident
WHERE id_kind IN (SELECT id_kind FROM kind WHERE kind <> 'resident_id') AND psn_name IS NOT NULL AND brdy IS NOT NULL
  AND row_id NOT IN (SELECT row_id FROM dropped_resident)
