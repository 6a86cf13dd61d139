-- Mutual-aid relations of a person that end or were never valid.
-- grain: one row per relation. inputs: said_mutual_aid_dissolutions, asked_person.
SELECT * FROM said_mutual_aid_dissolutions
WHERE donor_person_id IN (SELECT person_id FROM asked_person) OR beneficiary_person_id IN (SELECT person_id FROM asked_person)
ORDER BY relation_id
