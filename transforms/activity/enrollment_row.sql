-- Enrollment rows of persons in question that can ever be active: basic schemes, status not 0 or 3 (rules 1.1).
-- grain: one row per enrollment row, key enrollment_no. inputs: basic_row.
SELECT * EXCLUDE (is_void) FROM basic_row WHERE NOT is_void
