-- The rows of other departments that the decisions of an overlap rest on, as ordered lists: they are the same for all its
-- members. A row without a key of its own is named by a keyed hash of its content, the same wherever in a file it stands
-- (promise 4: every decision carries its evidence).
-- grain: one row per overlap with such evidence, key (person_key, starts_on).
-- inputs: home, resident, schooling, student, workplace, continuity, employee_month, payment, spell.
WITH residence AS (
    SELECT h.person_key, h.starts_on, h.home AS value,
        keyed_hash(concat_ws('|', 'resident', r.person_key, r.psn_name, r.brdy, r.hsreg_admdvs, r.live_admdvs, r.permit_admdvs,
            r.permit_begin, r.permit_end, r.dereg_reason, r.dereg_date)) AS row_key
    FROM (SELECT person_key, starts_on, home, unnest(row_ids) AS row_id FROM home) h JOIN resident r USING (row_id)
),
school AS (
    SELECT c.person_key, c.starts_on, c.school_admdvs AS value,
        keyed_hash(concat_ws('|', 'student', s.person_key, s.school_admdvs, s.stage, s.entry_date, s.expected_graduation, s.status)) AS row_key
    FROM schooling c JOIN student s USING (row_id)
),
months AS (
    SELECT c.person_key, c.starts_on, CAST(c.continuous_employee_months AS VARCHAR) AS value, e.extract,
        coalesce(p.clct_detl_id, s.enrollment_id) AS row_key
    FROM continuity c
    JOIN employee_month e USING (person_key)
    LEFT JOIN payment p ON p.premium_no = e.row_id AND e.extract = 'contribution'
    LEFT JOIN spell s ON s.enrollment_no = e.row_id AND e.extract = 'enrollment'
    WHERE e.first_month <= c.last_month AND e.last_month > c.last_month - $one_year_months AND e.last_month >= c.first_month
),
said AS (
    SELECT person_key, starts_on, 'usual_residence' AS fact, value, 'resident' AS extract, row_key FROM residence
    UNION ALL
    SELECT person_key, starts_on, 'school_place', value, 'student', row_key FROM school
    UNION ALL
    SELECT person_key, starts_on, 'employment_place', pool || ' ' || printf('%04d-%02d', month // 12, month % 12 + 1), 'contribution', clct_detl_id
    FROM workplace
    UNION ALL
    SELECT person_key, starts_on, 'continuous_employee_months', value, extract, row_key FROM months
)
SELECT person_key, starts_on,
    list({'fact': fact, 'value': value, 'extract': extract, 'row_key': row_key} ORDER BY value, extract, row_key)
        FILTER (fact = 'usual_residence') AS usual_residence,
    list({'fact': fact, 'value': value, 'extract': extract, 'row_key': row_key} ORDER BY value, extract, row_key)
        FILTER (fact = 'school_place') AS school_place,
    list({'fact': fact, 'value': value, 'extract': extract, 'row_key': row_key} ORDER BY value, extract, row_key)
        FILTER (fact = 'employment_place') AS employment_place,
    list({'fact': fact, 'value': value, 'extract': extract, 'row_key': row_key} ORDER BY value, extract, row_key)
        FILTER (fact = 'continuous_employee_months') AS continuous_employee_months
FROM said
GROUP BY person_key, starts_on
