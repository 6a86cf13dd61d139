-- What is known of a person's enrollments as stretches of time.
-- grain: one row per enrollment, kind and first day. inputs: said_timelines, asked_person.
SELECT * FROM said_timelines
WHERE person_id IN (SELECT person_id FROM asked_person)
ORDER BY enrollment_id, kind, starts_on
