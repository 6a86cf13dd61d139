-- What clerks returned on a person's enrollments, with the decision as it stood then.
-- grain: one row per case, key (enrollment_id, overlap_id). inputs: said_cases, asked_person.
SELECT * FROM said_cases
WHERE person_id IN (SELECT person_id FROM asked_person)
ORDER BY enrollment_id, overlap_id NULLS FIRST
