-- Enrollments of which the ladder's answer stands, and only its time has not come: held, guarded, or with a row about the person that cannot
-- be used. The ledgers keep what they told of them (docs/decisions/0054). would_be: terminate or suspend.
-- grain: one row per enrollment, key enrollment_id. inputs: timeline, decided.
SELECT t.enrollment_id, d.would_be
FROM timeline t
JOIN (SELECT enrollment_no, would_be FROM decided
      WHERE counts AND would_be IN ('terminate', 'suspend') AND (action = 'hold' OR is_guarded OR is_unread)) d USING (enrollment_no)
