-- The decisions of the night: what the guard finds turns a termination that counts into a review and gives a
-- suspension that counts the day on which the cover is needed again (rules 3). One that is needed from its first day on, because of what a
-- clerk returned about the other cover, is a review, too (docs/decisions/0100).
-- grain: one row per decision, key (enrollment_no, starts_on). inputs: proposed, guarded, identity_conflict.
SELECT p.* EXCLUDE (action, would_be, effective_date, conflict, confirmed_up_to),
    p.counts AND g.enrollment_no IS NOT NULL
        AND (p.action = 'terminate' OR p.action = 'suspend' AND g.is_by_return AND g.uncovered_on <= p.effective_date) AS is_guarded,
    if(is_guarded, 'review', p.action) AS action,
    if(is_guarded, p.action, p.would_be) AS would_be,
    -- who confirmed that a cover is under review, or suspended, has not confirmed that it ends
    coalesce(p.confirmed_up_to >= gravity(if(is_guarded, 'review', p.action)), false) AS is_confirmed,
    if(is_guarded, NULL, p.effective_date) AS effective_date,
    if(p.counts AND p.action = 'suspend' AND NOT is_guarded, g.uncovered_on, NULL) AS resumes_on,
    CASE WHEN is_guarded THEN ['left_uncovered']
         WHEN p.rule_id = 'identity_conflict' THEN list_concat(x.fields, list_filter(p.conflict, lambda f: f = 'case_feedback'))
         ELSE p.conflict END AS conflict
FROM proposed p
LEFT JOIN guarded g ON g.enrollment_no = p.enrollment_no
LEFT JOIN identity_conflict x ON x.person_key = p.person_key
