-- How many enrollments are left undecided because their identifier carries too many rows, for the check crowded_identifier.
-- grain: one row. inputs: crowded.
SELECT coalesce(sum(enrollments), 0)::BIGINT AS enrollments
FROM crowded
