-- A person's switches between the schemes.
-- grain: one row per switch. inputs: said_benefit_continuity, asked_person.
SELECT * FROM said_benefit_continuity
WHERE person_id IN (SELECT person_id FROM asked_person)
ORDER BY benefit_start, to_enrollment_id
