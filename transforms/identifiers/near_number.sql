-- Rows of enrollment and public security whose number, of 18 characters, is one repair away from a damaged one, and whose
-- birth date is the same. Names are not compared here.
-- grain: one row per damaged row and row of a known number.
-- inputs: repairable, read_enrollment, dropped_enrollment, read_resident, dropped_resident.
WITH repaired AS (
    SELECT * FROM repairable WHERE repair IS NOT NULL
),
known AS (
    -- by the number alone, which is looked for while the rows are read
    SELECT 'enrollment' AS extract, psn_insu_rlts_id AS row_key, person_key, id_kind, psn_name, gend, brdy
    FROM read_enrollment SEMI JOIN repaired USING (person_key)
    WHERE row_id NOT IN (SELECT row_id FROM dropped_enrollment)
    UNION ALL
    SELECT 'resident', NULL, person_key, id_kind, psn_name, gend, brdy
    FROM read_resident SEMI JOIN repaired USING (person_key)
    WHERE row_id NOT IN (SELECT row_id FROM dropped_resident)
)
SELECT r.row_id, r.canonical, r.repair, k.*
FROM known k JOIN repaired r ON r.person_key = k.person_key AND r.brdy = k.brdy
