-- The person in question, more than one where the ledger still has an earlier person_id.
-- grain: one row per person. inputs: asked_person.
SELECT person_id FROM asked_person ORDER BY person_id
