-- Effective contributions since the look-back of the doubtful, or that name an enrollment of theirs: built as the table
-- `contribution` of the schema plan. An id that names no enrollment of theirs is '', which belongs to none.
-- grain: one row per contribution, key row_id. inputs: every_contribution, doubtful_document, linked, enrollment.
SELECT c.row_id, coalesce(l.person_key, c.person_key) AS person_key, c.id_kind, c.canonical, c.insutype, c.psn_type, c.emp_mgt_type, c.insu_admdvs, c.accrym_begn, c.accrym_end, c.clct_type,
    if(c.enrollment_hash = 0, NULL, coalesce(e.psn_insu_rlts_id, '')) AS psn_insu_rlts_id,
    '1' AS clct_flag, 'Z' AS revs_flag, NULL::VARCHAR AS clct_detl_id, false AS payer_is_given, NULL::BIGINT AS payer_person_key,
    NULL::DECIMAL(12, 2) AS psn_clct_amt, NULL::DECIMAL(12, 2) AS oth_clct_amt, NULL::DECIMAL(12, 2) AS finsubs_amt
FROM (
    SELECT * FROM every_contribution
    WHERE person_key IN (SELECT document_key FROM doubtful_document) OR enrollment_hash IN (SELECT enrollment_hash FROM enrollment)
) c
LEFT JOIN (SELECT enrollment_hash, min(psn_insu_rlts_id) AS psn_insu_rlts_id FROM enrollment GROUP BY enrollment_hash) e
    ON e.enrollment_hash = c.enrollment_hash
LEFT JOIN linked l ON l.document_key = c.person_key
