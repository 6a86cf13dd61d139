-- Decisions under the names that are published, with what their evidence (evidence.sql) tells of each of them alone: dates of the
-- enrollments and, as items, what was found after the ladder.
-- grain: one row per decision, key (enrollment_id, overlap_id).
-- inputs: dated, benefit, person, overlap_name, in_hospital, returned, guarded.
WITH active_from AS (
    -- only some are compared by the day on which their benefits begin
    SELECT enrollment_no, benefits_from
    FROM benefit
    WHERE enrollment_no IN (SELECT unnest([enrollment_no, kept_enrollment_no]) FROM dated WHERE deciding_fact = 'benefit_active')
)
SELECT n.overlap_id, d.enrollment_id, p.person_id, d.scheme, d.insu_admdvs, d.action, d.would_be, d.rule_id, d.deciding_fact,
    d.kept_enrollment_id, d.decision_date, d.effective_date, d.resumes_on, d.conflict, d.is_guarded, d.is_rejected, d.is_confirmed,
    d.counts, d.person_key, d.starts_on, d.enrollment_no, d.kept_enrollment_no, d.enrolled_on, d.kept_on,
    if(d.deciding_fact IN ('newest', 'newest_in_pool'), d.crt_insu_date, b.benefits_from) AS compared_on,
    if(d.deciding_fact IN ('newest', 'newest_in_pool'), d.kept_crt_insu_date, kb.benefits_from) AS kept_compared_on,
    nullif(concat_ws(chr(30),
        if(d.action = 'hold', concat_ws(chr(31), 'in_hospital', h.admitted_on, 'inpatient_stay',
            keyed_hash(concat_ws('|', 'inpatient_stay', d.enrollment_id, h.admitted_on))), NULL),
        if(f.fate IS NULL, NULL, array_to_string(list_transform(f.case_numbers,
            lambda c: concat_ws(chr(31), 'case_feedback', f.fate || ' ' || f.decided_on, 'case_feedback', c)), chr(30))),
        if(d.is_guarded, concat_ws(chr(31), 'left_uncovered', g.uncovered_on, 'enrollment', d.enrollment_id), NULL)), '') AS found
FROM dated d
JOIN person p ON p.person_key = d.person_key
LEFT JOIN overlap_name n ON n.person_key = d.person_key AND n.starts_on = d.starts_on
LEFT JOIN active_from b ON d.deciding_fact = 'benefit_active' AND b.enrollment_no = d.enrollment_no
LEFT JOIN active_from kb ON d.deciding_fact = 'benefit_active' AND kb.enrollment_no = d.kept_enrollment_no
LEFT JOIN in_hospital h ON h.enrollment_no = d.enrollment_no
LEFT JOIN returned f ON f.enrollment_no = d.enrollment_no AND f.starts_on IS NOT DISTINCT FROM d.starts_on
LEFT JOIN guarded g ON g.enrollment_no = d.enrollment_no
