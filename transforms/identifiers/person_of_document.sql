-- Which person each linked document belongs to.
-- grain: one row per linked document, key document_key. inputs: linked.
SELECT document_key, person_key FROM linked
