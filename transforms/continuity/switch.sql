-- Switches between schemes inside the look-back: what was insured before, the gap, the wait and the day on which benefits
-- begin; a given trt_begn_date always wins (rules 4.3).
-- grain: one row per switch, key enrollment_no. inputs: entry, wait, benefit.
SELECT e.person_key, e.enrollment_no, e.from_enrollment_id, w.continuous_months, w.gap_months, w.waiting_months, w.is_38, w.is_continued,
    b.benefits_from
FROM entry e JOIN wait w USING (enrollment_no) JOIN benefit b USING (enrollment_no)
WHERE e.is_switch AND e.first_day >= $lookback_start
