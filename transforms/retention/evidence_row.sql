-- The rows that each decision rests on. A row without a key of its own is named by a keyed hash of its content, the
-- same wherever in a file it stands (promise 4: every decision carries its evidence).
-- grain: one row per decision, fact and row. inputs: decided, narrowed, benefit, spell, home, schooling, workplace,
-- continuity, employee_month, death_report, person_row, in_hospital, guarded, resident, student.
WITH resident_key AS (
    SELECT row_id, keyed_hash(concat_ws('|', 'resident', person_key, psn_name, brdy, hsreg_admdvs, live_admdvs, permit_admdvs,
        permit_begin, permit_end, dereg_reason, dereg_date)) AS row_key
    FROM resident WHERE person_key IN (SELECT person_key FROM decided)
),
student_key AS (
    SELECT row_id, keyed_hash(concat_ws('|', 'student', person_key, school_admdvs, stage, entry_date, expected_graduation, status)) AS row_key
    FROM student WHERE person_key IN (SELECT person_key FROM decided)
),
member AS (
    SELECT d.enrollment_id, d.starts_on, d.person_key, d.rule_id, d.scheme, d.deciding_fact, d.kept_enrollment_id, d.action, n.own_rule
    FROM decided d LEFT JOIN narrowed n USING (person_key, starts_on, enrollment_id)
)
SELECT m.enrollment_id, m.starts_on, 'enrolled' AS fact, strftime(s.starts_on, '%Y-%m-%d') AS value, 'enrollment' AS extract, s.enrollment_id AS row_key
FROM member m JOIN spell s USING (enrollment_id)
UNION ALL
SELECT m.enrollment_id, m.starts_on, 'kept', strftime(s.starts_on, '%Y-%m-%d'), 'enrollment', s.enrollment_id
FROM member m JOIN spell s ON s.enrollment_id = m.kept_enrollment_id
UNION ALL
SELECT m.enrollment_id, m.starts_on, m.deciding_fact, strftime(if(m.deciding_fact = 'benefit_active', b.benefits_from, s.crt_insu_date), '%Y-%m-%d'), 'enrollment', s.enrollment_id
FROM (SELECT enrollment_id, starts_on, deciding_fact, unnest([enrollment_id, kept_enrollment_id]) AS compared_id
      FROM member WHERE deciding_fact IN ('benefit_active', 'newest', 'newest_in_pool')) m
JOIN spell s ON s.enrollment_id = m.compared_id JOIN benefit b ON b.enrollment_id = s.enrollment_id
UNION ALL
SELECT m.enrollment_id, m.starts_on, 'usual_residence', h.home, 'resident', k.row_key
FROM member m
JOIN (SELECT person_key, starts_on, home, unnest(row_ids) AS row_id FROM home) h USING (person_key, starts_on)
JOIN resident_key k USING (row_id)
WHERE m.own_rule IN ('resident_usual_residence', 'student_school_place')
UNION ALL
SELECT m.enrollment_id, m.starts_on, 'school_place', c.school_admdvs, 'student', k.row_key
FROM member m JOIN schooling c USING (person_key, starts_on) JOIN student_key k USING (row_id)
WHERE m.own_rule IN ('freshman_year', 'student_school_place')
UNION ALL
SELECT m.enrollment_id, m.starts_on, 'employment_place', w.pool || ' ' || printf('%04d-%02d', w.month // 12, w.month % 12 + 1), 'contribution', w.clct_detl_id
FROM member m JOIN workplace w USING (person_key, starts_on)
WHERE m.own_rule = 'employee_workplace'
UNION ALL
SELECT m.enrollment_id, m.starts_on, 'continuous_employee_months', CAST(c.continuous_employee_months AS VARCHAR), e.extract, e.row_key
FROM member m JOIN continuity c USING (person_key, starts_on) JOIN employee_month e USING (person_key)
WHERE m.rule_id IN ('cross_scheme_one_year', 'cross_scheme_under_one_year')
  AND e.first_month <= c.last_month AND e.last_month > c.last_month - $one_year_months AND e.last_month >= c.first_month
UNION ALL
SELECT m.enrollment_id, m.starts_on, 'deceased', strftime(r.died_on, '%Y-%m-%d'), r.extract,
    keyed_hash(concat_ws('|', r.extract, r.person_key, r.psn_name, r.died_on))
FROM member m JOIN death_report r USING (person_key)
WHERE m.starts_on IS NULL
UNION ALL
SELECT m.enrollment_id, m.starts_on, 'identity_conflict', array_to_string(x.fields, ' '), r.extract,
    coalesce(r.row_key, keyed_hash(concat_ws('|', r.extract, r.person_key, r.psn_name, r.gend, r.brdy)))
FROM member m JOIN identity_conflict x USING (person_key) JOIN person_row r USING (person_key)
WHERE m.rule_id = 'identity_conflict'
UNION ALL
SELECT m.enrollment_id, m.starts_on, 'in_hospital', strftime(h.admitted_on, '%Y-%m-%d'), 'inpatient_stay',
    keyed_hash(concat_ws('|', 'inpatient_stay', m.enrollment_id, h.admitted_on))
FROM member m JOIN in_hospital h USING (enrollment_id)
WHERE m.action = 'hold'
UNION ALL
SELECT m.enrollment_id, m.starts_on, 'left_uncovered', strftime(g.uncovered_on, '%Y-%m-%d'), 'enrollment', m.enrollment_id
FROM member m JOIN decided d ON d.enrollment_id = m.enrollment_id AND d.starts_on IS NOT DISTINCT FROM m.starts_on
JOIN guarded g ON g.enrollment_id = m.enrollment_id
WHERE d.is_guarded
