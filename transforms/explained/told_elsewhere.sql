-- What the nights decided on the asked id itself, where the night in question is silent on it.
-- grain: one row per night and decision. inputs: decisions_over_nights.
SELECT as_of, enrollment_id, overlap_id, action, would_be, rule_id, kept_enrollment_id, policy_id, policy_version
FROM decisions_over_nights
WHERE enrollment_id = $asked OR person_id = $asked
ORDER BY enrollment_id, overlap_id NULLS FIRST, as_of
