-- Enrollments under which the person lies in hospital on the as-of date: the stay names them, or names none of the person's and then
-- holds for every enrollment of the person (rules 2, in_hospital). A stay in quarantine is one, too, unless it is plainly over or still to
-- come: unread says why it is there (docs/decisions/0098).
-- grain: one row per enrollment, key enrollment_no. inputs: inpatient_stay, unread_inpatient_stay, spell_row, spell.
WITH open_stay AS (
    SELECT row_id, person_key, psn_insu_rlts_id, admitted_on, reasons
    FROM (SELECT *, NULL AS reasons FROM inpatient_stay UNION ALL BY NAME FROM unread_inpatient_stay)
    WHERE coalesce(admitted_on, $as_of) <= $as_of AND (discharged_on IS NULL OR discharged_on > $as_of)
),
named AS (
    SELECT t.row_id, t.person_key = r.person_key AS is_own, r.enrollment_no, t.admitted_on, t.reasons
    FROM spell_row r
    JOIN open_stay t ON t.psn_insu_rlts_id = r.enrollment_id
)
SELECT enrollment_no, min(admitted_on) AS admitted_on, if(count(reasons) = count(*), min(reasons), NULL) AS unread
FROM (
    SELECT s.enrollment_no, n.admitted_on, n.reasons FROM spell s JOIN named n USING (enrollment_no)
    UNION ALL
    SELECT s.enrollment_no, t.admitted_on, t.reasons
    FROM spell s JOIN open_stay t USING (person_key)
    -- an id of no row that is read, or of somebody else, tells nothing of where the cost is paid from
    WHERE t.row_id NOT IN (SELECT n.row_id FROM named n JOIN spell USING (enrollment_no) WHERE is_own)
)
GROUP BY enrollment_no
