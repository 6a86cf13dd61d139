-- The published dataset of the same name; columns, types and order are those of contracts/datasets.py.
-- Clause and reasons are put to the rows when they are written (retention/reasons.py).
-- Evidence leaves as text (see retention/overlap_evidence.sql) and becomes records when it is written.
SELECT overlap_id, enrollment_id, person_id, scheme, insu_admdvs, action, would_be, rule_id, $policy_id AS policy_id,
    $policy_version AS policy_version, deciding_fact, kept_enrollment_id, decision_date, effective_date, resumes_on, is_rejected, is_guarded, is_unread,
    items AS evidence
FROM evidence
ORDER BY enrollment_id, overlap_id NULLS FIRST
