-- The rows of other departments that the decisions of an overlap rest on: they are the same for all its members. A row
-- without a key of its own is named by a keyed hash of its content, the same wherever in a file it stands (promise 4:
-- every decision carries its evidence).
-- Each column holds sorted items "fact value extract row_key", their fields apart by U+001F, the items by U+001E: text is
-- carried and sorted far cheaper than lists of records; they become records when they are written.
-- grain: one row per overlap with such evidence, key (person_key, starts_on).
-- inputs: overlap, chosen, home, resident, schooling, student, workplace, continuity, employee_month, contribution, spell.
WITH residence AS (
    SELECT h.person_key, h.starts_on,
        array_to_string(list_sort(list(concat_ws(chr(31), 'usual_residence', h.home, 'resident',
            keyed_hash(concat_ws('|', 'resident', r.document_key, r.psn_name, r.brdy, r.hsreg_admdvs, r.live_admdvs, r.permit_admdvs,
                r.permit_begin, r.permit_end, r.dereg_reason, r.dereg_date))))), chr(30)) AS items
    FROM (SELECT person_key, starts_on, home, unnest(row_ids) AS row_id FROM home) h JOIN resident r USING (row_id)
    GROUP BY h.person_key, h.starts_on
),
school AS (
    SELECT c.person_key, c.starts_on,
        array_to_string(list_sort(list(concat_ws(chr(31), 'school_place', c.school_admdvs, 'student',
            keyed_hash(concat_ws('|', 'student', s.document_key, s.school_admdvs, s.stage, s.entry_date, s.expected_graduation, s.status))))), chr(30)) AS items
    FROM schooling c JOIN student s USING (row_id)
    GROUP BY c.person_key, c.starts_on
),
work AS (
    SELECT person_key, starts_on,
        array_to_string(list_sort(list(concat_ws(chr(31), 'employment_place', pool || ' ' || printf('%04d-%02d', month // 12, month % 12 + 1),
            'contribution', clct_detl_id))), chr(30)) AS items
    FROM workplace
    GROUP BY person_key, starts_on
),
choice AS (
    SELECT person_key, starts_on,
        array_to_string(list_transform(cases, lambda c: concat_ws(chr(31), 'person_choice', decided_on, 'case_feedback', c)), chr(30)) AS items
    FROM chosen
),
months AS (
    SELECT c.person_key, c.starts_on,
        array_to_string(list_sort(list(concat_ws(chr(31), 'continuous_employee_months', c.continuous_employee_months, e.extract,
            coalesce(p.clct_detl_id, s.enrollment_id)))), chr(30)) AS items
    FROM continuity c
    JOIN employee_month e USING (person_key)
    LEFT JOIN contribution p ON p.row_id = e.row_id AND e.extract = 'contribution'
    LEFT JOIN spell s ON s.enrollment_no = e.row_id AND e.extract = 'enrollment'
    WHERE e.first_month <= c.last_month AND e.last_month > c.last_month - $one_year_months AND e.last_month >= c.first_month
    GROUP BY c.person_key, c.starts_on
)
SELECT o.person_key, o.starts_on, residence.items AS residence, school.items AS school, work.items AS work, months.items AS months, choice.items AS choice
FROM overlap o
LEFT JOIN residence ON residence.person_key = o.person_key AND residence.starts_on = o.starts_on
LEFT JOIN school ON school.person_key = o.person_key AND school.starts_on = o.starts_on
LEFT JOIN work ON work.person_key = o.person_key AND work.starts_on = o.starts_on
LEFT JOIN choice ON choice.person_key = o.person_key AND choice.starts_on = o.starts_on
LEFT JOIN months ON months.person_key = o.person_key AND months.starts_on = o.starts_on
