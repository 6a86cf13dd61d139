-- The subsidies that are taken back for a person's enrollments, by year and level.
-- grain: one row per enrollment, year and level. inputs: said_subsidy_deductions, asked_person.
SELECT * FROM said_subsidy_deductions
WHERE person_id IN (SELECT person_id FROM asked_person)
ORDER BY enrollment_id, fiscal_year, amount DESC, level
