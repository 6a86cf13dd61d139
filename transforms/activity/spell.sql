-- Enrollments as the rules speak of them: the last row's id and attributes, the first start, the earliest benefits.
-- crt_insu_date stays the last row's; starts_on is the start of the spell. undated_until: where the first of its rows begins that says
-- when benefits begin, if rows before it do not.
-- grain: one row per enrollment, key enrollment_no. inputs: enrollment_row, spell_of.
WITH grouped AS (
    SELECT spell_no, min(crt_insu_date) AS starts_on, min(trt_begn_date) AS trt_begn_date,
        min(crt_insu_date) FILTER (trt_begn_date IS NOT NULL) AS undated_until
    FROM enrollment_row JOIN spell_of USING (enrollment_no)
    GROUP BY spell_no
)
SELECT r.enrollment_no, r.enrollment_id, r.person_key, r.scheme, r.pool, r.insu_admdvs, r.emp_no, r.is_retired, r.is_flexible,
    r.crt_insu_date,
    coalesce(g.starts_on, r.crt_insu_date) AS starts_on,
    r.ends_on,
    coalesce(g.trt_begn_date, r.trt_begn_date) AS trt_begn_date,
    g.undated_until
FROM enrollment_row r
LEFT JOIN grouped g ON g.spell_no = r.enrollment_no
WHERE r.enrollment_no NOT IN (SELECT enrollment_no FROM spell_of WHERE enrollment_no <> spell_no)
