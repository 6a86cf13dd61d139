-- The same rows (timeline_row), with enrollment_place: the place of the id in the order of the ids, from 1 on. What is published in
-- the order of ids is sorted by it, since numbers are sorted several times faster than text.
-- grain: one row per enrollment row, key enrollment_place, also enrollment_no. inputs: timeline_row.
SELECT CAST(row_number() OVER (ORDER BY enrollment_id) AS INTEGER) AS enrollment_place, * FROM timeline_row
