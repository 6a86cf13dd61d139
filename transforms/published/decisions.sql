-- The published dataset of the same name; columns, types and order are those of contracts/datasets.py.
-- Evidence leaves as text (see retention/overlap_evidence.sql) and becomes records when it is written.
SELECT overlap_id, enrollment_id, person_id, scheme, insu_admdvs, action, would_be, rule_id, clause, $policy_id AS policy_id,
    $policy_version AS policy_version, deciding_fact, kept_enrollment_id, decision_date, effective_date, resumes_on, reason_zh, reason_en,
    items AS evidence
FROM worded
ORDER BY enrollment_id, overlap_id NULLS FIRST
