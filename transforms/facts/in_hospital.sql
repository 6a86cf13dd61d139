-- Enrollments under which the person lies in hospital on the as-of date: the stay names them, or names none and then
-- holds for every enrollment of the person (rules 2, in_hospital).
-- grain: one row per enrollment, key enrollment_no. inputs: inpatient_stay, enrollment_row, spell, spell_of.
WITH open_stay AS (
    SELECT person_key, psn_insu_rlts_id, admitted_on
    FROM inpatient_stay
    WHERE admitted_on <= $as_of AND (discharged_on IS NULL OR discharged_on > $as_of)
)
SELECT enrollment_no, min(admitted_on) AS admitted_on
FROM (
    SELECT s.enrollment_no, t.admitted_on
    FROM spell s
    JOIN (
        SELECT coalesce(o.spell_no, r.enrollment_no) AS enrollment_no, t.admitted_on
        FROM enrollment_row r
        JOIN open_stay t ON t.psn_insu_rlts_id = r.enrollment_id
        LEFT JOIN spell_of o ON o.enrollment_no = r.enrollment_no
    ) t ON t.enrollment_no = s.enrollment_no
    UNION ALL
    SELECT s.enrollment_no, t.admitted_on
    FROM spell s JOIN (SELECT * FROM open_stay WHERE psn_insu_rlts_id IS NULL) t ON t.person_key = s.person_key
)
GROUP BY enrollment_no
