-- Every id under which a protected person may have been published: tonight's, and those of each of its documents, which
-- rows that are carried over the nights may still bear.
-- grain: one row per id. inputs: protected, person, kind.
SELECT person_id FROM person SEMI JOIN protected USING (person_key)
UNION
SELECT keyed_hash(identifier_text(document_key, kind, certificate_number(document_key, canonical)))
FROM protected JOIN kind USING (id_kind)
ORDER BY person_id
