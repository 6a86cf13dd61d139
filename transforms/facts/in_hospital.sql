-- Enrollments under which the person lies in hospital on the as-of date: the stay names them, or names none and then
-- holds for every enrollment of the person (rules 2, in_hospital).
-- grain: one row per enrollment, key enrollment_no. inputs: inpatient_stay, enrollment_row, spell, spell_of.
WITH open_stay AS (
    SELECT person_key, psn_insu_rlts_id, admitted_on, row_id
    FROM inpatient_stay
    WHERE admitted_on <= $as_of AND (discharged_on IS NULL OR discharged_on > $as_of)
)
SELECT enrollment_no, min(admitted_on) AS admitted_on
FROM (
    SELECT s.enrollment_no, t.admitted_on
    FROM open_stay t
    JOIN enrollment_row r ON r.enrollment_id = t.psn_insu_rlts_id
    LEFT JOIN spell_of o ON o.enrollment_no = r.enrollment_no
    JOIN spell s ON s.enrollment_no = coalesce(o.spell_no, r.enrollment_no)
    UNION ALL
    SELECT s.enrollment_no, t.admitted_on
    FROM open_stay t JOIN spell s ON s.person_key = t.person_key
    WHERE t.psn_insu_rlts_id IS NULL
)
GROUP BY enrollment_no
