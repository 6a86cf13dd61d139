-- How many enrollments carry a resident ID of each place of issue, the first six digits, for the manifest.
-- grain: one row per place. inputs: every_enrollment, kind.
SELECT lpad(CAST(place AS VARCHAR), 6, '0') AS place, count(*) AS enrollments
FROM (
    SELECT CAST(person_key // 100000000000 AS INTEGER) AS place
    FROM every_enrollment
    WHERE id_kind = (SELECT id_kind FROM kind WHERE kind = 'resident_id')
)
GROUP BY place
ORDER BY place
