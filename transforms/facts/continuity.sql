-- Length of the run of paid employee months that ends at the decision date's month (of a future overlap: the as-of
-- month): up to payment_grace_months missing at the very end do not break it and do not count, up to
-- gap_tolerance_months missing inside, all gaps together, are bridged and do not count (rules 2, continuous_employee_months).
-- grain: one row per overlap with both schemes and at least one paid month, key (person_key, starts_on).
-- inputs: overlap, overlap_shape, employee_month.
WITH known AS (
    SELECT o.overlap_no, o.person_key, o.starts_on, o.until_month, m.first_month, least(m.last_month, o.until_month) AS last_month
    FROM employee_month m
    JOIN (
        SELECT o.overlap_no, o.person_key, o.starts_on, if(o.timing = 'future', month_of($as_of), o.decision_month) AS until_month
        FROM overlap o SEMI JOIN (SELECT overlap_no FROM overlap_shape WHERE n_employee > 0 AND n_resident > 0) USING (overlap_no)
    ) o ON o.person_key = m.person_key AND o.until_month >= m.first_month
),
ordered AS (
    SELECT *, greatest(0, first_month - before - 1) AS missing_before,
        greatest(0, last_month - greatest(first_month, coalesce(before + 1, first_month)) + 1) AS months
    FROM (
        SELECT *, max(last_month) OVER (PARTITION BY overlap_no ORDER BY first_month, last_month ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
        FROM known
    )
),
last_run AS (
    -- back from the end, as far as the months that are missing may be
    SELECT * FROM ordered
    QUALIFY coalesce(sum(missing_before) OVER
        (PARTITION BY overlap_no ORDER BY first_month DESC, last_month DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)
        <= $gap_tolerance_months
)
SELECT any_value(person_key) AS person_key, any_value(starts_on) AS starts_on, min(first_month) AS first_month, max(last_month) AS last_month,
    if(any_value(until_month) - max(last_month) <= $payment_grace_months, CAST(sum(months) AS INTEGER), 0) AS continuous_employee_months
FROM last_run
GROUP BY overlap_no
