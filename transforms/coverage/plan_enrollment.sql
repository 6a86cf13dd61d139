-- Enrollment rows of the doubtful: built as the table `enrollment` of the schema plan, so that what says on which days an
-- enrollment is active (transforms/activity) says it of them, too.
-- grain: one row per enrollment row, key psn_insu_rlts_id. inputs: every_enrollment, doubtful_document, linked.
SELECT e.* REPLACE (coalesce(l.person_key, e.person_key) AS person_key), coalesce(l.full_key, e.person_key) AS document_key
FROM every_enrollment e
SEMI JOIN doubtful_document d ON d.document_key = e.person_key
LEFT JOIN linked l ON l.document_key = e.person_key
