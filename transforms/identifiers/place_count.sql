-- How many enrollments carry a resident ID of each place of issue, the first six digits, for the manifest.
-- grain: one row per place. inputs: every_enrollment, kind.
SELECT issued_at(person_key) AS place, count(*) AS enrollments
FROM every_enrollment
WHERE id_kind = (SELECT id_kind FROM kind WHERE kind = 'resident_id')
GROUP BY place
