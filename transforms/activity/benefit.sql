-- The day from which each enrollment that is ever active pays benefits: trt_begn_date where given, else the first
-- active day plus the waiting period (rules 1 and 4.3).
-- grain: one row per enrollment, key enrollment_no. inputs: spell, entry, wait.
SELECT s.enrollment_no,
    coalesce(s.trt_begn_date, CAST(e.first_day + to_months(coalesce(w.waiting_months, 0)) AS DATE)) AS benefits_from
FROM spell s
JOIN entry e USING (enrollment_no)
LEFT JOIN wait w USING (enrollment_no)
