-- Why a person has no active enrollment.
-- grain: one row per person. inputs: said_coverage_gaps, asked_person.
SELECT * FROM said_coverage_gaps
WHERE person_id IN (SELECT person_id FROM asked_person)
ORDER BY person_id
