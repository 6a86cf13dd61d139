-- Decisions under the names that are published.
-- grain: one row per decision, key (enrollment_id, overlap_id). inputs: decided, evidence, person, overlap_name.
SELECT n.overlap_id, e.enrollment_id, p.person_id, d.scheme, d.insu_admdvs, d.action, d.would_be, d.rule_id, d.deciding_fact,
    e.kept_enrollment_id, d.decision_date, d.effective_date, d.resumes_on, d.conflict, d.is_guarded, d.is_rejected, d.is_confirmed, d.counts,
    d.person_key, d.starts_on, d.enrollment_no, d.kept_enrollment_no, e.items
FROM decided d
JOIN evidence e ON e.enrollment_no = d.enrollment_no AND e.starts_on IS NOT DISTINCT FROM d.starts_on
JOIN person p USING (person_key)
LEFT JOIN overlap_name n ON n.person_key = d.person_key AND n.starts_on = d.starts_on
