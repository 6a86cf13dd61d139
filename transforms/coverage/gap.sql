-- The people whom the coverage plan lists (rules 4.5). suspended: the enrollment that began last is suspended, or one that is
-- suspended is paid for the day; lapsed: active inside the look-back, not now; else uninsured. They should join the employee scheme where an employer paid for
-- them for the as-of month or one of the three before it, else the resident scheme, at the place of work, else of residence, the school
-- that is attended, the last enrollment, the last school; where none is known, of issue of the number, 000000 if that is none.
-- Evidence: items of retention/overlap_evidence.sql, and a row of the register or of a school has the key that it has there.
-- Payments of everybody are read without their keys: they are named by a keyed hash of person, month and place.
-- grain: one row per person, key person_key.
-- inputs: uncovered, enrollment_row, enrollment, spell, cover, payment, contribution, plan_resident, plan_student,
-- everybody_assistance.
WITH listed AS (
    SELECT person_key, is_newborn FROM uncovered WHERE left_out IS NULL
),
last_row AS (
    -- one that is still to begin where there is no other; of several that began on one day the one with the smallest id
    SELECT r.person_key, r.enrollment_id, r.insu_admdvs, r.is_flexible, r.crt_insu_date, e.psn_insu_stas
    FROM enrollment_row r SEMI JOIN listed USING (person_key) JOIN enrollment e ON e.row_id = r.enrollment_no
    QUALIFY row_number() OVER (PARTITION BY r.person_key ORDER BY r.crt_insu_date > $as_of, r.crt_insu_date DESC, r.enrollment_id) = 1
),
other_row AS (
    -- supplementary, never in force or invalid: that the person is known is all it says
    SELECT person_key, min(psn_insu_rlts_id) AS enrollment_id, arg_min(crt_insu_date, psn_insu_rlts_id) AS crt_insu_date
    FROM enrollment SEMI JOIN listed USING (person_key) WHERE row_id NOT IN (SELECT enrollment_no FROM enrollment_row)
    GROUP BY person_key
),
set_aside AS (
    SELECT s.person_key, max({'started': s.crt_insu_date, 'id': s.enrollment_id}) AS it
    FROM payment p
    JOIN (SELECT s.* FROM spell s SEMI JOIN listed USING (person_key)
          JOIN (SELECT row_id FROM enrollment WHERE psn_insu_stas = '2' AND paus_insu_date <= $as_of) e ON e.row_id = s.enrollment_no) s
        USING (enrollment_no)
    WHERE month_of($as_of) BETWEEN p.first_month AND p.last_month
    GROUP BY s.person_key
),
last_cover AS (
    SELECT c.person_key, max(c.ends_on) - 1 AS covered_on, arg_max(s.enrollment_id, (c.ends_on, s.enrollment_id)) AS enrollment_id
    FROM cover c SEMI JOIN listed USING (person_key) JOIN spell s USING (enrollment_no)
    WHERE c.ends_on > $lookback_start AND c.ends_on <= $as_of
    GROUP BY c.person_key
),
paid AS (
    SELECT p.person_key, p.is_employer_paid, p.last_month, c.insu_admdvs AS area,
        p.scheme = 'employee' AND p.first_month <= month_of($as_of) AND p.last_month >= month_of($as_of) - 3 AS is_recent
    FROM payment p SEMI JOIN listed USING (person_key) JOIN contribution c ON c.row_id = p.contribution_no
),
work AS (
    SELECT person_key, max(last_month) AS paid_month,
        max(last_month) FILTER (is_recent AND is_employer_paid) AS employed_month,
        arg_max(area, (last_month, area)) FILTER (is_recent AND is_employer_paid) AS employed_at,
        bool_or(is_recent AND NOT is_employer_paid) AS is_flexible
    FROM paid
    GROUP BY person_key
),
residence AS (
    SELECT person_key, if(count(DISTINCT home) = 1, nullif(min(home), '?'), NULL) AS home,
        evidence_items(list(evidence_item('usual_residence', coalesce(nullif(home, '?'), ''), 'resident',
            keyed_hash(resident_content(document_key, psn_name, brdy, hsreg_admdvs, live_admdvs, permit_admdvs, permit_begin, permit_end,
                dereg_reason, dereg_date))))) AS items
    FROM plan_resident SEMI JOIN listed USING (person_key)
    GROUP BY person_key
),
card AS (
    SELECT person_key FROM plan_resident WHERE is_disabled UNION SELECT person_key FROM enrollment WHERE is_disabled
),
school AS (
    -- the one that is attended; where none is, the place of the last one comes after that of the last enrollment
    SELECT person_key, bool_or(is_attended) AS is_student,
        nullif(arg_max(school_admdvs, (is_attended, coalesce(entry_date, DATE '0001-01-01'), school_admdvs)), '?') AS school_admdvs,
        evidence_items(list(evidence_item('school_place', replace(school_admdvs, '?', ''), 'student',
            keyed_hash(student_content(document_key, school_admdvs, stage, entry_date, expected_graduation, status))))) AS items
    FROM (SELECT *, coalesce(is_at_school(status, entry_date, expected_graduation, $as_of), false) AS is_attended
          FROM plan_student SEMI JOIN listed USING (person_key))
    GROUP BY person_key
),
aid AS (
    SELECT person_key, min(category) AS category,
        bool_or(category IS NULL OR category NOT LIKE '21%') AS is_assisted,
        bool_or(category IN ('2308', '2104')) AS is_disabled,
        bool_or(category LIKE '21%') AS is_veteran
    FROM everybody_assistance SEMI JOIN listed USING (person_key)
    GROUP BY person_key
)
SELECT l.person_key,
    CASE WHEN r.psn_insu_stas = '2' OR z.person_key IS NOT NULL THEN 'suspended' WHEN c.person_key IS NOT NULL THEN 'lapsed' ELSE 'uninsured' END AS status,
    if(w.employed_month IS NULL, 'resident', 'employee') AS suggested_scheme,
    coalesce(w.employed_at, h.home, if(s.is_student, s.school_admdvs, NULL), r.insu_admdvs, s.school_admdvs, issued_at(l.person_key)) AS admdvs,
    without_nulls([
        if(a.is_assisted, 'assistance', NULL),
        if(a.is_disabled OR card.person_key IS NOT NULL, 'disabled', NULL),
        if(w.is_flexible OR r.is_flexible, 'flexible', NULL),
        if(l.is_newborn, 'newborn', NULL),
        if(s.is_student, 'student', NULL),
        if(a.is_veteran, 'veteran', NULL)]) AS key_groups,
    coalesce(z.it.id, c.enrollment_id, r.enrollment_id) AS last_enrollment_id,
    c.covered_on AS last_covered_on,
    concat_ws(chr(30),
        if(coalesce(r.enrollment_id, o.enrollment_id) IS NULL, NULL,
            evidence_item('enrolled', coalesce(r.crt_insu_date, o.crt_insu_date), 'enrollment', coalesce(r.enrollment_id, o.enrollment_id))),
        if(c.covered_on IS NULL, NULL, evidence_item('last_covered_on', c.covered_on, 'enrollment', c.enrollment_id)),
        if(w.person_key IS NULL, NULL, evidence_item(if(w.employed_month IS NULL, 'paid_until', 'employer_paid'),
            month_text(coalesce(w.employed_month, w.paid_month)), 'contribution',
            keyed_hash(concat_ws('|', 'contribution', l.person_key, coalesce(w.employed_month, w.paid_month), w.employed_at)))),
        h.items,
        s.items,
        if(a.person_key IS NULL, NULL, evidence_item('assistance', coalesce(a.category, ''), 'assistance',
            keyed_hash(concat_ws('|', 'assistance', l.person_key, a.category))))) AS items
FROM listed l
LEFT JOIN last_row r USING (person_key)
LEFT JOIN other_row o USING (person_key)
LEFT JOIN set_aside z USING (person_key)
LEFT JOIN last_cover c USING (person_key)
LEFT JOIN work w USING (person_key)
LEFT JOIN residence h USING (person_key)
LEFT JOIN card USING (person_key)
LEFT JOIN school s USING (person_key)
LEFT JOIN aid a USING (person_key)
