-- Effective contributions of persons in question, or that name an enrollment of theirs (rules 1.1).
-- premium_no is the place of the row in the input, unique; nothing is ever ordered by it.
-- grain: one row per contribution, key premium_no. inputs: contribution, flexible_type.
SELECT
    row_id AS premium_no,
    clct_detl_id,
    person_key,
    psn_insu_rlts_id AS named_id,
    if(insutype = '310', 'employee', 'resident') AS scheme,
    insu_admdvs,
    accrym_begn AS first_month,
    accrym_end AS last_month,
    coalesce(psn_clct_amt, 0) AS psn_clct_amt,
    coalesce(oth_clct_amt, 0) AS oth_clct_amt,
    coalesce(finsubs_amt, 0) AS finsubs_amt,
    clct_type = '10' OR $count_backpay AS is_continuous,
    CASE
        WHEN psn_type = '1103' OR coalesce(emp_mgt_type, '') IN (SELECT code FROM flexible_type) THEN true
        WHEN psn_type IS NOT NULL OR emp_mgt_type IS NOT NULL THEN false
    END AS says_flexible,
    payer_is_given AND payer_person_key IS DISTINCT FROM person_key AS is_paid_by_relative
FROM contribution
WHERE insutype IN ('310', '390', '380', '391')
  AND clct_type IN ('10', '30', '31', '32') AND clct_flag IN ('1', '4') AND revs_flag = 'Z'
