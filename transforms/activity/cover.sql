-- When each enrollment is active: its span, cut by the days it is paid for (rules 1.1). Intervals [starts_on, ends_on)
-- of one enrollment neither overlap nor touch; 9999-12-31 stands for an open end.
-- A resident is paid on the days of the months paid for. An employee is paid from a paid month to payment_grace_months
-- after it, and for as long from the start of the spell; a retired one needs no payment.
-- An employee enrollment that starts after the as-of date, or is active on it and retired, or paid up to or begun in a
-- month no more than collection_lag_months before it, goes on to its end.
-- grain: one row per interval, key (enrollment_no, starts_on). inputs: spell, payment.
WITH paid AS (
    SELECT enrollment_no, last_month, make_date(first_month // 12, first_month % 12 + 1, 1) AS starts_on,
        make_date(until_month // 12, until_month % 12 + 1, 1) AS ends_on
    FROM (SELECT enrollment_no, first_month, last_month, last_month + 1 + if(scheme = 'employee', $payment_grace_months, 0) AS until_month
          FROM payment WHERE enrollment_no IS NOT NULL)
    UNION ALL
    SELECT enrollment_no, NULL, starts_on,
        if(is_retired OR starts_on > $as_of, ends_on, CAST(starts_on + to_months($payment_grace_months) AS DATE))
    FROM spell
    WHERE scheme = 'employee'
),
inside AS (
    -- what lies outside the span covers no day, but says until when is paid
    SELECT s.person_key, p.enrollment_no, s.scheme, s.ends_on AS spell_ends_on, greatest(p.starts_on, s.starts_on) AS starts_on,
        if(greatest(p.starts_on, s.starts_on) < least(p.ends_on, s.ends_on), least(p.ends_on, s.ends_on), NULL) AS ends_on,
        greatest(coalesce(p.last_month, 0), year(s.starts_on) * 12 + month(s.starts_on) - 1) AS last_month
    FROM paid p JOIN spell s USING (enrollment_no)
),
led AS (
    SELECT *, max(ends_on) OVER (days ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS covered_to,
        max(ends_on) OVER every_day AS last_day,
        scheme = 'employee' AND bool_or(starts_on <= $as_of AND ends_on > $as_of) OVER every_day
            AND max(last_month) OVER every_day >= year($as_of) * 12 + month($as_of) - 1 - $collection_lag_months AS goes_on
    FROM inside
    WINDOW days AS (PARTITION BY enrollment_no ORDER BY starts_on, ends_on),
        every_day AS (PARTITION BY enrollment_no ORDER BY starts_on, ends_on ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
)
-- an island begins where nothing before it reaches, and ends where the next one finds what was covered; what goes on to its
-- end swallows the islands after the as-of date
SELECT person_key, enrollment_no, starts_on,
    coalesce(lead(covered_to) OVER (PARTITION BY enrollment_no ORDER BY starts_on), if(goes_on, spell_ends_on, last_day)) AS ends_on
FROM led
WHERE ends_on IS NOT NULL AND (covered_to IS NULL OR starts_on > covered_to) AND NOT (goes_on AND starts_on > $as_of)
