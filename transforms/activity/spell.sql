-- Enrollments as the rules speak of them: the last row's id and attributes, the first start, the earliest benefits.
-- crt_insu_date stays the last row's; starts_on is the start of the spell.
-- grain: one row per enrollment, key enrollment_id. inputs: enrollment_row, spell_of.
WITH grouped AS (
    SELECT spell_id, min(crt_insu_date) AS starts_on, min(trt_begn_date) AS trt_begn_date
    FROM enrollment_row JOIN spell_of USING (enrollment_id)
    GROUP BY spell_id
)
SELECT r.enrollment_id, r.person_key, r.scheme, r.pool, r.insu_admdvs, r.emp_no, r.is_retired, r.is_flexible,
    r.crt_insu_date,
    coalesce(g.starts_on, r.crt_insu_date) AS starts_on,
    r.ends_on,
    coalesce(g.trt_begn_date, r.trt_begn_date) AS trt_begn_date,
    r.row_id
FROM enrollment_row r
LEFT JOIN grouped g ON g.spell_id = r.enrollment_id
WHERE r.enrollment_id NOT IN (SELECT enrollment_id FROM spell_of WHERE enrollment_id <> spell_id)
