-- The decisions of a person, and what a review waits for.
-- grain: one row per decision, key (enrollment_id, overlap_id). inputs: said_decisions, said_reviews, asked_person.
WITH review AS (
    SELECT enrollment_id, overlap_id, missing, conflict FROM said_reviews WHERE person_id IN (SELECT person_id FROM asked_person)
)
SELECT d.*, coalesce(r.missing, []) AS missing, coalesce(r.conflict, []) AS conflict
FROM said_decisions d
LEFT JOIN review r ON r.enrollment_id = d.enrollment_id AND r.overlap_id IS NOT DISTINCT FROM d.overlap_id
WHERE d.person_id IN (SELECT person_id FROM asked_person)
ORDER BY d.enrollment_id, d.overlap_id NULLS FIRST
