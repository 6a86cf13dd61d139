-- The latest employer-paid month of the person up to the decision date in each pool, of all the tax history, and
-- whether it proves the place of employment: it is the latest of all, and every other pool's is more than
-- collection_lag_months earlier, because a lagging collector proves nothing (rules 2, employment_place); nor is it proved against who has
-- begun elsewhere since, and whose first payment is not there yet (docs/decisions/0102).
-- grain: one row per overlap of two employees or more and pool, key (person_key, starts_on, pool).
-- inputs: overlap, overlap_shape, overlap_member, payment.
WITH latest AS (
    SELECT o.overlap_no, any_value(o.person_key) AS person_key, any_value(o.starts_on) AS starts_on, p.pool,
        max(least(p.last_month, o.decision_month)) AS month, max(least(p.last_month, o.decision_month)) FILTER (NOT p.is_anothers AND p.is_kind_known) AS own_month,
        arg_max(p.clct_detl_id, (least(p.last_month, o.decision_month), p.clct_detl_id)) AS clct_detl_id
    FROM payment p
    JOIN (SELECT o.* FROM overlap o SEMI JOIN (SELECT overlap_no FROM overlap_shape WHERE n_employee >= 2) USING (overlap_no)) o
        ON o.person_key = p.person_key
    WHERE p.is_employer_paid AND p.first_month <= o.decision_month
    GROUP BY o.overlap_no, p.pool
),
begun_since AS (
    SELECT l.overlap_no, l.pool
    FROM latest l
    JOIN (SELECT overlap_no, pool, max(month_of(crt_insu_date)) AS month FROM overlap_member WHERE scheme = 'employee' AND NOT is_flexible GROUP BY overlap_no, pool) b
        ON b.overlap_no = l.overlap_no AND b.pool <> l.pool AND b.month >= coalesce(l.own_month, l.month)
)
SELECT *,
    -- a month that names somebody else's enrollment, or of which nobody says who paid it, is doubt, and proves nothing
    own_month IS NOT NULL AND coalesce(own_month - max(month) OVER
        (PARTITION BY overlap_no ORDER BY month DESC, pool ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING EXCLUDE CURRENT ROW)
        > $collection_lag_months, true)
        AND (overlap_no, pool) NOT IN (SELECT (overlap_no, pool) FROM begun_since) AS is_employment_place
FROM latest
