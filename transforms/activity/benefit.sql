-- The day from which each enrollment that is ever active pays benefits: trt_begn_date where given, else the first
-- active day plus the waiting period (rules 1 and 4.3); of a spell the earliest of what its rows say, so that a first row without a
-- date speaks for that day, where it is its own.
-- grain: one row per enrollment, key enrollment_no. inputs: spell, entry, wait.
SELECT enrollment_no,
    least(s.trt_begn_date, if(s.trt_begn_date IS NULL OR e.first_day < s.undated_until,
        coalesce(CAST(e.first_day + to_months(w.waiting_months) AS DATE), e.first_day), NULL)) AS benefits_from
FROM spell s
JOIN (SELECT enrollment_no, first_day FROM entry) e USING (enrollment_no)
LEFT JOIN (SELECT enrollment_no, waiting_months FROM wait WHERE waiting_months > 0) w USING (enrollment_no)
