-- A view, read once: what the ladders weigh of every member of every overlap, read at the decision date (rules 2). An unknown
-- fact is false: nobody is ahead of another for want of evidence.
-- grain: one row per overlap and enrollment, key (person_key, starts_on, enrollment_no).
-- inputs: overlap_member, overlap_shape, home, schooling, workplace, chosen.
WITH placed AS (
    -- the pool of a school speaks for residents, that of an employer for employees
    SELECT DISTINCT overlap_no * 2 AS side_no, school_pool AS pool FROM schooling
    UNION ALL
    SELECT overlap_no * 2 + 1, pool FROM workplace WHERE is_employment_place
),
student AS (
    -- at_school: how many of the residents are where the person goes to school; who is said to go to schools in two pools, or where
    -- nobody can read, has no place of school
    SELECT c.overlap_no, bool_or(c.is_freshman) AS is_freshman, any_value(m.at_school) AS at_school,
        min(c.school_pool) < max(c.school_pool) OR bool_or(c.school_pool IS NULL) AS is_school_doubted
    FROM schooling c
    LEFT JOIN (
        SELECT overlap_no, count(*) AS at_school
        FROM overlap_member SEMI JOIN placed USING (side_no, pool)
        WHERE scheme = 'resident'
        GROUP BY overlap_no
    ) m ON m.overlap_no = c.overlap_no
    GROUP BY c.overlap_no
),
of_overlap AS (
    SELECT s.overlap_no, s.n_employee, s.n_resident, s.category, s.has_retired, h.home, h.home_pool, c.overlap_no IS NOT NULL AS is_student,
        coalesce(c.is_freshman, false) AS is_freshman, coalesce(c.at_school, 0) AS at_school,
        coalesce(c.is_school_doubted, false) AND p.chosen_no IS NULL AS is_school_doubted, p.chosen_no, coalesce(p.is_contradicted, false) AS is_contradicted
    FROM overlap_shape s
    LEFT JOIN home h USING (overlap_no)
    LEFT JOIN student c USING (overlap_no)
    LEFT JOIN chosen p ON p.person_key = s.person_key AND p.starts_on = s.starts_on
)
SELECT m.*, o.n_employee, o.n_resident, o.category, o.is_student, o.is_freshman, o.at_school, o.is_school_doubted, o.is_contradicted,
    m.scheme = 'employee' AND o.has_retired AS has_retired,
    m.scheme = 'employee' AND NOT m.is_flexible AS employer_paid,
    m.scheme = 'employee' AND p.side_no IS NOT NULL AS employment_place,
    coalesce(m.scheme = 'resident' AND m.pool = o.home_pool, false) AS usual_residence,
    coalesce(m.scheme = 'resident' AND m.insu_admdvs = o.home, false) AS usual_county,
    m.scheme = 'resident' AND p.side_no IS NOT NULL AS school_place,
    coalesce(o.chosen_no = m.enrollment_no, false) AS person_choice,
    o.home IS NOT NULL AS is_home_known
FROM overlap_member m
JOIN of_overlap o USING (overlap_no)
LEFT JOIN placed p ON p.side_no = m.side_no AND p.pool = m.pool
