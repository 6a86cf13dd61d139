-- Paid periods of the resident enrollments to be ended that reach beyond the end: effective contributions with one
-- accrym_begn, summed (rules 4.2). is_begun: the period starts before the effective date.
-- grain: one row per enrollment and period, key (enrollment_no, period_begin). inputs: decided, payment, spell.
WITH ending AS (
    SELECT d.enrollment_no, s.person_key, s.insu_admdvs, d.rule_id, d.action, d.effective_date
    FROM spell s
    JOIN (SELECT * FROM decided WHERE counts AND scheme = 'resident' AND action IN ('terminate', 'suspend')) d USING (enrollment_no)
),
period AS (
    SELECT enrollment_no, first_month, max(last_month) AS last_month, sum(psn_clct_amt) AS psn_clct_amt, sum(oth_clct_amt) AS oth_clct_amt,
        bool_or(is_paid_by_relative) AS is_paid_by_relative, bool_and(is_paid_by_relative) FILTER (psn_clct_amt <> 0) AS is_theirs_alone,
        min(payer_key) FILTER (is_paid_by_relative) AS least_payer, max(payer_key) FILTER (is_paid_by_relative) AS greatest_payer
    -- a relative is another person than the enrolled one, whose number the payment may not carry
    FROM (SELECT p.*, p.payer_is_given AND p.payer_key IS DISTINCT FROM e.person_key AS is_paid_by_relative
          FROM payment p JOIN ending e USING (enrollment_no))
    GROUP BY enrollment_no, first_month
)
SELECT e.*,
    first_day(p.first_month) AS period_begin, first_day(p.last_month + 1) AS period_end,
    p.psn_clct_amt, p.oth_clct_amt, p.is_paid_by_relative,
    -- the account, where all of it came from one
    if(p.is_theirs_alone AND p.least_payer = p.greatest_payer, p.least_payer, NULL) AS payer_key,
    period_begin < e.effective_date AS is_begun
FROM period p JOIN ending e USING (enrollment_no)
WHERE period_end > e.effective_date
