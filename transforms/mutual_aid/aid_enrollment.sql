-- Enrollment rows of those who give and receive mutual aid, and of those whose enrollment a relation names: built as the table `enrollment` of the
-- schema aid, so that transforms/activity tells which of them are one enrollment.
-- grain: one row per enrollment row, key psn_insu_rlts_id. inputs: mutual_aid, everybody_enrollment.
WITH party AS (
    SELECT donor_person_key AS person_key FROM mutual_aid
    UNION SELECT beneficiary_person_key FROM mutual_aid
    UNION SELECT person_key FROM everybody_enrollment SEMI JOIN mutual_aid ON donor_enrollment_id = psn_insu_rlts_id
)
-- where there are no relations, nothing is read
SELECT row_id, psn_insu_rlts_id, person_key, insutype, psn_type, psn_insu_stas, crt_insu_date, paus_insu_date, trt_begn_date,
    insutype_retr_flag, emp_no, emp_mgt_type, insu_admdvs, poolarea_no
FROM everybody_enrollment SEMI JOIN party USING (person_key)
