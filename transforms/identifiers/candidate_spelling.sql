-- Spellings of names that candidates are compared by.
-- grain: one row per spelling. inputs: near_number, other_document.
SELECT psn_name FROM near_number WHERE psn_name IS NOT NULL
UNION
SELECT psn_name FROM other_document
