-- When each enrollment came into force, and whether that was a switch between schemes (rules 4.3): of the covers that began
-- before its first active day, the one that reaches furthest is of the other scheme. Only persons with enrollments of both schemes are
-- looked at, by a sweep over the days, so that one person with thousands of rows costs no more than sorting them.
-- grain: one row per enrollment that is ever active, key enrollment_no. inputs: spell, cover.
WITH of_both AS (
    SELECT person_key FROM spell SEMI JOIN (SELECT person_key FROM spell WHERE scheme = 'employee') USING (person_key) WHERE scheme = 'resident'
),
entered AS (
    SELECT enrollment_no, min(person_key) AS person_key, min(starts_on) AS first_day FROM cover GROUP BY enrollment_no
),
events AS (
    SELECT c.person_key, c.starts_on AS day, true AS is_cover, s.scheme = 'employee' AS is_employee, NULL AS enrollment_no, c.ends_on
    FROM cover c SEMI JOIN of_both USING (person_key) JOIN spell s USING (enrollment_no)
    UNION ALL
    -- before what begins on the same day
    SELECT e.person_key, e.first_day, false, s.scheme = 'employee', e.enrollment_no, NULL
    FROM entered e SEMI JOIN of_both USING (person_key) JOIN spell s USING (enrollment_no)
),
reach AS (
    SELECT enrollment_no, day, is_cover, is_employee,
        max(ends_on) FILTER (is_employee) OVER past AS employee_end, max(ends_on) FILTER (NOT is_employee) OVER past AS resident_end
    FROM events
    WINDOW past AS (PARTITION BY person_key ORDER BY day, is_cover ROWS UNBOUNDED PRECEDING)
),
before AS (
    SELECT enrollment_no, if(is_employee, resident_end, employee_end) AS other_end, if(is_employee, employee_end, resident_end) AS same_end
    FROM reach
    WHERE NOT is_cover AND other_end IS NOT NULL
)
SELECT e.person_key, e.enrollment_no, e.first_day,
    -- ends are cut at the first day: of two that reach it neither is before the other
    if(b.other_end IS NULL, NULL, least(b.other_end, e.first_day)) AS other_until,
    coalesce(other_until > coalesce(b.same_end, DATE '0001-01-01'), false) AS is_switch
FROM entered e
LEFT JOIN before b USING (enrollment_no)
