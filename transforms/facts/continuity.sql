-- Length of the run of paid employee months that ends at the decision date's month (of a future overlap: the as-of
-- month): up to payment_grace_months missing at the very end do not break it and do not count, up to
-- gap_tolerance_months missing inside are bridged and do not count (rules 2, continuous_employee_months).
-- grain: one row per overlap with both schemes and at least one paid month, key (person_key, starts_on).
-- inputs: overlap, overlap_shape, employee_month.
WITH target AS (
    SELECT person_key, starts_on,
        if(timing = 'future', year($as_of) * 12 + month($as_of) - 1, decision_month) AS until_month
    FROM overlap JOIN overlap_shape USING (person_key, starts_on)
    WHERE n_employee > 0 AND n_resident > 0
),
known AS (
    SELECT t.person_key, t.starts_on, t.until_month, m.first_month, least(m.last_month, t.until_month) AS last_month, m.extract, m.row_id
    FROM target t JOIN employee_month m USING (person_key)
    WHERE m.first_month <= t.until_month
),
ordered AS (
    SELECT *, max(last_month) OVER (PARTITION BY person_key, starts_on ORDER BY first_month, last_month, extract, row_id
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
    FROM known
),
runs AS (
    SELECT *,
        count(*) FILTER (before IS NULL OR first_month > before + 1 + $gap_tolerance_months) OVER
            (PARTITION BY person_key, starts_on ORDER BY first_month, last_month, extract, row_id ROWS UNBOUNDED PRECEDING) AS run,
        greatest(0, last_month - greatest(first_month, coalesce(before + 1, first_month)) + 1) AS months
    FROM ordered
),
lengths AS (
    SELECT person_key, starts_on, run, sum(months) AS months, min(first_month) AS first_month, max(last_month) AS last_month, any_value(until_month) AS until_month
    FROM runs
    GROUP BY person_key, starts_on, run
)
SELECT person_key, starts_on, first_month, last_month,
    if(until_month - last_month <= $payment_grace_months, CAST(months AS INTEGER), 0) AS continuous_employee_months
FROM lengths
QUALIFY row_number() OVER (PARTITION BY person_key, starts_on ORDER BY run DESC) = 1
