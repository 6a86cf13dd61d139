-- How long each enrollment waits for its benefits (rules 4.3). The run of insured months before it bridges gaps of at most
-- continuity_gap_months, whose months do not count; a long run and a short gap have no wait (33号 二(三)). Else the months of
-- the area; of residents where the area has a window for the year the wait of 38号: late_wait_months for who came after
-- the window or after missed years, more for each missed year, less for each that was paid back, with a floor after a
-- long break. Classes without a wait have none. The rules are those of the first active day.
-- Where no rule of the policy has a wait, only switches are looked at.
-- grain: one row per enrollment, key enrollment_no.
-- inputs: entry, insured_month, payment, spell, enrollment, assistance, waiting_rule, enrollment_window, no_wait_class.
WITH target AS (
    SELECT e.*, r.* EXCLUDE (starts_on, ends_on)
    FROM entry e
    JOIN waiting_rule r ON e.first_day >= r.starts_on AND e.first_day < r.ends_on
    WHERE e.is_switch OR (SELECT max(waiting_months) FROM waiting_rule) > 0 OR EXISTS (SELECT 1 FROM enrollment_window)
),
events AS (
    SELECT person_key, first_month AS month, last_month, row_id, NULL::BIGINT AS enrollment_no, NULL::BIGINT AS bridge
    FROM insured_month
    WHERE person_key IN (SELECT person_key FROM target)
    UNION ALL
    -- months before the first one only: in front of what begins in it
    SELECT person_key, first_month, NULL, NULL, enrollment_no, continuity_gap_months FROM target
),
ordered AS (
    SELECT *, max(last_month) OVER (PARTITION BY person_key ORDER BY month, enrollment_no NULLS LAST, last_month, row_id
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reached
    FROM events
),
-- the gap that is bridged may change with the day: a run for each value that it has
bridged AS (
    SELECT o.* EXCLUDE (bridge), b.bridge
    FROM ordered o JOIN (SELECT DISTINCT continuity_gap_months AS bridge FROM waiting_rule) b ON o.bridge IS NULL OR o.bridge = b.bridge
),
runs AS (
    SELECT *,
        count(*) FILTER (enrollment_no IS NULL AND (reached IS NULL OR month > reached + 1 + bridge)) OVER so_far AS run,
        if(enrollment_no IS NULL, greatest(0, last_month - greatest(month, coalesce(reached + 1, month)) + 1), 0) AS months
    FROM bridged
    WINDOW so_far AS (PARTITION BY person_key, bridge ORDER BY month, enrollment_no NULLS LAST, last_month, row_id ROWS UNBOUNDED PRECEDING)
),
summed AS (
    SELECT *, sum(months) OVER (PARTITION BY person_key, bridge, run ORDER BY month, enrollment_no NULLS LAST, last_month, row_id
        ROWS UNBOUNDED PRECEDING) AS run_months
    FROM runs
),
measured AS (
    SELECT t.*,
        -- what reaches into the first month and beyond is not before it
        coalesce(s.run_months, 0) - greatest(0, coalesce(s.reached, 0) - t.first_month + 1) AS continuous_months,
        if(s.reached IS NULL, NULL, least(s.reached, t.first_month - 1)) AS last_insured,
        -- year * 12 + month is one more than the month
        coalesce(t.first_month - 1 - last_insured,
            if(t.other_until IS NULL, 0, greatest(0, t.first_month - year(t.other_until - 1) * 12 - month(t.other_until - 1)))) AS gap_months,
        if(last_insured IS NULL, 0, greatest(0, t.first_month // 12 - last_insured // 12 - 1)) AS missed_years
    FROM target t JOIN summed s USING (enrollment_no)
),
exempt AS (
    SELECT DISTINCT m.enrollment_no
    FROM measured m
    JOIN no_wait_class n ON m.first_day >= n.starts_on AND m.first_day < n.ends_on
    JOIN spell s USING (enrollment_no)
    LEFT JOIN (SELECT person_key, min(brdy) AS born_on FROM enrollment GROUP BY person_key) b ON b.person_key = m.person_key
    LEFT JOIN assistance a ON a.person_key = m.person_key AND a.begin <= m.first_day AND coalesce(a."end", DATE '9999-12-31') > m.first_day
    WHERE (n.code = 'newborn' AND s.starts_on - b.born_on BETWEEN 0 AND m.newborn_days)
       OR (n.code = 'assisted' AND a.person_key IS NOT NULL AND coalesce(a.category, '') NOT LIKE '21%')
       OR (n.code = 'veteran' AND a.category LIKE '21%')
),
repaid AS (
    SELECT m.enrollment_no, count(DISTINCT y.year) AS repaid_years
    FROM measured m
    JOIN payment p ON p.person_key = m.person_key AND p.is_backpaid AND p.scheme = 'resident'
    JOIN (SELECT unnest(range(2000, 2100)) AS year) y ON y.year BETWEEN p.first_month // 12 AND p.last_month // 12
    WHERE m.missed_years > 0 AND y.year > m.last_insured // 12 AND y.year < m.first_month // 12
    GROUP BY m.enrollment_no
)
SELECT m.enrollment_no, CAST(m.continuous_months AS INTEGER) AS continuous_months, CAST(m.gap_months AS INTEGER) AS gap_months,
    m.scheme = 'resident' AND w.coverage_year IS NOT NULL AND m.late_wait_months + m.missed_year_wait_months + m.long_break_wait_months > 0 AS is_38,
    m.last_insured IS NOT NULL AND m.continuous_months >= m.continuity_months AND m.gap_months <= m.continuity_gap_months AS is_continued,
    CAST(CASE
        WHEN x.enrollment_no IS NOT NULL OR is_continued THEN 0
        WHEN NOT is_38 THEN m.waiting_months
        WHEN m.missed_years = 0 AND s.starts_on < w.ends_on THEN 0
        ELSE greatest(0, if(m.missed_years >= m.long_break_years, m.long_break_wait_months, 0),
            m.late_wait_months + m.missed_years * m.missed_year_wait_months - coalesce(r.repaid_years, 0) * m.repaid_year_wait_months)
    END AS INTEGER) AS waiting_months
FROM measured m
JOIN spell s USING (enrollment_no)
LEFT JOIN enrollment_window w ON w.coverage_year = m.first_month // 12
LEFT JOIN exempt x USING (enrollment_no)
LEFT JOIN repaid r USING (enrollment_no)
