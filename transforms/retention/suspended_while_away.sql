-- Enrollments that `deregistered` suspends: every one of a person who has left by the register of households whose span
-- reaches beyond the as-of date, overlap or not, paid or not; under review where the register is in doubt or the number is
-- used by two people; held while in hospital (rules 3, steps 1 and 4). It can be undone, and nothing is suspended for days
-- gone by: from the day after the deregistration, not before the as-of date. Where a clerk rejected the case the enrollment
-- is left as it is; where clerks contradict each other, or a row about the person cannot be used, nothing ends.
-- grain: one row per enrollment, key enrollment_no.
-- inputs: deregistered, spell, rule, identity_conflict, in_hospital, returned, unread.
WITH ruled AS (
    SELECT s.person_key, s.enrollment_no, s.scheme, d.left_on, d.doubts, x.fields, b.fate, b.expires_on, b.answers_up_to,
        h.enrollment_no IS NOT NULL AS is_in_hospital,
        if(x.person_key IS NULL, 'deregistered', 'identity_conflict') AS rule_id,
        if(x.person_key IS NULL AND len(d.doubts) = 0, r.action, 'review') AS due,
        CASE WHEN b.fate = 'rejected' THEN 'tolerate' WHEN b.fate = 'contradicted' OR u.person_key IS NOT NULL THEN 'review' ELSE due END AS ruled
    FROM spell s
    JOIN deregistered d USING (person_key)
    JOIN rule r ON r.rule_id = 'deregistered'
    LEFT JOIN identity_conflict x USING (person_key)
    LEFT JOIN in_hospital h ON h.enrollment_no = s.enrollment_no
    LEFT JOIN returned b ON b.enrollment_no = s.enrollment_no AND b.starts_on IS NULL
    LEFT JOIN unread u ON u.person_key = s.person_key AND u.bears_on = 'death'
    WHERE s.ends_on > $as_of AND s.ends_on > s.starts_on
)
SELECT person_key, enrollment_no, scheme, rule_id,
    if(ruled = 'suspend' AND is_in_hospital, 'hold', ruled) AS action,
    CASE WHEN action = 'hold' THEN ruled WHEN ruled <> due THEN due END AS would_be,
    CASE action WHEN 'suspend' THEN greatest($as_of, left_on + 1) WHEN 'tolerate' THEN expires_on END AS effective_date,
    list_concat(coalesce(fields, doubts), if(fate = 'contradicted', ['case_feedback'], [])) AS conflict,
    ruled = 'tolerate' AS is_rejected,
    ruled = 'review' AND due <> 'review' AND fate IS DISTINCT FROM 'contradicted' AS is_unread,
    if(fate = 'confirmed', answers_up_to, NULL) AS confirmed_up_to
FROM ruled
