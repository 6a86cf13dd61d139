-- Enrollments of which the ladder's answer stands and only its time has not come (held, guarded, or a row about the person cannot be used),
-- and those of which nobody can say tonight whether they are to be ended: their own row is in quarantine; a row about the person is,
-- and tonight decides nothing of today about them, or that somebody has to look; or their number carries more rows than any person has.
-- The ledgers keep what they told of them (docs/decisions/0054, 0098, 0104). would_be: terminate or suspend.
-- grain: one row per enrollment and action, key (enrollment_id, would_be).
-- inputs: timeline, decided, reported_enrollment, unread_enrollment, unread, crowded_enrollment.
WITH acted AS (
    SELECT t.enrollment_id, d.action, d.would_be, d.action = 'hold' OR d.is_guarded OR d.is_unread AS waits
    FROM timeline t
    JOIN (SELECT enrollment_no, action, would_be, is_guarded, is_unread FROM decided WHERE counts) d USING (enrollment_no)
),
doubtful AS (
    SELECT psn_insu_rlts_id AS enrollment_id
    FROM unread_enrollment
    WHERE psn_insu_rlts_id IS NOT NULL AND psn_insu_rlts_id NOT IN (SELECT enrollment_id FROM reported_enrollment)
    UNION
    SELECT enrollment_id
    FROM reported_enrollment SEMI JOIN unread USING (person_key)
    WHERE enrollment_id NOT IN (SELECT enrollment_id FROM acted WHERE action NOT IN ('review', 'none'))
    UNION
    SELECT enrollment_id FROM crowded_enrollment
)
SELECT enrollment_id, would_be FROM acted WHERE waits AND would_be IN ('terminate', 'suspend')
UNION
SELECT enrollment_id, unnest(['terminate', 'suspend']) FROM doubtful
