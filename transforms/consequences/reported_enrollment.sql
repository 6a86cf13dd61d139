-- Enrollments that earlier nights reported, as tonight's extracts have them: whose they are, when they were ended, and under which id
-- another row continues them (a move between villages, rules 1.1). One that ends on the day it begins never was.
-- grain: one row per enrollment, key enrollment_id.
-- inputs: enrollment, continuation, spell_of, spell, person, last_refund, last_deduction, last_case.
WITH reported AS (
    SELECT enrollment_id FROM last_refund UNION SELECT enrollment_id FROM last_deduction UNION SELECT enrollment_id FROM last_case
)
SELECT e.psn_insu_rlts_id AS enrollment_id, e.person_key, p.person_id, e.paus_insu_date AS ended_on,
    e.paus_insu_date <= e.crt_insu_date AS is_void, s.enrollment_id AS continued_by
FROM enrollment e
SEMI JOIN reported r ON r.enrollment_id = e.psn_insu_rlts_id
LEFT JOIN person p USING (person_key)
LEFT JOIN continuation c ON c.earlier_no = e.row_id
LEFT JOIN spell_of o ON o.enrollment_no = c.earlier_no
LEFT JOIN spell s ON s.enrollment_no = o.spell_no
