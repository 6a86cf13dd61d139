-- When each enrollment came into force, and whether that was a switch between schemes (rules 4.3): of the covers that began
-- before its first active day, the one that reaches furthest (of several the last to begin, then the greatest id) is of
-- the other scheme. A sweep: one person with thousands of rows costs no more than they.
-- grain: one row per enrollment that is ever active, key enrollment_no. inputs: spell, cover.
WITH events AS (
    SELECT c.person_key, c.starts_on AS day, true AS is_cover, s.scheme, c.enrollment_no, s.enrollment_id, c.ends_on
    FROM cover c JOIN spell s USING (enrollment_no)
    UNION ALL
    -- before what begins on the same day
    SELECT s.person_key, min(c.starts_on), false, s.scheme, s.enrollment_no, s.enrollment_id, NULL
    FROM cover c JOIN spell s USING (enrollment_no)
    GROUP BY s.person_key, s.scheme, s.enrollment_no, s.enrollment_id
),
before AS (
    SELECT person_key, day AS first_day, is_cover, scheme, enrollment_no,
        max({'ends_on': ends_on, 'starts_on': day, 'enrollment_id': enrollment_id}) FILTER (is_cover AND scheme = 'employee') OVER past AS employee,
        max({'ends_on': ends_on, 'starts_on': day, 'enrollment_id': enrollment_id}) FILTER (is_cover AND scheme = 'resident') OVER past AS resident
    FROM events
    WINDOW past AS (PARTITION BY person_key ORDER BY day, is_cover, enrollment_id, enrollment_no ROWS UNBOUNDED PRECEDING)
),
sided AS (
    SELECT person_key, first_day, scheme, enrollment_no,
        if(scheme = 'employee', resident, employee) AS other,
        if(scheme = 'employee', resident.ends_on, employee.ends_on) AS other_end,
        if(scheme = 'employee', employee.ends_on, resident.ends_on) AS same_end
    FROM before
    WHERE NOT is_cover
)
SELECT person_key, enrollment_no, scheme, first_day, year(first_day) * 12 + month(first_day) - 1 AS first_month,
    -- ends are cut at the first day: of two that reach it neither is before the other
    coalesce(other_end > coalesce(same_end, DATE '0001-01-01') AND coalesce(same_end, DATE '0001-01-01') < first_day, false) AS is_switch,
    if(is_switch, other.enrollment_id, NULL) AS from_enrollment_id,
    if(other_end IS NULL, NULL, least(other_end, first_day)) AS other_until
FROM sided
