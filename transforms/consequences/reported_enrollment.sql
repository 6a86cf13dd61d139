-- Enrollments that earlier nights reported, as tonight's extracts have them: whose they are, and when they were ended. One that
-- another row continues (a move between villages, rules 1.1) was not ended; one that ends on the day it begins never was.
-- grain: one row per enrollment, key enrollment_id.
-- inputs: enrollment, continuation, person, last_refund, last_deduction, last_case.
WITH reported AS (
    SELECT enrollment_id FROM last_refund UNION SELECT enrollment_id FROM last_deduction UNION SELECT enrollment_id FROM last_case
)
SELECT e.psn_insu_rlts_id AS enrollment_id, e.person_key, p.person_id,
    if(c.earlier_no IS NULL, e.paus_insu_date, NULL) AS ended_on,
    ended_on <= e.crt_insu_date AS is_void
FROM enrollment e
SEMI JOIN reported r ON r.enrollment_id = e.psn_insu_rlts_id
LEFT JOIN continuation c ON c.earlier_no = e.row_id
LEFT JOIN person p USING (person_key)
