-- Enrollments that earlier nights reported, as tonight's extracts have them: whose they are, where, when they were ended, and under which id
-- another row continues them (a move between villages, rules 1.1). One that ends on the day it begins never began. A share of the
-- persons at a time.
-- grain: one row per enrollment, key enrollment_id.
-- inputs: enrollment, continuation, spell_of, spell, person, last_refund, last_deduction, last_case.
WITH reported AS (
    SELECT enrollment_id FROM last_refund UNION SELECT enrollment_id FROM last_deduction UNION SELECT enrollment_id FROM last_case
),
continued AS (
    SELECT o.earlier_no, s.enrollment_id
    FROM spell s
    JOIN (SELECT c.earlier_no, o.spell_no FROM continuation c JOIN spell_of o ON o.enrollment_no = c.earlier_no) o ON o.spell_no = s.enrollment_no
)
SELECT e.psn_insu_rlts_id AS enrollment_id, e.person_key, p.person_id, e.paus_insu_date AS ended_on,
    e.paus_insu_date <= e.crt_insu_date AS never_began, c.enrollment_id AS continued_by, e.insu_admdvs
FROM (FROM enrollment WHERE in_share(person_key)) e
SEMI JOIN reported r ON r.enrollment_id = e.psn_insu_rlts_id
LEFT JOIN (SELECT person_key, person_id FROM person WHERE in_share(person_key)) p USING (person_key)
LEFT JOIN continued c ON c.earlier_no = e.row_id
