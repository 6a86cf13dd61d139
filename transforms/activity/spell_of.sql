-- The spell that each continued row belongs to, named by its last row. Rows that nothing continues are not here.
-- grain: one row per row of a spell of two rows or more, key enrollment_no. inputs: continuation.
WITH RECURSIVE walk AS (
    SELECT earlier_no AS first_no, earlier_no AS enrollment_no, 0 AS step
    FROM continuation
    WHERE earlier_no NOT IN (SELECT later_no FROM continuation)
    UNION ALL
    SELECT walk.first_no, continuation.later_no, walk.step + 1
    FROM walk
    JOIN continuation ON continuation.earlier_no = walk.enrollment_no
)
SELECT enrollment_no, last_value(enrollment_no) OVER
    (PARTITION BY first_no ORDER BY step ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS spell_no
FROM walk
