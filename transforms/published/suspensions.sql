-- The published dataset of the same name; columns, types and order are those of contracts/datasets.py.
-- Clause and reasons are put to the rows when they are written (retention/reasons.py).
SELECT d.enrollment_id, d.person_id, d.scheme, d.insu_admdvs, d.emp_no, d.overlap_id, d.rule_id, d.kept_enrollment_id,
    d.kept_admdvs, d.effective_date, d.resumes_on, d.action, d.would_be, d.deciding_fact, d.is_rejected, d.is_guarded, d.is_unread, coalesce(l.first_reported_on, $as_of) AS first_reported_on
FROM decision d
LEFT JOIN last_suspension l ON l.enrollment_id = d.enrollment_id
-- what a clerk confirmed is being carried out and does not come back
WHERE d.counts AND d.action = 'suspend' AND NOT d.is_confirmed
ORDER BY d.enrollment_id
