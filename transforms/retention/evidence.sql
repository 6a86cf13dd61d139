-- The evidence of each decision as one list, in the order of the ladder: the enrollment itself, the one that stays, the
-- dates that were compared, what the departments say, and what was found after the ladder.
-- grain: one row per decision, key (enrollment_no, starts_on).
-- inputs: decided, narrowed, spell, benefit, overlap_evidence, person_evidence, in_hospital, guarded.
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
    [{'fact': 'enrolled', 'value': strftime(m.enrolled_on, '%Y-%m-%d'), 'extract': 'enrollment', 'row_key': m.enrollment_id}]
    || if(m.kept_enrollment_id IS NULL, [], [{'fact': 'kept', 'value': strftime(m.kept_on, '%Y-%m-%d'), 'extract': 'enrollment', 'row_key': m.kept_enrollment_id}])
    || if(m.compared_on IS NULL, [], [{'fact': m.deciding_fact, 'value': strftime(m.compared_on, '%Y-%m-%d'), 'extract': 'enrollment', 'row_key': m.enrollment_id}])
    || if(m.kept_compared_on IS NULL, [], [{'fact': m.deciding_fact, 'value': strftime(m.kept_compared_on, '%Y-%m-%d'), 'extract': 'enrollment', 'row_key': m.kept_enrollment_id}])
    || coalesce(if(m.own_rule IN ('freshman_year', 'student_school_place'), o.school_place, NULL), [])
    || coalesce(if(m.own_rule IN ('resident_usual_residence', 'student_school_place'), o.usual_residence, NULL), [])
    || coalesce(if(m.own_rule = 'employee_workplace', o.employment_place, NULL), [])
    || coalesce(if(m.rule_id IN ('cross_scheme_one_year', 'cross_scheme_under_one_year'), o.continuous_employee_months, NULL), [])
    || coalesce(if(m.starts_on IS NULL, p.deceased, NULL), [])
    || coalesce(if(m.rule_id = 'identity_conflict', p.identity_conflict, NULL), [])
    || if(m.action <> 'hold', [], [{'fact': 'in_hospital', 'value': strftime(h.admitted_on, '%Y-%m-%d'), 'extract': 'inpatient_stay',
        'row_key': keyed_hash(concat_ws('|', 'inpatient_stay', m.enrollment_id, h.admitted_on))}])
    || if(NOT m.is_guarded, [], [{'fact': 'left_uncovered', 'value': strftime(g.uncovered_on, '%Y-%m-%d'), 'extract': 'enrollment', 'row_key': m.enrollment_id}])
    AS evidence
FROM member m
LEFT JOIN overlap_evidence o ON o.person_key = m.person_key AND o.starts_on = m.starts_on
LEFT JOIN person_evidence p ON p.person_key = m.person_key
LEFT JOIN in_hospital h ON h.enrollment_no = m.enrollment_no
LEFT JOIN guarded g ON g.enrollment_no = m.enrollment_no
