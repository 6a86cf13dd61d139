-- Enrollment rows of persons in question of the basic schemes, whatever their status: scheme, pool and kind (rules 1).
-- enrollment_no is the place of the row in the input, unique and quick to compare; nothing is ever ordered by it, where
-- order matters enrollment_id decides.
-- grain: one row per enrollment row, key enrollment_no. inputs: enrollment, pooling, flexible_type.
SELECT
    row_id AS enrollment_no,
    psn_insu_rlts_id AS enrollment_id,
    person_key,
    scheme_of(insutype) AS scheme,
    coalesce(poolarea_no, insu_admdvs)[1:pool_digits] AS pool,
    insu_admdvs,
    emp_no,
    scheme = 'employee' AND (coalesce(insutype_retr_flag, '') IN ('1', '2') OR coalesce(psn_type, '') LIKE '12%') AS is_retired,
    scheme = 'employee' AND NOT is_retired
        AND (coalesce(psn_type, '') = '1103' OR coalesce(emp_mgt_type, '') IN (SELECT code FROM flexible_type)) AS is_flexible,
    crt_insu_date,
    coalesce(paus_insu_date, DATE '9999-12-31') AS ends_on,
    trt_begn_date,
    psn_insu_stas IN ('0', '3') AS is_void
FROM enrollment
JOIN pooling ON province = coalesce(poolarea_no, insu_admdvs)[1:2]
WHERE is_basic(insutype)
