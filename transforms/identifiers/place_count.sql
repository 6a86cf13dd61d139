-- How many enrollments carry a resident ID of each place of issue, the first six digits, for the manifest.
-- grain: one row per place. inputs: every_enrollment, kind.
SELECT lpad(CAST(person_key // 100000000000 AS VARCHAR), 6, '0') AS place, count(*) AS enrollments
FROM every_enrollment JOIN kind USING (id_kind)
WHERE kind = 'resident_id'
GROUP BY place
ORDER BY place
