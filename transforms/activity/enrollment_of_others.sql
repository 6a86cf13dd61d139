-- Enrollments that a payment of a person in question names but that belong to somebody else: built as the table `enrollment` of the
-- schema others, so that activity/basic_row.sql gives their pool and kind, too.
-- grain: one row per enrollment row, key psn_insu_rlts_id. inputs: contribution, main.enrollment, read_enrollment, dropped_enrollment.
SELECT row_id, psn_insu_rlts_id, person_key, insutype, psn_type, psn_insu_stas, crt_insu_date, paus_insu_date, trt_begn_date,
    insutype_retr_flag, emp_no, emp_mgt_type, insu_admdvs, poolarea_no
FROM read_enrollment
SEMI JOIN (SELECT psn_insu_rlts_id FROM contribution EXCEPT SELECT psn_insu_rlts_id FROM main.enrollment) USING (psn_insu_rlts_id)
WHERE row_id NOT IN (SELECT row_id FROM dropped_enrollment)
