-- The spell that each continued row belongs to, named by its last row. Rows that nothing continues are not here.
-- grain: one row per row of a spell of two rows or more, key enrollment_id. inputs: continuation.
WITH RECURSIVE walk AS (
    SELECT earlier_id AS first_id, earlier_id AS enrollment_id, 0 AS step
    FROM continuation
    WHERE earlier_id NOT IN (SELECT later_id FROM continuation)
    UNION ALL
    SELECT walk.first_id, continuation.later_id, walk.step + 1
    FROM walk
    JOIN continuation ON continuation.earlier_id = walk.enrollment_id
)
SELECT enrollment_id, last_value(enrollment_id) OVER
    (PARTITION BY first_id ORDER BY step ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS spell_id
FROM walk
