-- The published dataset of the same name; columns, types and order are those of contracts/datasets.py.
SELECT person_id, cert_type, certno_canonical, name, gend, brdy,
    CAST([] AS STRUCT(kind VARCHAR, canonical VARCHAR)[]) AS other_identifiers
FROM person
UNION ALL
-- whom only the ledger still speaks of
SELECT * FROM last_person
WHERE person_id IN (SELECT person_id FROM ledger) AND person_id NOT IN (SELECT person_id FROM person)
ORDER BY person_id
