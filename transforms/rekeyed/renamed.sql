-- The ids that the persons of the last publication have under the key of keyed_hash: from the number alone where it is
-- unique by itself (18 characters), else from kind and number; which of the two, the published id tells.
-- grain: one row per person, key person_id. inputs: last_person.
SELECT person_id, keyed_hash(certno_canonical) AS of_number, keyed_hash(cert_type || ':' || certno_canonical) AS of_kind
FROM last_person
ORDER BY person_id
