-- The rest of the population that the departments know: public security, education, tax, and everybody with an enrollment
-- row of whatever kind (rules 4.5). Few of them: these are looked at in full.
-- grain: one row per person, key person_key. inputs: covered_person, every_resident, every_student, every_contribution, every_enrollment.
SELECT DISTINCT person_key
FROM (
    SELECT person_key FROM every_resident
    UNION ALL SELECT person_key FROM every_student
    UNION ALL SELECT person_key FROM every_contribution
    UNION ALL SELECT person_key FROM every_enrollment
) k
ANTI JOIN covered_person c USING (person_key)
