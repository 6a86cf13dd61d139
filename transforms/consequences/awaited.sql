-- Persons of whose enrollments something is open in the ledgers of the night before: whether these have been ended since, also by a
-- status that never counts, and whether a premium was paid back, is asked of tonight's extracts, though nothing else puts the person in
-- question any more.
-- grain: one row per document, key person_key. inputs: every_enrollment, awaited_enrollment.
SELECT DISTINCT person_key FROM every_enrollment SEMI JOIN awaited_enrollment USING (enrollment_hash)
