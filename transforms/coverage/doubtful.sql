-- The rest of the population that the departments know: public security, education, tax, and everybody with an enrollment
-- row of whatever kind (rules 4.5). Few of them: these are looked at in full.
-- grain: one row per person, key person_key. inputs: covered_person, everybody_resident, everybody_student, everybody_contribution, everybody_enrollment.
SELECT DISTINCT person_key
FROM (
    SELECT person_key FROM everybody_resident
    UNION ALL SELECT person_key FROM everybody_student
    UNION ALL SELECT person_key FROM everybody_contribution
    UNION ALL SELECT person_key FROM everybody_enrollment
) k
ANTI JOIN covered_person c USING (person_key)
