-- Switches between schemes inside the look-back: the enrollment it was from, what was insured before, the gap, the wait and
-- the day on which benefits begin; a given trt_begn_date always wins (rules 4.3).
-- grain: one row per switch, key enrollment_no. inputs: entry, wait, benefit, cover, spell.
WITH switched AS (
    SELECT e.person_key, e.enrollment_no, e.first_day, s.scheme
    FROM spell s JOIN (SELECT * FROM entry WHERE is_switch AND first_day >= $lookback_start) e USING (enrollment_no)
),
-- of the few who switched, so that the many are not held
known AS (
    SELECT enrollment_no, enrollment_id, scheme FROM spell SEMI JOIN switched USING (person_key)
),
begun AS (
    SELECT enrollment_no, benefits_from FROM benefit SEMI JOIN switched USING (enrollment_no)
),
left_behind AS (
    -- of the covers of the other scheme that began before the one that reaches furthest
    SELECT e.enrollment_no, arg_max(s.enrollment_id, (c.ends_on, c.starts_on, s.enrollment_id)) AS from_enrollment_id
    FROM cover c
    JOIN switched e ON e.person_key = c.person_key AND c.starts_on < e.first_day
    JOIN known s ON s.enrollment_no = c.enrollment_no AND s.scheme <> e.scheme
    GROUP BY e.enrollment_no
)
SELECT e.person_key, e.enrollment_no, l.from_enrollment_id, w.continuous_months, w.gap_months, w.waiting_months, w.is_38, w.is_continued,
    b.benefits_from
FROM wait w JOIN switched e USING (enrollment_no) JOIN left_behind l USING (enrollment_no) JOIN begun b USING (enrollment_no)
