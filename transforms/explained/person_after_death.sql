-- What was booked for a person after death.
-- grain: one row per contribution or stay. inputs: said_after_death, asked_person.
SELECT * FROM said_after_death
WHERE person_id IN (SELECT person_id FROM asked_person)
ORDER BY extract, row_key
