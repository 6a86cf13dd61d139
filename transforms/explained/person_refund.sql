-- The premiums that may be refunded on a person's application.
-- grain: one row per enrollment and paid period. inputs: said_refunds, asked_person.
SELECT * FROM said_refunds
WHERE person_id IN (SELECT person_id FROM asked_person)
ORDER BY enrollment_id, period_begin
