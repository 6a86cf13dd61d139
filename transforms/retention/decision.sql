-- Decisions under the names that are published, with what their evidence (evidence.sql) tells of each of them alone: dates of the
-- enrollments and, as items, what was found after the ladder. A share of the persons at a time.
-- grain: one row per decision, key (enrollment_id, overlap_id).
-- inputs: decided, spell, benefit, person, overlap_id, in_hospital, returned, guarded, unread.
WITH active_from AS (
    -- only some are compared by the day on which their benefits begin
    SELECT enrollment_no, benefits_from
    FROM benefit
    WHERE enrollment_no IN (SELECT unnest([enrollment_no, kept_enrollment_no]) FROM decided WHERE deciding_fact = 'benefit_active')
)
SELECT n.overlap_id, s.enrollment_id, p.person_id, d.scheme, s.insu_admdvs, d.action, d.would_be, d.rule_id, d.deciding_fact,
    k.enrollment_id AS kept_enrollment_id, if(is_resident_id(s.emp_no), NULL, s.emp_no) AS emp_no, k.insu_admdvs AS kept_admdvs, d.decision_date, d.effective_date, d.resumes_on, d.conflict, d.is_guarded, d.is_unread, d.is_rejected, d.is_confirmed,
    d.counts, d.person_key, d.starts_on, d.enrollment_no, s.starts_on AS enrolled_on, k.starts_on AS kept_on,
    if(d.deciding_fact IN ('newest', 'newest_in_pool'), s.crt_insu_date, b.benefits_from) AS compared_on,
    if(d.deciding_fact IN ('newest', 'newest_in_pool'), k.crt_insu_date, kb.benefits_from) AS kept_compared_on,
    nullif(concat_ws(chr(30),
        u.items,
        if(d.action = 'hold', evidence_item(if(h.unread IS NULL, 'in_hospital', 'unread'), coalesce(h.unread, h.admitted_on::VARCHAR), 'inpatient_stay',
            keyed_hash(concat_ws('|', 'inpatient_stay', s.enrollment_id, h.admitted_on))), NULL),
        if(f.fate IS NULL, NULL, array_to_string(list_transform(f.case_numbers,
            lambda c: evidence_item('case_feedback', f.fate || ' ' || f.decided_on, 'case_feedback', c)), chr(30))),
        if(d.is_guarded, evidence_item('left_uncovered', g.uncovered_on, 'enrollment', s.enrollment_id), NULL)), '') AS found
FROM (FROM decided WHERE in_share(person_key)) d
JOIN (FROM spell WHERE in_share(person_key)) s ON s.enrollment_no = d.enrollment_no
LEFT JOIN (FROM spell WHERE in_share(person_key)) k ON k.enrollment_no = d.kept_enrollment_no
JOIN (SELECT person_key, person_id FROM person WHERE in_share(person_key)) p ON p.person_key = d.person_key
LEFT JOIN (FROM overlap_id WHERE in_share(person_key)) n ON n.person_key = d.person_key AND n.starts_on = d.starts_on
LEFT JOIN active_from b ON d.deciding_fact = 'benefit_active' AND b.enrollment_no = d.enrollment_no
LEFT JOIN active_from kb ON d.deciding_fact = 'benefit_active' AND kb.enrollment_no = d.kept_enrollment_no
LEFT JOIN in_hospital h ON h.enrollment_no = d.enrollment_no
LEFT JOIN returned f ON f.enrollment_no = d.enrollment_no AND f.starts_on IS NOT DISTINCT FROM d.starts_on
LEFT JOIN guarded g ON g.enrollment_no = d.enrollment_no
LEFT JOIN unread u ON d.is_unread AND u.person_key = d.person_key AND u.bears_on = if(d.starts_on IS NULL, 'death', d.scheme)
