-- The latest employer-paid month of the person up to the decision date in each pool, of all the tax history, and
-- whether it proves the place of employment: it is the latest of all, and every other pool's is more than
-- collection_lag_months earlier, because a lagging collector proves nothing (rules 2, employment_place). A payment in quarantine proves
-- nothing either, but where it may be one of another pool and as late, nothing is proved (docs/decisions/0098).
-- grain: one row per overlap of two employees or more and pool, key (person_key, starts_on, pool); beside them, without a pool, the
-- payments in quarantine that leave it open, in_quarantine says why they are there.
-- inputs: overlap, overlap_shape, payment, unread_contribution, spell_row, pooling, flexible_type.
WITH asked AS (
    SELECT o.* FROM overlap o SEMI JOIN (SELECT overlap_no FROM overlap_shape WHERE n_employee >= 2) USING (overlap_no)
),
latest AS (
    SELECT o.overlap_no, any_value(o.person_key) AS person_key, any_value(o.starts_on) AS starts_on, p.pool,
        max(least(p.last_month, o.decision_month)) AS month,
        arg_max(p.clct_detl_id, (least(p.last_month, o.decision_month), p.clct_detl_id)) AS clct_detl_id
    FROM payment p
    JOIN asked o ON o.person_key = p.person_key
    WHERE p.is_employer_paid AND p.first_month <= o.decision_month
    GROUP BY o.overlap_no, p.pool
),
unread AS (
    -- what cannot be read may be anything
    SELECT coalesce(u.person_key, n.person_key) AS person_key, coalesce(n.pool, u.insu_admdvs[1:coalesce(pool_digits, 4)], '?') AS pool,
        least(u.accrym_begn, u.accrym_end) AS first_month,
        if(u.accrym_end IS NULL, NULL, greatest(u.accrym_begn, u.accrym_end)) AS last_month, u.clct_detl_id, u.reasons
    FROM unread_contribution u
    LEFT JOIN spell_row n ON n.enrollment_id = u.psn_insu_rlts_id
    LEFT JOIN pooling ON province = u.insu_admdvs[1:2]
    WHERE coalesce(u.insutype = '310', true) AND coalesce(u.clct_type IN ('10', '30', '31', '32'), true)
      AND coalesce(is_settled(u.clct_flag, u.revs_flag), true)
      AND NOT (coalesce(u.psn_type, '') = '1103' OR coalesce(u.emp_mgt_type, '') IN (SELECT code FROM flexible_type)
          OR coalesce(u.psn_type, u.emp_mgt_type) IS NULL AND coalesce(n.is_flexible, false))
),
doubt AS (
    SELECT o.overlap_no, u.pool, least(coalesce(u.last_month, o.decision_month), o.decision_month) AS month,
        u.clct_detl_id, u.reasons
    FROM unread u JOIN asked o USING (person_key)
    WHERE coalesce(u.first_month, o.decision_month) <= o.decision_month
),
contested AS (
    SELECT l.overlap_no, l.person_key, l.starts_on, l.pool, d.clct_detl_id, d.reasons
    FROM latest l JOIN doubt d ON d.overlap_no = l.overlap_no AND d.pool <> l.pool AND d.month >= l.month - $collection_lag_months
)
SELECT *, NULL AS in_quarantine,
    coalesce(month - max(month) OVER
        (PARTITION BY overlap_no ORDER BY month DESC, pool ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING EXCLUDE CURRENT ROW)
        > $collection_lag_months, true)
        AND (overlap_no, pool) NOT IN (SELECT (overlap_no, pool) FROM contested) AS is_employment_place
FROM latest
UNION ALL BY NAME
SELECT DISTINCT overlap_no, person_key, starts_on, coalesce(clct_detl_id, '') AS clct_detl_id, reasons AS in_quarantine, false AS is_employment_place
FROM contested
