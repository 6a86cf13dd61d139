-- Persons whose documents are linked into something that is not to be believed: more than five documents; two resident IDs
-- that the police register carries without deregistration; two documents that an entry keeps apart, be it one document
-- said to be two people's. Nothing is decided automatically for them.
-- grain: one row per person, key person_key. inputs: linked, document_link, every_resident, kind.
WITH several AS (
    SELECT document_key, person_key
    FROM linked JOIN kind USING (id_kind)
    WHERE kind = 'resident_id'
    QUALIFY count(*) OVER (PARTITION BY person_key) > 1
),
doubt AS (
    SELECT person_key, 'many_identifiers' AS doubt FROM linked WHERE documents > 5
    UNION ALL
    SELECT s.person_key, 'two_living_ids'
    FROM several s JOIN every_resident r ON r.person_key = s.document_key
    WHERE (r.dereg_reason IS NULL AND r.dereg_date IS NULL) OR r.dereg_date > $as_of
    GROUP BY s.person_key
    HAVING count(DISTINCT s.document_key) > 1
    UNION ALL
    SELECT coalesce(a.person_key, d.low_key), 'kept_apart'
    FROM document_link d
    LEFT JOIN linked a ON a.document_key = d.low_key
    LEFT JOIN linked b ON b.document_key = d.high_key
    WHERE d.state = 'undone' AND coalesce(a.person_key, d.low_key) = coalesce(b.person_key, d.high_key)
)
SELECT person_key, list_sort(list(DISTINCT doubt)) AS doubts
FROM doubt
GROUP BY person_key
