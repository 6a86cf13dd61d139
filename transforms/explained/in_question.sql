-- The enrollments of the person in question, in whatever list of the night.
-- grain: one row per enrollment, key enrollment_id.
-- inputs: said_decisions, said_overlaps, said_subsidy_deductions, said_refunds, said_cases, asked_person.
SELECT enrollment_id FROM said_decisions WHERE person_id IN (SELECT person_id FROM asked_person)
UNION
SELECT unnest(enrollment_ids) FROM said_overlaps WHERE person_id IN (SELECT person_id FROM asked_person)
UNION
SELECT enrollment_id FROM said_subsidy_deductions WHERE person_id IN (SELECT person_id FROM asked_person)
UNION
SELECT enrollment_id FROM said_refunds WHERE person_id IN (SELECT person_id FROM asked_person)
UNION
SELECT enrollment_id FROM said_cases WHERE person_id IN (SELECT person_id FROM asked_person)
