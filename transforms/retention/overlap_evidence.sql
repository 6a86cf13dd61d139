-- The rows of other departments that the decisions of an overlap rest on: they are the same for all its members of a scheme.
-- A row without a key of its own is named by a keyed hash of its content, the same wherever in a file it stands (promise 4:
-- every decision carries its evidence).
-- Each column holds items "fact value extract row_key", their fields apart by U+001F, the items by U+001E: text is
-- carried and sorted far cheaper than lists of records; they become records when they are written.
-- of_resident, of_employee: the person's choice, then school and residence (not in a freshman year), or work; months: for
-- the one-year rules.
-- grain: one row per overlap with such evidence, key (person_key, starts_on).
-- inputs: overlap_shape, chosen, home, resident, schooling, student, workplace, continuity, employee_month, narrowed, matched.
WITH police AS (
    SELECT h.person_key, h.starts_on, h.n_rows, evidence_item('usual_residence', h.home, 'resident',
        keyed_hash(resident_content(r.document_key, r.psn_name, r.brdy, r.hsreg_admdvs, r.live_admdvs, r.permit_admdvs, r.permit_begin,
            r.permit_end, r.dereg_reason, r.dereg_date))) AS item
    FROM resident r
    JOIN (SELECT person_key, starts_on, home, len(row_ids) AS n_rows, unnest(row_ids) AS row_id FROM home
          ANTI JOIN (SELECT person_key, starts_on FROM narrowed WHERE own_rule = 'freshman_year') USING (person_key, starts_on)) h USING (row_id)
),
residence AS (
    -- nearly everybody has one row
    SELECT person_key, starts_on, item AS items FROM police WHERE n_rows = 1
    UNION ALL
    SELECT person_key, starts_on, evidence_items(list(item)) FROM police WHERE n_rows > 1 GROUP BY person_key, starts_on
),
school AS (
    SELECT c.person_key, c.starts_on,
        evidence_items(list(evidence_item('school_place', replace(c.school_admdvs, '?', ''), 'student',
            keyed_hash(student_content(s.document_key, s.school_admdvs, s.stage, s.entry_date, s.expected_graduation, s.status))))) AS items
    FROM schooling c JOIN student s USING (row_id)
    GROUP BY c.person_key, c.starts_on
),
work AS (
    SELECT person_key, starts_on,
        -- a payment that belongs to no enrollment and names no place is of no pool
        evidence_items(list(evidence_item('employment_place', concat_ws(' ', pool, month_text(month)), 'contribution', clct_detl_id))) AS items
    FROM workplace
    GROUP BY person_key, starts_on
),
choice AS (
    SELECT person_key, starts_on,
        array_to_string(list_transform(cases, lambda c: evidence_item('person_choice', decided_on, 'case_feedback', c)), chr(30)) AS items
    FROM chosen
),
months AS (
    -- what the items have in common is put before them at the end
    SELECT person_key, starts_on, concat('continuous_employee_months', chr(31), continuous_employee_months, chr(31)) AS head,
        concat(head, replace(array_to_string(row_keys, chr(30)), chr(30), chr(30) || head)) AS items
    FROM (
        SELECT c.person_key, c.starts_on, any_value(c.continuous_employee_months) AS continuous_employee_months,
            list_sort(list(e.extract || chr(31) || e.row_key)) AS row_keys
        FROM employee_month e
        -- under the other rules of both schemes nobody asks
        JOIN (SELECT * FROM continuity SEMI JOIN (SELECT * FROM matched WHERE cross_rule IN ('cross_scheme_one_year', 'cross_scheme_under_one_year'))
              USING (person_key, starts_on)) c ON c.person_key = e.person_key AND c.last_month >= e.first_month AND c.last_month - $one_year_months < e.last_month
            AND c.first_month <= e.last_month
        GROUP BY c.person_key, c.starts_on
    )
)
SELECT o.person_key, o.starts_on,
    nullif(concat_ws(chr(30), choice.items, school.items, residence.items), '') AS of_resident,
    nullif(concat_ws(chr(30), choice.items, work.items), '') AS of_employee,
    months.items AS months
FROM overlap_shape o
LEFT JOIN residence ON residence.person_key = o.person_key AND residence.starts_on = o.starts_on
LEFT JOIN school ON school.person_key = o.person_key AND school.starts_on = o.starts_on
LEFT JOIN work ON work.person_key = o.person_key AND work.starts_on = o.starts_on
LEFT JOIN choice ON choice.person_key = o.person_key AND choice.starts_on = o.starts_on
LEFT JOIN months ON months.person_key = o.person_key AND months.starts_on = o.starts_on
WHERE of_resident IS NOT NULL OR of_employee IS NOT NULL OR months IS NOT NULL
