-- Enrollments under which the person lies in hospital on the as-of date: the stay names them, or names none and then
-- holds for every enrollment of the person (rules 2, in_hospital).
-- grain: one row per enrollment, key enrollment_id. inputs: inpatient_stay, spell, spell_of, candidate.
WITH open_stay AS (
    SELECT person_key, psn_insu_rlts_id, admitted_on, row_id
    FROM inpatient_stay
    WHERE admitted_on <= $as_of AND (discharged_on IS NULL OR discharged_on > $as_of)
)
SELECT enrollment_id, min(admitted_on) AS admitted_on
FROM (
    SELECT s.enrollment_id, t.admitted_on
    FROM open_stay t LEFT JOIN spell_of o ON o.enrollment_id = t.psn_insu_rlts_id
    JOIN spell s ON s.enrollment_id = coalesce(o.spell_id, t.psn_insu_rlts_id)
    UNION ALL
    SELECT s.enrollment_id, t.admitted_on
    FROM open_stay t JOIN spell s ON s.person_key = t.person_key
    WHERE t.psn_insu_rlts_id IS NULL
)
GROUP BY enrollment_id
