-- Persons whose whereabouts are kept secret, with the documents that say so: type 91 in an extract that speaks of everybody,
-- or the bureau's own list.
-- grain: one row per such document, key (person_key, document_key). inputs: everybody_enrollment, everybody_resident, protect_list, linked.
SELECT person_key, document_key, id_kind, canonical FROM everybody_enrollment WHERE is_protected
UNION
SELECT person_key, document_key, id_kind, canonical FROM everybody_resident WHERE is_protected
UNION
SELECT coalesce(l.person_key, p.document_key), coalesce(l.full_key, p.document_key), p.id_kind, p.canonical
FROM protect_list p LEFT JOIN linked l USING (document_key)
