-- What the policy in force makes of the night: every decision, and on the row that counts of each enrollment the money
-- that follows: deductions (exempt ones are none) and refunds that are granted on application.
-- grain: one row per decision, key (enrollment_id, overlap_id). inputs: decision, deduction, refund.
WITH deducted AS (
    SELECT enrollment_no, sum(amount) AS amount FROM deduction WHERE status <> 'exempt' GROUP BY enrollment_no
),
refunded AS (
    SELECT enrollment_no, sum(personal_amount + assistance_amount) AS amount,
        string_agg(DISTINCT case_id || ' ' || eligibility, ', ' ORDER BY case_id || ' ' || eligibility) AS cases
    FROM refund
    GROUP BY enrollment_no
)
SELECT d.enrollment_id, d.overlap_id, d.person_id, d.scheme, d.insu_admdvs, d.action, d.would_be, d.rule_id, d.deciding_fact,
    d.kept_enrollment_id, d.effective_date, d.resumes_on, d.counts,
    CAST(if(d.counts, coalesce(m.amount, 0), 0) AS DECIMAL(12, 2)) AS deductions,
    CAST(if(d.counts, coalesce(r.amount, 0), 0) AS DECIMAL(12, 2)) AS refunds,
    if(d.counts, r.cases, NULL) AS refund_cases
FROM decision d
LEFT JOIN deducted m USING (enrollment_no)
LEFT JOIN refunded r USING (enrollment_no)
