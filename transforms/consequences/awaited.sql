-- Persons with an open entry in the ledgers of the night before. Tonight's extracts have to say whether the enrollment has been ended
-- since (also by a status that is never active) and whether the premium was paid back, even if nothing else puts the person in question.
-- grain: one row per document, key person_key. inputs: read_enrollment, awaited_enrollment.
SELECT DISTINCT person_key FROM read_enrollment SEMI JOIN awaited_enrollment USING (enrollment_hash)
