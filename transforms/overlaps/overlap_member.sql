-- Which enrollments each overlap consists of.
-- grain: one row per overlap and enrollment, key (person_key, starts_on, enrollment_no). inputs: overlap, cover, spell.
SELECT o.person_key, o.starts_on, o.timing, o.decision_date,
    s.* EXCLUDE (person_key, enrollment_id, starts_on, ends_on, trt_begn_date, emp_no)
FROM overlap o
JOIN cover c ON c.person_key = o.person_key AND c.starts_on <= o.starts_on AND c.ends_on >= o.ends_on
JOIN spell s ON s.enrollment_no = c.enrollment_no
