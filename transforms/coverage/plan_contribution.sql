-- Effective contributions since the look-back of the doubtful, or that name an enrollment of theirs: built as the table
-- `contribution` of the schema plan. An id that names no enrollment of theirs is '', which belongs to none.
-- grain: one row per contribution, key row_id.
-- inputs: read_contribution, dropped_contribution, doubtful_document, linked, enrollment.
WITH named AS (
    SELECT enrollment_hash, min(psn_insu_rlts_id) AS psn_insu_rlts_id FROM enrollment GROUP BY enrollment_hash
),
-- nearly all that name an enrollment of theirs are theirs: only the others are read by what they name
of_others AS (
    SELECT row_id FROM read_contribution SEMI JOIN named USING (enrollment_hash) ANTI JOIN doubtful_document ON document_key = person_key
),
paid AS (
    SELECT * FROM read_contribution SEMI JOIN doubtful_document ON document_key = person_key
    UNION ALL
    SELECT * FROM read_contribution SEMI JOIN of_others USING (row_id)
)
SELECT c.row_id, coalesce(l.person_key, c.person_key) AS person_key, c.id_kind, c.canonical, c.insutype, c.psn_type, c.emp_mgt_type, c.insu_admdvs, c.accrym_begn, c.accrym_end, c.clct_type,
    if(c.enrollment_hash = 0, NULL, coalesce(e.psn_insu_rlts_id, '')) AS psn_insu_rlts_id,
    '1' AS clct_flag, 'Z' AS revs_flag, NULL::VARCHAR AS clct_detl_id, false AS payer_is_given, NULL::BIGINT AS payer_person_key,
    NULL::DECIMAL(12, 2) AS psn_clct_amt, NULL::DECIMAL(12, 2) AS oth_clct_amt, NULL::DECIMAL(12, 2) AS finsubs_amt
FROM paid c
LEFT JOIN named e USING (enrollment_hash)
LEFT JOIN linked l ON l.document_key = c.person_key
WHERE c.row_id NOT IN (SELECT row_id FROM dropped_contribution)
