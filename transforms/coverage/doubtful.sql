-- The rest of the population that the departments know: public security, education, tax, and everybody with an enrollment
-- row of whatever kind (rules 4.5). Few of them: these are looked at in full. Whose document it is, is asked of the few, too.
-- grain: one row per person, key person_key.
-- inputs: covered_person, linked, every_resident, every_student, every_contribution, every_enrollment.
WITH covered_document AS (
    SELECT person_key AS document_key FROM covered_person
    UNION ALL SELECT document_key FROM linked SEMI JOIN covered_person USING (person_key)
)
SELECT DISTINCT coalesce(l.person_key, k.document_key) AS person_key
FROM (
    SELECT person_key AS document_key FROM every_resident
    UNION ALL SELECT person_key FROM every_student
    UNION ALL SELECT person_key FROM every_contribution
    UNION ALL SELECT person_key FROM every_enrollment
) k
ANTI JOIN covered_document c USING (document_key)
LEFT JOIN linked l USING (document_key)
