-- How long each enrollment waits for its benefits (rules 4.3). The run of insured months before it bridges gaps of at most
-- continuity_gap_months, whose months do not count; a long run and a short gap have no wait (33号 二(三)). Insured are months
-- of either scheme: normal payments (back-payment only by parameter; none that names somebody else's enrollment), and those of a retired
-- enrollment's span. Else the
-- months of the area; of residents where the area has a window for the year the wait of 38号: late_wait_months for who came
-- after the window or after missed years, more for each missed year, less for each that was paid back, with a floor after
-- a long break. Classes without a wait have none. The rules are those of the first active day.
-- Where no rule of the policy has a wait, only switches inside the look-back are looked at: those are told of.
-- grain: one row per enrollment, key enrollment_no.
-- inputs: entry, payment, spell, enrollment, assistance, waiting_rule, enrollment_window, no_wait_class.
WITH target AS (
    SELECT e.*, month_of(e.first_day) AS first_month, r.* EXCLUDE (starts_on, ends_on)
    FROM entry e
    JOIN waiting_rule r ON e.first_day >= r.starts_on AND e.first_day < r.ends_on
    WHERE (e.is_switch AND e.first_day >= $lookback_start)
       OR (SELECT max(waiting_months) FROM waiting_rule) > 0 OR EXISTS (SELECT 1 FROM enrollment_window)
),
insured AS (
    SELECT person_key, first_month, last_month FROM payment WHERE is_continuous AND NOT is_anothers
    UNION ALL
    SELECT person_key, month_of(starts_on), month_of(ends_on - 1)
    FROM spell
    WHERE is_retired AND starts_on < ends_on
),
events AS (
    SELECT person_key, first_month AS month, last_month, NULL::BIGINT AS enrollment_no, NULL::BIGINT AS bridge
    FROM insured
    WHERE person_key IN (SELECT person_key FROM target)
    UNION ALL
    -- months before the first one only: in front of what begins in it
    SELECT person_key, first_month, NULL, enrollment_no, continuity_gap_months FROM target
),
reaching AS (
    SELECT *, max(last_month) OVER (PARTITION BY person_key ORDER BY month, enrollment_no IS NULL
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reached
    FROM events
),
-- the few months on which something begins anew; the gap that is bridged may change with the day: a run for each value
edge AS (
    SELECT e.* EXCLUDE (bridge), b.bridge,
        e.enrollment_no IS NULL AND (reached IS NULL OR month > reached + 1 + b.bridge) AS is_begun,
        if(e.enrollment_no IS NULL AND NOT is_begun, month - 1 - reached, 0) AS gap
    FROM reaching e JOIN (SELECT DISTINCT continuity_gap_months AS bridge FROM waiting_rule) b ON e.bridge IS NULL OR e.bridge = b.bridge
    WHERE e.enrollment_no IS NOT NULL OR reached IS NULL OR month > reached + 1
),
run AS (
    SELECT *, max(month) FILTER (is_begun) OVER (PARTITION BY person_key, bridge ORDER BY month, enrollment_no IS NULL ROWS UNBOUNDED PRECEDING) AS run_from
    FROM edge
),
summed AS (
    SELECT *, sum(gap) OVER (PARTITION BY person_key, bridge, run_from ORDER BY month, enrollment_no IS NULL ROWS UNBOUNDED PRECEDING) AS gaps
    FROM run
),
measured AS (
    SELECT t.*, p.starts_on,
        -- what reaches into the first month and beyond is not before it
        if(s.reached IS NULL, NULL, least(s.reached, t.first_month - 1)) AS last_insured,
        coalesce(last_insured - s.run_from + 1 - s.gaps, 0) AS continuous_months,
        coalesce(t.first_month - 1 - last_insured,
            if(t.other_until IS NULL, 0, greatest(0, t.first_month - 1 - month_of(t.other_until - 1)))) AS gap_months,
        if(last_insured IS NULL, 0, greatest(0, t.first_month // 12 - last_insured // 12 - 1)) AS missed_years,
        p.scheme = 'resident' AND w.coverage_year IS NOT NULL AND t.late_wait_months + t.missed_year_wait_months + t.long_break_wait_months > 0 AS is_38,
        last_insured IS NOT NULL AND continuous_months >= t.continuity_months AND gap_months <= t.continuity_gap_months AS is_continued,
        w.ends_on AS window_ends_on
    FROM target t
    JOIN summed s USING (enrollment_no)
    JOIN spell p USING (enrollment_no)
    LEFT JOIN enrollment_window w ON w.coverage_year = t.first_month // 12
),
waiting AS (
    SELECT * FROM measured WHERE NOT is_continued AND (is_38 OR waiting_months > 0)
),
born AS (
    SELECT person_key, coalesce(min(brdy), birth_date(person_key)) AS born_on FROM enrollment WHERE person_key IN (SELECT person_key FROM waiting) GROUP BY person_key
),
exempt AS (
    SELECT DISTINCT m.enrollment_no
    FROM waiting m
    JOIN no_wait_class n ON m.first_day >= n.starts_on AND m.first_day < n.ends_on
    LEFT JOIN born b ON b.person_key = m.person_key
    LEFT JOIN assistance a ON a.person_key = m.person_key AND a.begin <= m.first_day AND coalesce(a."end", DATE '9999-12-31') > m.first_day
    WHERE (n.code = 'newborn' AND m.starts_on - b.born_on BETWEEN 0 AND m.newborn_days)
       OR (n.code = 'assisted' AND a.person_key IS NOT NULL AND coalesce(a.category, '') NOT LIKE '21%')
       OR (n.code = 'veteran' AND a.category LIKE '21%')
),
repaid AS (
    SELECT m.enrollment_no, count(DISTINCT y.year) AS repaid_years
    FROM waiting m
    JOIN payment p ON p.person_key = m.person_key AND p.is_backpaid AND p.scheme = 'resident' AND NOT p.is_anothers
    JOIN (SELECT unnest(range(2000, 2100)) AS year) y ON y.year BETWEEN p.first_month // 12 AND p.last_month // 12
    WHERE m.missed_years > 0 AND y.year > m.last_insured // 12 AND y.year < m.first_month // 12
    GROUP BY m.enrollment_no
)
SELECT m.enrollment_no, CAST(m.continuous_months AS INTEGER) AS continuous_months, CAST(m.gap_months AS INTEGER) AS gap_months,
    m.is_38, m.is_continued,
    CAST(CASE
        WHEN x.enrollment_no IS NOT NULL OR m.is_continued THEN 0
        WHEN NOT m.is_38 THEN m.waiting_months
        WHEN m.missed_years = 0 AND m.starts_on < m.window_ends_on THEN 0
        ELSE greatest(0, if(m.missed_years >= m.long_break_years, m.long_break_wait_months, 0),
            m.late_wait_months + m.missed_years * m.missed_year_wait_months - coalesce(r.repaid_years, 0) * m.repaid_year_wait_months)
    END AS INTEGER) AS waiting_months
FROM measured m
LEFT JOIN exempt x USING (enrollment_no)
LEFT JOIN repaid r USING (enrollment_no)
