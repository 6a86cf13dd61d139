-- The documents of the doubtful: what their rows are found by before anything is joined to everybody's.
-- grain: one row per document, key document_key. inputs: doubtful, linked.
SELECT person_key AS document_key FROM doubtful
UNION SELECT document_key FROM linked SEMI JOIN doubtful USING (person_key)
