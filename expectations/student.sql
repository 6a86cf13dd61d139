-- Counts for the bounds of the student register. grain: one row. inputs: student.
SELECT avg((status = 'enrolled')::INT) AS enrolled_share FROM student
