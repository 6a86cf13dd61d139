-- Enrollments that earlier nights reported and that have been ended since: what was decided of them was carried out. One that
-- another row continues (a move between villages, rules 1.1) was not ended.
-- grain: one row per enrollment, key enrollment_id. inputs: since.enrollment, since.continuation.
SELECT psn_insu_rlts_id AS enrollment_id, person_key
FROM since.enrollment
WHERE paus_insu_date <= $as_of AND row_id NOT IN (SELECT earlier_no FROM since.continuation)
