-- Months that a flexible worker had paid ahead in one sum when an employer began to pay elsewhere: of the as-of year,
-- from the first employer-paid month of the kept enrollment on, or by first_refund_month from the one after the month in
-- which the employer began; the sum spread evenly over its months, rounded half up per contribution (rules 4.2,
-- flexible_prepaid).
-- grain: one row per enrollment, key enrollment_no. inputs: decided, payment, spell.
WITH ending AS (
    SELECT d.enrollment_no, s.person_key, s.insu_admdvs, d.kept_enrollment_no, d.effective_date
    FROM decided d JOIN spell s USING (enrollment_no)
    WHERE d.counts AND d.action = 'terminate' AND d.rule_id = 'employee_workplace' AND s.is_flexible
),
employed AS (
    SELECT e.enrollment_no,
        min(greatest(p.first_month, year($as_of) * 12)) FILTER (p.first_month <= year($as_of) * 12 + 11 AND p.last_month >= year($as_of) * 12) AS paid_from,
        -- the month in which the employer began is left out by parameter
        paid_from + if($first_refund_month = 'month_after' AND min(p.first_month) = paid_from, 1, 0) AS from_month
    FROM payment p JOIN ending e ON e.kept_enrollment_no = p.enrollment_no
    WHERE p.is_employer_paid
    GROUP BY e.enrollment_no
    HAVING paid_from IS NOT NULL
),
unused AS (
    SELECT e.*, greatest(p.first_month, m.from_month) AS from_month, least(p.last_month, year($as_of) * 12 + 11) AS to_month,
        p.last_month - p.first_month + 1 AS months, CAST(p.psn_clct_amt * 100 AS BIGINT) AS fen,
        p.payer_is_given AND p.payer_key IS DISTINCT FROM e.person_key AS is_paid_by_relative, p.payer_key
    FROM payment p JOIN ending e USING (enrollment_no) JOIN employed m USING (enrollment_no)
    WHERE p.last_month > p.first_month
      AND greatest(p.first_month, m.from_month) <= least(p.last_month, year($as_of) * 12 + 11)
)
SELECT enrollment_no, insu_admdvs, effective_date,
    first_day(min(from_month)) AS period_begin, first_day(max(to_month) + 1) AS period_end,
    -- integer fen: 2 * a * n / (2 * m) + 1/2 is half up without a float, and half down of what was taken back
    CAST(sum(sign(fen) * ((abs(fen) * (to_month - from_month + 1) * 2 + months) // (months * 2))) / 100.0 AS DECIMAL(12, 2)) AS personal_amount,
    bool_or(is_paid_by_relative) AS is_paid_by_relative,
    if(bool_and(is_paid_by_relative) FILTER (fen <> 0) AND count(DISTINCT payer_key) FILTER (is_paid_by_relative) = 1, min(payer_key) FILTER (is_paid_by_relative), NULL) AS payer_key
FROM unused
GROUP BY enrollment_no, insu_admdvs, effective_date
