-- What every night of the warehouse decided on the enrollments in question.
-- grain: one row per night and decision. inputs: decisions_over_nights, in_question.
SELECT as_of, enrollment_id, overlap_id, action, would_be, rule_id, kept_enrollment_id, policy_id, policy_version
FROM decisions_over_nights
WHERE enrollment_id IN (SELECT enrollment_id FROM in_question)
ORDER BY enrollment_id, overlap_id NULLS FIRST, as_of
