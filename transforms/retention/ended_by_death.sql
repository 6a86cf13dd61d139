-- Enrollments that `deceased` ends: every one of a dead person whose span reaches beyond the as-of date, overlap or
-- not, paid or not; under review where the sources are in doubt or the number is used by two people (rules 3, step 1). Where a
-- clerk rejected the death the enrollment is left as it is, and the person's others are under review: nobody is dead in one place only.
-- Where clerks contradict each other nothing ends.
-- Nothing ends while a row about the person cannot be used.
-- grain: one row per enrollment, key enrollment_no. inputs: deceased, spell, identity_conflict, returned, unread.
WITH answered AS (
    -- the death of a person is no suspension: what was answered under the number of one was a departure
    SELECT * FROM returned WHERE starts_on IS NULL AND answers_up_to <> gravity('suspend')
),
alive AS (
    SELECT person_key, max(decided_on) AS decided_on FROM answered WHERE fate = 'rejected' GROUP BY person_key
)
SELECT s.person_key, s.enrollment_no, s.scheme, d.died_on,
    if(x.person_key IS NULL, 'deceased', 'identity_conflict') AS rule_id,
    if(x.person_key IS NULL AND len(d.doubts) = 0, 'terminate', 'review') AS due,
    coalesce(b.fate = 'contradicted', false) OR (b.fate IS DISTINCT FROM 'rejected' AND a.person_key IS NOT NULL) AS is_contradicted,
    CASE WHEN b.fate = 'rejected' THEN 'tolerate' WHEN is_contradicted OR u.person_key IS NOT NULL THEN 'review' ELSE due END AS action,
    if(action <> due, due, NULL) AS would_be,
    CASE WHEN action = 'terminate' THEN d.died_on + 1 WHEN action = 'tolerate' THEN b.expires_on END AS effective_date,
    list_concat(coalesce(x.fields, d.doubts), if(is_contradicted, ['case_feedback'], [])) AS conflict,
    action = 'tolerate' AS is_rejected,
    action = 'review' AND due = 'terminate' AND NOT is_contradicted AS is_unread,
    -- whoever confirmed the review that a rejection elsewhere made has looked at it since
    if(b.fate = 'confirmed' AND (action = due OR b.answers_up_to = gravity('review') AND coalesce(b.decided_on >= a.decided_on, true)),
        b.answers_up_to, NULL) AS confirmed_up_to
FROM spell s
JOIN deceased d USING (person_key)
LEFT JOIN identity_conflict x USING (person_key)
LEFT JOIN answered b ON b.enrollment_no = s.enrollment_no
LEFT JOIN alive a ON a.person_key = s.person_key
LEFT JOIN unread u ON u.person_key = s.person_key AND u.bears_on = 'death'
WHERE s.ends_on > $as_of AND s.ends_on > s.starts_on
