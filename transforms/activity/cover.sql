-- When each enrollment is active: its span, cut by the days it is paid for (rules 1.1). Intervals [starts_on, ends_on)
-- of one enrollment neither overlap nor touch; 9999-12-31 stands for an open end.
-- A resident is paid on the days of the months paid for. An employee is paid from a paid month to payment_grace_months
-- after it, and for as long from the start of the spell; a retired one needs no payment.
-- An employee enrollment that starts after the as-of date, or is active on it and retired, or paid up to or begun in a
-- month no more than collection_lag_months before it, goes on to its end.
-- grain: one row per interval, key (enrollment_no, starts_on). inputs: spell, payment.
WITH paid AS (
    SELECT s.enrollment_no,
        make_date(first_month // 12, first_month % 12 + 1, 1) AS starts_on,
        make_date((until_month) // 12, (until_month) % 12 + 1, 1) AS ends_on
    FROM (SELECT enrollment_no, first_month, last_month + 1 + if(scheme = 'employee', $payment_grace_months, 0) AS until_month
          FROM payment WHERE enrollment_no IS NOT NULL)
    JOIN spell s USING (enrollment_no)
    UNION ALL
    SELECT enrollment_no, starts_on,
        if(is_retired OR starts_on > $as_of, ends_on, CAST(starts_on + to_months($payment_grace_months) AS DATE))
    FROM spell
    WHERE scheme = 'employee'
),
inside AS (
    SELECT enrollment_no, greatest(p.starts_on, s.starts_on) AS starts_on, least(p.ends_on, s.ends_on) AS ends_on
    FROM paid p JOIN spell s USING (enrollment_no)
    WHERE greatest(p.starts_on, s.starts_on) < least(p.ends_on, s.ends_on)
),
going_on AS (
    SELECT s.enrollment_no, $as_of AS starts_on, s.ends_on
    FROM spell s
    LEFT JOIN (SELECT enrollment_no, max(last_month) AS last_month FROM payment GROUP BY enrollment_no) p USING (enrollment_no)
    WHERE s.scheme = 'employee'
      AND greatest(coalesce(p.last_month, 0), year(s.starts_on) * 12 + month(s.starts_on) - 1)
          >= year($as_of) * 12 + month($as_of) - 1 - $collection_lag_months
      AND s.enrollment_no IN (SELECT enrollment_no FROM inside WHERE starts_on <= $as_of AND ends_on > $as_of)
),
every AS (
    -- distinct: two windows over equal rows need not agree on which of them comes first
    SELECT * FROM inside UNION SELECT * FROM going_on
),
led AS (
    SELECT *, max(ends_on) OVER
        (PARTITION BY enrollment_no ORDER BY starts_on, ends_on ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS covered_to
    FROM every
),
islands AS (
    -- an island begins where nothing before it reaches, and ends where the next one finds what was covered
    SELECT enrollment_no, starts_on, lead(covered_to) OVER (PARTITION BY enrollment_no ORDER BY starts_on) AS ends_on
    FROM led
    WHERE covered_to IS NULL OR starts_on > covered_to
),
last_day AS (
    SELECT enrollment_no, max(ends_on) AS ends_on FROM every GROUP BY enrollment_no
)
SELECT s.person_key, i.enrollment_no, i.starts_on, coalesce(i.ends_on, l.ends_on) AS ends_on
FROM islands i JOIN last_day l USING (enrollment_no) JOIN spell s USING (enrollment_no)
