-- Schools of the doubtful.
-- grain: one row per row of the extract. inputs: read_student, dropped_student, doubtful_document, linked.
SELECT coalesce(l.person_key, s.person_key) AS person_key, coalesce(l.full_key, s.person_key) AS document_key, s.id_kind, s.canonical,
    s.school_admdvs, s.stage, s.status, s.entry_date, s.expected_graduation
FROM read_student s
SEMI JOIN doubtful_document d ON d.document_key = s.person_key
LEFT JOIN linked l ON l.document_key = s.person_key
WHERE row_id NOT IN (SELECT row_id FROM dropped_student)
