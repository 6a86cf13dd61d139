-- Persons whose documents are linked into something that is not to be believed: more than five documents; two resident IDs
-- that the police register carries without deregistration; two documents that a cannot_link entry keeps apart, also where the
-- entry names one document twice. Nothing is decided automatically for them.
-- grain: one row per person, key person_key. inputs: linked, document_link, read_resident, dropped_resident, kind.
WITH several AS (
    SELECT document_key, person_key
    FROM linked JOIN kind USING (id_kind)
    WHERE kind = 'resident_id'
    QUALIFY count(*) OVER (PARTITION BY person_key) > 1
),
living AS (
    SELECT s.person_key, s.document_key
    FROM read_resident r JOIN several s ON s.document_key = r.person_key
    WHERE ((r.dereg_reason IS NULL AND r.dereg_date IS NULL) OR r.dereg_date > $as_of)
      AND r.row_id NOT IN (SELECT row_id FROM dropped_resident)
),
doubt AS (
    SELECT person_key, 'many_identifiers' AS doubt FROM linked WHERE documents > 5
    UNION ALL
    SELECT person_key, 'two_living_ids' FROM living GROUP BY person_key HAVING count(DISTINCT document_key) > 1
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
