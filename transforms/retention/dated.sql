-- Decisions with ids and dates of the enrollment that they speak of and of the one that stays: a table of its own, because memory
-- holds fewer right sides of joins at a time.
-- grain: one row per decision, key (enrollment_no, starts_on). inputs: decided, spell.
SELECT d.*, s.enrollment_id, s.insu_admdvs, s.starts_on AS enrolled_on, s.crt_insu_date,
    k.enrollment_id AS kept_enrollment_id, k.starts_on AS kept_on, k.crt_insu_date AS kept_crt_insu_date
FROM decided d
JOIN spell s ON s.enrollment_no = d.enrollment_no
LEFT JOIN (
    SELECT enrollment_no, enrollment_id, starts_on, crt_insu_date FROM spell WHERE enrollment_no IN (SELECT kept_enrollment_no FROM decided)
) k ON k.enrollment_no = d.kept_enrollment_no
