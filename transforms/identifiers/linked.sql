-- The person of each linked document. Its key is that of the preferred document, under which it is published: a resident
-- ID, then a residence permit, then a foreigner's permanent residence card, then any other; among equals one that no link
-- replaces, then the least number.
-- Documents in a component of more than 100 stay apart: nobody holds so many, and one time line of hundreds of people helps
-- nobody. Each of them is under review all the same (suspicious).
-- full_key: of a foreign passport known by its number alone the passport with its nationality; it counts as one document.
-- grain: one row per linked document, key document_key. inputs: document_link, foreign_passport, component, kind.
WITH side AS (
    SELECT told.old_key AS document_key, told.old_kind AS id_kind, told.old_canonical AS canonical, true AS is_replaced
    FROM document_link WHERE state = 'live' AND low_key <> high_key
    UNION ALL
    SELECT told.new_key, told.new_kind, told.new_canonical, false
    FROM document_link WHERE state = 'live' AND low_key <> high_key
    UNION ALL
    SELECT unnest([number_key, passport_key]), id_kind, unnest([canonical[4:], canonical]), unnest([true, false])
    FROM foreign_passport
),
document AS (
    SELECT s.document_key, min({'id_kind': s.id_kind, 'canonical': s.canonical}) AS one, bool_or(is_replaced) AS is_replaced,
        coalesce(any_value(f.passport_key), s.document_key) AS full_key
    FROM side s LEFT JOIN foreign_passport f ON f.number_key = s.document_key
    GROUP BY s.document_key
),
preferred AS (
    SELECT c.least_key, count(DISTINCT full_key) AS documents,
        min({
            'rank': CASE kind WHEN 'resident_id' THEN 1 WHEN 'residence_permit' THEN 2 WHEN 'foreign_pr' THEN 3 ELSE 4 END,
            'is_replaced': is_replaced, 'canonical': one.canonical, 'document_key': document_key
        }).document_key AS person_key
    FROM document JOIN component c USING (document_key) JOIN kind ON kind.id_kind = one.id_kind
    GROUP BY c.least_key
)
SELECT document_key, full_key, if(documents > 100, full_key, person_key) AS person_key, one.id_kind AS id_kind, one.canonical AS canonical, documents
FROM document JOIN component USING (document_key) JOIN preferred USING (least_key)
