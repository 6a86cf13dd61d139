-- The published dataset of the same name; columns, types and order are those of contracts/datasets.py.
WITH other AS (
    SELECT person_key, list_sort(list({'kind': kind, 'canonical': canonical})) AS identifiers
    FROM linked JOIN kind USING (id_kind)
    WHERE document_key <> person_key AND document_key = full_key
    GROUP BY person_key
),
absent AS (
    SELECT * FROM last_person WHERE person_id NOT IN (SELECT person_id FROM person)
),
spoken AS (
    SELECT person_id FROM deduction_ledger SEMI JOIN absent USING (person_id)
    UNION SELECT person_id FROM case_ledger SEMI JOIN absent USING (person_id)
    UNION SELECT person_id FROM refund_ledger SEMI JOIN absent USING (person_id)
    UNION SELECT account_person_id FROM refund_ledger SEMI JOIN absent ON absent.person_id = account_person_id
)
SELECT p.person_id, p.cert_type, p.certno_canonical, p.name, p.gend, p.brdy,
    coalesce(o.identifiers, CAST([] AS STRUCT(kind VARCHAR, canonical VARCHAR)[])) AS other_identifiers
FROM person p LEFT JOIN other o USING (person_key)
UNION ALL
-- whom only the ledger still speaks of
SELECT * FROM absent WHERE person_id IN (SELECT person_id FROM spoken)
ORDER BY person_id
