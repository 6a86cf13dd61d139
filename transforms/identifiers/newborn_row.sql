-- Enrollments of newborns, with what their number tells of the mother: hers stands on the child, or in front of the child's
-- place among her children (a virtual number).
-- grain: one row per enrollment of a newborn. inputs: read_enrollment, dropped_enrollment.
SELECT row_id, psn_insu_rlts_id AS row_key, person_key AS document_key, id_kind, canonical, psn_name, gend, brdy,
    CASE
        WHEN person_key > 0 AND person_key // 1000 % 100000000 < (year(brdy) - 12) * 10000 THEN person_key
        WHEN regexp_matches(canonical, '^[1-7][0-9]{16}[0-9X][0-9A-Z]{1,4}$') THEN CAST(canonical[1:17] AS BIGINT)
    END AS mother_key,
    if(person_key < 0 AND mother_key IS NOT NULL, canonical[19:], NULL) AS suffix
FROM read_enrollment
WHERE psn_type = '1401' AND is_sex(gend) AND brdy IS NOT NULL
  AND row_id NOT IN (SELECT row_id FROM dropped_enrollment)
