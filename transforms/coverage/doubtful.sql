-- The rest of the population that the departments know: public security, education, tax, and everybody with an enrollment
-- row of whatever kind (rules 4.5). Only those are kept who are not plainly covered (covered_person): few,
-- who are then looked at in full. Links of documents and dropped rows are looked up for these few only.
-- grain: one row per person, key person_key.
-- inputs: covered_person, linked, read_resident, read_student, read_contribution, read_enrollment, dropped_resident,
-- dropped_student, dropped_contribution, dropped_enrollment.
WITH covered_document AS (
    SELECT person_key AS document_key FROM covered_person
    UNION ALL SELECT document_key FROM linked SEMI JOIN covered_person USING (person_key)
),
known AS (
    SELECT person_key AS document_key, 1 AS extract, row_id FROM read_resident
    UNION ALL SELECT person_key, 2, row_id FROM read_student
    UNION ALL SELECT person_key, 3, row_id FROM read_contribution
    UNION ALL SELECT person_key, 4, row_id FROM read_enrollment
),
dropped AS (
    SELECT 1 AS extract, row_id FROM dropped_resident
    UNION ALL SELECT 2, row_id FROM dropped_student
    UNION ALL SELECT 3, row_id FROM dropped_contribution
    UNION ALL SELECT 4, row_id FROM dropped_enrollment
)
SELECT DISTINCT coalesce(l.person_key, k.document_key) AS person_key
FROM known k
ANTI JOIN covered_document USING (document_key)
ANTI JOIN dropped USING (extract, row_id)
LEFT JOIN linked l USING (document_key)
