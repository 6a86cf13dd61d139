-- Every fact of every member of every overlap, read at the decision date (rules 2). An unknown fact is false: nobody
-- is ahead of another for want of evidence.
-- grain: one row per overlap and enrollment, key (person_key, starts_on, enrollment_no).
-- inputs: overlap_member, overlap_shape, benefit, home, schooling, workplace, continuity, chosen.
WITH school AS (
    SELECT person_key, starts_on, list(DISTINCT school_pool) AS pools, bool_or(is_freshman) AS is_freshman
    FROM schooling
    GROUP BY person_key, starts_on
)
SELECT m.*, s.n_employee, s.n_resident, s.category, s.place, b.benefits_from,
    m.scheme = 'employee' AND NOT m.is_flexible AS employer_paid,
    coalesce(m.scheme = 'employee' AND w.is_employment_place, false) AS employment_place,
    coalesce(m.scheme = 'resident' AND m.pool = h.home_pool, false) AS usual_residence,
    coalesce(m.scheme = 'resident' AND m.insu_admdvs = h.home, false) AS usual_county,
    coalesce(m.scheme = 'resident' AND list_contains(c.pools, m.pool), false) AS school_place,
    c.person_key IS NOT NULL AS is_student,
    coalesce(c.is_freshman, false) AS is_freshman,
    b.benefits_from <= m.decision_date AS benefit_active,
    coalesce(p.chosen_no = m.enrollment_no, false) AS person_choice,
    coalesce(p.is_contradicted, false) AS is_choice_contradicted,
    coalesce(k.continuous_employee_months, 0) AS continuous_employee_months,
    h.home IS NOT NULL AS is_home_known
FROM overlap_member m
JOIN overlap_shape s USING (person_key, starts_on)
JOIN benefit b USING (enrollment_no)
LEFT JOIN home h USING (person_key, starts_on)
LEFT JOIN school c USING (person_key, starts_on)
LEFT JOIN workplace w ON w.person_key = m.person_key AND w.starts_on = m.starts_on AND w.pool = m.pool
LEFT JOIN continuity k ON k.person_key = m.person_key AND k.starts_on = m.starts_on
LEFT JOIN chosen p ON p.person_key = m.person_key AND p.starts_on = m.starts_on
