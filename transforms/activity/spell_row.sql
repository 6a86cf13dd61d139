-- Every row of an enrollment that can ever be active, with the enrollment that it belongs to (rules 1.1): whoever names a row, names
-- that enrollment.
-- grain: one row per enrollment row, key enrollment_id. inputs: enrollment_row, spell_of.
SELECT r.* REPLACE (coalesce(o.spell_no, r.enrollment_no) AS enrollment_no)
FROM enrollment_row r
LEFT JOIN spell_of o ON o.enrollment_no = r.enrollment_no
