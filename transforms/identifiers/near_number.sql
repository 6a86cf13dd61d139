-- Rows of enrollment and public security whose number, of 18 characters, is one repair away from a damaged one, and whose
-- birth date is the same. Names are not compared here.
-- grain: one row per damaged row and row of a known number. inputs: repairable, every_enrollment, every_resident.
WITH known AS NOT MATERIALIZED (
    SELECT 'enrollment' AS extract, psn_insu_rlts_id AS row_key, person_key, id_kind, psn_name, gend, brdy
    FROM every_enrollment
    WHERE person_key > 0
    UNION ALL
    SELECT 'resident', NULL, person_key, id_kind, psn_name, gend, brdy
    FROM every_resident
    WHERE person_key > 0
)
SELECT r.row_id, r.canonical, r.repair, k.*
FROM known k JOIN repairable r ON r.person_key = k.person_key AND r.brdy = k.brdy
