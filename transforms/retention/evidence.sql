-- A view, read once: the evidence of each decision as items (see overlap_evidence.sql), in the order of the ladder: the
-- enrollment itself, the one that stays, the dates that were compared, what the departments say, the links of the person's
-- documents, and what was found after the ladder.
-- grain: one row per decision, key (enrollment_no, starts_on).
-- inputs: decided, narrowed, spell, benefit, overlap_evidence, person_evidence, in_hospital, guarded, returned.
WITH member AS (
    SELECT d.enrollment_no, d.starts_on, d.person_key, d.rule_id, d.deciding_fact, d.action, d.is_guarded, n.own_rule,
        s.enrollment_id, s.starts_on AS enrolled_on, k.enrollment_id AS kept_enrollment_id, k.starts_on AS kept_on,
        CASE WHEN d.deciding_fact = 'benefit_active' THEN b.benefits_from WHEN d.deciding_fact IN ('newest', 'newest_in_pool') THEN s.crt_insu_date END AS compared_on,
        CASE WHEN d.deciding_fact = 'benefit_active' THEN kb.benefits_from WHEN d.deciding_fact IN ('newest', 'newest_in_pool') THEN k.crt_insu_date END AS kept_compared_on
    FROM decided d
    JOIN spell s USING (enrollment_no)
    LEFT JOIN narrowed n ON n.person_key = d.person_key AND n.starts_on = d.starts_on AND n.enrollment_no = d.enrollment_no
    LEFT JOIN benefit b ON b.enrollment_no = d.enrollment_no
    LEFT JOIN spell k ON k.enrollment_no = d.kept_enrollment_no
    LEFT JOIN benefit kb ON kb.enrollment_no = d.kept_enrollment_no
)
SELECT m.enrollment_no, m.starts_on, m.enrollment_id, m.kept_enrollment_id,
    concat_ws(chr(30),
        concat_ws(chr(31), 'enrolled', m.enrolled_on, 'enrollment', m.enrollment_id),
        if(m.kept_on IS NULL, NULL, concat_ws(chr(31), 'kept', m.kept_on, 'enrollment', m.kept_enrollment_id)),
        if(m.compared_on IS NULL, NULL, concat_ws(chr(31), m.deciding_fact, m.compared_on, 'enrollment', m.enrollment_id)),
        if(m.kept_compared_on IS NULL, NULL, concat_ws(chr(31), m.deciding_fact, m.kept_compared_on, 'enrollment', m.kept_enrollment_id)),
        o.choice,
        if(m.own_rule IN ('freshman_year', 'student_school_place'), o.school, NULL),
        if(m.own_rule IN ('resident_usual_residence', 'student_school_place'), o.residence, NULL),
        if(m.own_rule = 'employee_workplace', o.work, NULL),
        if(m.rule_id IN ('cross_scheme_one_year', 'cross_scheme_under_one_year'), o.months, NULL),
        if(m.starts_on IS NULL, p.deceased, NULL),
        if(m.starts_on IS NULL, p.deregistered, NULL),
        if(m.rule_id = 'identity_conflict', p.identity_conflict, NULL),
        p.identity_link,
        if(m.action = 'hold', concat_ws(chr(31), 'in_hospital', h.admitted_on, 'inpatient_stay',
            keyed_hash(concat_ws('|', 'inpatient_stay', m.enrollment_id, h.admitted_on))), NULL),
        if(b.fate IS NULL, NULL, array_to_string(list_transform(b.case_numbers,
            lambda c: concat_ws(chr(31), 'case_feedback', b.fate || ' ' || b.decided_on, 'case_feedback', c)), chr(30))),
        if(m.is_guarded, concat_ws(chr(31), 'left_uncovered', g.uncovered_on, 'enrollment', m.enrollment_id), NULL)) AS items
FROM member m
LEFT JOIN overlap_evidence o ON o.person_key = m.person_key AND o.starts_on = m.starts_on
LEFT JOIN person_evidence p ON p.person_key = m.person_key
LEFT JOIN in_hospital h ON h.enrollment_no = m.enrollment_no
LEFT JOIN guarded g ON g.enrollment_no = m.enrollment_no
LEFT JOIN returned b ON b.enrollment_no = m.enrollment_no AND b.starts_on IS NOT DISTINCT FROM m.starts_on
