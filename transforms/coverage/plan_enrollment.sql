-- Enrollment rows of the doubtful: built as the table `enrollment` of the schema plan, so that what says on which days an
-- enrollment is active (transforms/activity) says it of them, too.
-- grain: one row per enrollment row, key psn_insu_rlts_id. inputs: read_enrollment, dropped_enrollment, doubtful_document, linked.
SELECT e.row_id, e.psn_insu_rlts_id, coalesce(l.person_key, e.person_key) AS person_key, e.id_kind, e.canonical, e.psn_name, e.gend, e.brdy,
    e.insutype, e.psn_type, e.psn_insu_stas, e.crt_insu_date, e.paus_insu_date, e.trt_begn_date, e.insutype_retr_flag, e.emp_no,
    e.emp_mgt_type, e.insu_admdvs, e.poolarea_no, e.is_disabled, e.enrollment_hash
FROM read_enrollment e
SEMI JOIN doubtful_document d ON d.document_key = e.person_key
LEFT JOIN linked l ON l.document_key = e.person_key
WHERE row_id NOT IN (SELECT row_id FROM dropped_enrollment)
