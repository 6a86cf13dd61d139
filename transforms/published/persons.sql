-- The published dataset of the same name; columns, types and order are those of contracts/datasets.py.
SELECT person_id, cert_type, certno_canonical, name, gend, brdy,
    CAST([] AS STRUCT(kind VARCHAR, canonical VARCHAR)[]) AS other_identifiers
FROM person
ORDER BY person_id
