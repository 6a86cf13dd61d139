-- Enrollments that earlier nights reported and that have ended since, with all others of their persons: built as the table
-- `enrollment` of the schema since, so that activity/continuation.sql tells which of them another row continues.
-- grain: one row per enrollment row, key psn_insu_rlts_id. inputs: last_refund, last_deduction, everybody_enrollment.
WITH ended AS (
    SELECT person_key
    FROM everybody_enrollment
    WHERE paus_insu_date <= $as_of
      AND psn_insu_rlts_id IN (SELECT enrollment_id FROM last_refund UNION SELECT enrollment_id FROM last_deduction WHERE rule_id = 'deceased')
)
SELECT * FROM everybody_enrollment WHERE person_key IN (SELECT person_key FROM ended)
