-- Which enrollments each overlap consists of. side_no tells the members of one scheme in one overlap by one number.
-- grain: one row per overlap and enrollment, key (person_key, starts_on, enrollment_no). inputs: overlap, cover, spell.
SELECT o.overlap_no, o.overlap_no * 2 + if(s.scheme = 'employee', 1, 0) AS side_no, o.person_key, o.starts_on, o.timing, o.decision_date,
    s.enrollment_no, s.scheme, s.pool, s.insu_admdvs, s.is_retired, s.is_flexible, s.crt_insu_date
FROM spell s
JOIN (
    SELECT o.*, c.enrollment_no
    FROM cover c
    JOIN overlap o ON o.person_key = c.person_key AND o.starts_on >= c.starts_on AND o.ends_on <= c.ends_on
) o ON o.enrollment_no = s.enrollment_no
