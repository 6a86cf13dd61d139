-- The day from which each enrollment that is ever active pays benefits: trt_begn_date where given, else the first
-- active day plus the waiting period (rules 1).
-- grain: one row per enrollment, key enrollment_no. inputs: spell, cover.
SELECT s.enrollment_no,
    coalesce(s.trt_begn_date, CAST(c.first_day + to_months($waiting_months) AS DATE)) AS benefits_from
FROM spell s
JOIN (SELECT enrollment_no, min(starts_on) AS first_day FROM cover GROUP BY enrollment_no) c USING (enrollment_no)
