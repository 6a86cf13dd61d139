-- What is known of every enrollment of a person with a decision, as stretches of time, for whoever reads the decision:
-- active (rules 1.1), paid and back_paid (months of effective contributions, those that follow one another together),
-- benefits (from the day on which they begin), enrolled (the span), and merged (an earlier row of the same spell, under its
-- own id; rules 1.1). 9999-12-31 stands for an open end. kind is the place of its name in published/timelines.sql.
-- Paid months are bits of a number: where none is missing between the first and the last they are one run, and nothing need be sorted.
-- Only the few with a gap, or with months too early or too late for 120 bits, are sorted.
-- grain: one row per stretch, key (enrollment_place, kind, starts_on). inputs: timeline, benefit, cover, payment.
WITH paid AS (
    SELECT enrollment_no, is_backpaid, min(first_month) AS first_month, max(last_month) AS last_month,
        bit_count(bit_or(if(first_month >= since AND last_month BETWEEN first_month AND since + 119,
            ((CAST(1 AS HUGEINT) << CAST(last_month - first_month + 1 AS HUGEINT)) - 1) << CAST(first_month - since AS HUGEINT), NULL))) AS months
    FROM (SELECT *, month_of($as_of) - 100 AS since FROM payment WHERE enrollment_no IS NOT NULL)
    GROUP BY enrollment_no, is_backpaid
),
broken AS (
    SELECT enrollment_no, is_backpaid FROM paid WHERE months IS DISTINCT FROM last_month - first_month + 1
),
month_run AS (
    SELECT enrollment_no, is_backpaid, first_month, last_month FROM paid WHERE months = last_month - first_month + 1
    UNION ALL
    -- a run begins where no month before it reaches up to it
    SELECT enrollment_no, is_backpaid, min(first_month), max(last_month)
    FROM (
        SELECT *, count(*) FILTER (reached IS NULL OR first_month > reached + 1)
            OVER (PARTITION BY enrollment_no, is_backpaid ORDER BY first_month, last_month, contribution_no ROWS UNBOUNDED PRECEDING) AS run
        FROM (
            SELECT enrollment_no, contribution_no, is_backpaid, first_month, last_month,
                max(last_month) OVER (PARTITION BY enrollment_no, is_backpaid ORDER BY first_month, last_month, contribution_no
                    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reached
            FROM payment SEMI JOIN broken USING (enrollment_no, is_backpaid)
        )
    )
    GROUP BY enrollment_no, is_backpaid, run
),
known AS (
    SELECT enrollment_no, 1 AS kind, starts_on, ends_on FROM cover
    UNION ALL
    SELECT enrollment_no, if(is_backpaid, 2, 6), first_day(first_month), first_day(last_month + 1)
    FROM month_run
    UNION ALL
    -- benefits end with the span
    SELECT enrollment_no, 3, benefits_from, NULL FROM benefit
)
SELECT t.enrollment_place, CAST(k.kind AS TINYINT) AS kind, k.starts_on, coalesce(k.ends_on, t.ends_on) AS ends_on
FROM known k JOIN timeline t USING (enrollment_no)
WHERE k.ends_on IS NOT NULL OR k.starts_on < t.ends_on
UNION ALL
SELECT enrollment_place, if(part_of IS NULL, 4, 5), starts_on, ends_on FROM timeline
