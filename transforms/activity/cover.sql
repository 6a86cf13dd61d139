-- When each enrollment is active: its span, cut by the days it is paid for (rules 1.1). Intervals [starts_on, ends_on)
-- of one enrollment neither overlap nor touch; 9999-12-31 stands for an open end.
-- A resident is paid on the days of the months paid for. An employee is paid from a paid month to payment_grace_months
-- after it, and for as long from the start of the spell; a retired one needs no payment.
-- An employee enrollment that starts after the as-of date, or is active on it and retired, or paid up to or begun in a
-- month no more than collection_lag_months before it, goes on to its end.
-- grain: one row per interval, key (enrollment_no, starts_on). inputs: spell, payment.
WITH months AS (
    SELECT enrollment_no, scheme = 'employee' AS is_employee, first_month, last_month FROM payment WHERE enrollment_no IS NOT NULL
),
whole AS (
    SELECT enrollment_no, bool_and(is_employee) AS is_employee, min(first_month) AS first_month, max(last_month) AS last_month
    FROM months
    GROUP BY enrollment_no
),
broken AS (
    -- of nearly all enrollments the months follow one upon the other, which is quick to see: only where something begins later
    -- than the first and right behind nothing they are put in order
    SELECT DISTINCT enrollment_no
    FROM (FROM months ANTI JOIN (SELECT enrollment_no, last_month + 1 AS first_month FROM months) USING (enrollment_no, first_month)) m
    JOIN whole w USING (enrollment_no)
    WHERE m.first_month > w.first_month
),
reaching AS (
    SELECT *, max(last_month) OVER (PARTITION BY enrollment_no ORDER BY first_month ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reached
    FROM months SEMI JOIN broken USING (enrollment_no)
),
island AS (
    SELECT enrollment_no, is_employee, first_month, last_month, last_month AS paid_to, true AS is_first
    FROM whole ANTI JOIN broken USING (enrollment_no)
    UNION ALL
    -- months that nothing before them reaches, up to what the next ones find
    SELECT enrollment_no, r.is_employee, r.first_month,
        coalesce(lead(reached) OVER (PARTITION BY enrollment_no ORDER BY r.first_month), w.last_month), w.last_month, reached IS NULL
    FROM reaching r JOIN whole w USING (enrollment_no)
    WHERE reached IS NULL OR r.first_month > reached + 1 + if(r.is_employee, $payment_grace_months, 0)
),
paid AS (
    SELECT enrollment_no, is_employee, is_first, paid_to, first_day(first_month) AS starts_on, first_day(until_month) AS ends_on
    FROM (SELECT *, last_month + 1 + if(is_employee, $payment_grace_months, 0) AS until_month FROM island)
),
-- what lies outside the span covers no day, but says until when is paid
employed AS MATERIALIZED (
    SELECT s.person_key, s.enrollment_no, s.starts_on AS spell_starts_on, s.ends_on AS spell_ends_on,
        greatest(p.starts_on, s.starts_on) AS starts_on, least(p.ends_on, s.ends_on) AS ends_on,
        coalesce(p.is_first, true) AS is_first, p.paid_to IS NOT NULL AS is_paid,
        if(s.is_retired OR s.starts_on > $as_of, s.ends_on,
            least(s.ends_on, CAST(s.starts_on + to_months($payment_grace_months) AS DATE))) AS begun_until,
        greatest(p.paid_to, month_of(s.starts_on)) AS paid_to
    FROM spell s LEFT JOIN (SELECT * FROM paid WHERE is_employee) p USING (enrollment_no)
    WHERE s.scheme = 'employee'
),
joined AS (
    -- the enrollment begins paid for; what touches those days goes on from them
    SELECT enrollment_no, min(person_key) AS person_key, min(spell_ends_on) AS spell_ends_on, min(starts_on) AS starts_on,
        max(ends_on) AS ends_on, min(starts_on) <= $as_of AND max(ends_on) > $as_of
            AND max(paid_to) >= month_of($as_of) - $collection_lag_months AS goes_on
    FROM (
        SELECT person_key, enrollment_no, spell_ends_on, spell_starts_on AS starts_on, begun_until AS ends_on, begun_until, paid_to
        FROM employed WHERE is_first
        UNION ALL
        SELECT person_key, enrollment_no, spell_ends_on, starts_on, ends_on, begun_until, paid_to
        FROM employed WHERE is_paid AND starts_on < ends_on
    )
    GROUP BY enrollment_no, if(starts_on <= begun_until, NULL, starts_on)
)
SELECT s.person_key, p.enrollment_no, greatest(p.starts_on, s.starts_on) AS starts_on, least(p.ends_on, s.ends_on) AS ends_on
FROM (SELECT * FROM paid WHERE NOT is_employee) p JOIN spell s USING (enrollment_no)
WHERE greatest(p.starts_on, s.starts_on) < least(p.ends_on, s.ends_on)
UNION ALL
-- what goes on to its end swallows what begins after the as-of date
SELECT person_key, enrollment_no, starts_on, if(goes_on, spell_ends_on, ends_on)
FROM joined
WHERE starts_on < ends_on AND NOT (starts_on > $as_of AND enrollment_no IN (SELECT enrollment_no FROM joined WHERE goes_on))
