-- Paid periods of the resident enrollments to be ended that reach beyond the end: effective contributions with one
-- accrym_begn, summed (rules 4.2). is_begun: the period starts before the effective date.
-- grain: one row per enrollment and period, key (enrollment_no, period_begin). inputs: decided, payment, spell.
WITH ending AS (
    SELECT d.enrollment_no, s.person_key, s.insu_admdvs, d.rule_id, d.action, d.effective_date
    FROM decided d JOIN spell s USING (enrollment_no)
    WHERE d.counts AND d.scheme = 'resident' AND d.action IN ('terminate', 'suspend')
)
SELECT e.*,
    make_date(first_month // 12, first_month % 12 + 1, 1) AS period_begin,
    make_date((max(last_month) + 1) // 12, (max(last_month) + 1) % 12 + 1, 1) AS period_end,
    sum(psn_clct_amt) AS psn_clct_amt,
    sum(oth_clct_amt) AS oth_clct_amt,
    bool_or(is_paid_by_relative) AS is_paid_by_relative,
    -- the account, where it is one
    if(count(DISTINCT payer_key) FILTER (is_paid_by_relative) = 1, min(payer_key) FILTER (is_paid_by_relative), NULL) AS payer_key,
    period_begin < e.effective_date AS is_begun
FROM ending e JOIN payment p USING (enrollment_no)
GROUP BY ALL
HAVING period_end > e.effective_date
