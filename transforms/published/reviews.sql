-- The published dataset of the same name; columns, types and order are those of contracts/datasets.py.
-- Clause and reasons are put to the rows when they are written (retention/reasons.py).
-- missing names the evidence that would settle the case, conflict the fields that disagree
SELECT d.overlap_id, d.enrollment_id, d.person_id, d.scheme, d.insu_admdvs, d.action, would_be, rule_id, $policy_id AS policy_id,
    $policy_version AS policy_version, deciding_fact, kept_enrollment_id, d.decision_date, effective_date, resumes_on, d.is_rejected, d.is_guarded, d.is_unread,
    items AS evidence,
    CASE
        WHEN list_contains(d.conflict, 'case_feedback') THEN ['case_feedback']
        WHEN d.is_unread THEN ['unread_row']
        WHEN d.rule_id = 'identity_conflict' THEN ['identity_confirmation']
        WHEN d.rule_id = 'deceased' THEN ['death_certificate']
        WHEN d.rule_id = 'deregistered' THEN ['deregistration_record']
        WHEN list_contains(d.conflict, 'chosen_enrollment_id') THEN ['person_choice']
        WHEN d.would_be IS NOT NULL THEN ['clerk_decision']
        WHEN d.rule_id = 'employee_workplace' AND n.has_retired THEN ['retirement_place']
        WHEN d.rule_id = 'employee_workplace' THEN ['employment_place']
        WHEN d.rule_id = 'student_school_place' THEN if(n.is_home_known, ['school_place'], ['school_place', 'usual_residence'])
        WHEN d.rule_id = 'resident_usual_residence' AND NOT n.is_home_known THEN ['usual_residence']
        -- a choice settles what the policy leaves to it
        ELSE [if(r.choice_first, 'person_choice', 'clerk_decision')]
    END AS missing,
    d.conflict
FROM evidence d
JOIN rule r USING (rule_id)
LEFT JOIN (
    SELECT person_key, starts_on, enrollment_no, has_retired, is_home_known
    FROM narrowed WHERE enrollment_no IN (SELECT enrollment_no FROM decision WHERE action = 'review')
) n USING (person_key, starts_on, enrollment_no)
-- what a clerk confirmed does not come back
WHERE d.action = 'review' AND NOT d.is_confirmed
ORDER BY d.overlap_id NULLS FIRST, d.enrollment_id
