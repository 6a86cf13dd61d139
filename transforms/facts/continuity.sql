-- Length of the run of paid employee months that ends at the decision date's month (of a future overlap: the as-of
-- month): up to payment_grace_months missing at the very end do not break it and do not count, up to
-- gap_tolerance_months missing inside are bridged and do not count (rules 2, continuous_employee_months).
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
ordered AS MATERIALIZED (
    -- a run begins where nothing before it reaches up to the months that may be missing
    SELECT *, before IS NULL OR first_month > before + 1 + $gap_tolerance_months AS begins,
        greatest(0, last_month - greatest(first_month, coalesce(before + 1, first_month)) + 1) AS months
    FROM (
        SELECT *, max(last_month) OVER (PARTITION BY overlap_no ORDER BY first_month, last_month ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
        FROM known
    )
),
last_run AS (
    SELECT overlap_no, max(first_month) AS first_month FROM ordered WHERE begins GROUP BY overlap_no
)
SELECT any_value(o.person_key) AS person_key, any_value(o.starts_on) AS starts_on, any_value(r.first_month) AS first_month, max(o.last_month) AS last_month,
    if(any_value(o.until_month) - max(o.last_month) <= $payment_grace_months, CAST(sum(o.months) AS INTEGER), 0) AS continuous_employee_months
FROM ordered o JOIN last_run r ON r.overlap_no = o.overlap_no AND o.first_month >= r.first_month
GROUP BY o.overlap_no
