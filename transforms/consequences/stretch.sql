-- What is known of every enrollment of a person with a decision, as stretches of time, for whoever reads the decision:
-- enrolled (the span), benefits (from the day on which they begin), active (rules 1.1), paid and back_paid (months of
-- effective contributions, those that follow one another together), and merged (an earlier row of the same spell, under its
-- own id; rules 1.1). 9999-12-31 stands for an open end.
-- grain: one row per stretch, key (enrollment_id, kind, starts_on).
-- inputs: decided, spell, benefit, cover, payment, enrollment_row, spell_of, person.
WITH member AS (
    SELECT s.enrollment_no, s.enrollment_id, s.scheme, s.insu_admdvs, p.person_id, s.starts_on, s.ends_on, b.benefits_from,
        CASE WHEN s.scheme = 'employee' THEN CASE WHEN s.is_retired THEN 'retired' WHEN s.is_flexible THEN 'flexible' ELSE 'employed' END END AS standing
    FROM spell s
    JOIN person p USING (person_key)
    LEFT JOIN benefit b USING (enrollment_no)
    WHERE s.person_key IN (SELECT person_key FROM decided)
),
month_run AS (
    -- a run begins where no month before it reaches up to it
    SELECT enrollment_no, kind, min(first_month) AS first_month, max(last_month) AS last_month
    FROM (
        SELECT *, count(*) FILTER (reached IS NULL OR first_month > reached + 1)
            OVER (PARTITION BY enrollment_no, kind ORDER BY first_month, last_month, premium_no ROWS UNBOUNDED PRECEDING) AS run
        FROM (
            SELECT enrollment_no, premium_no, if(is_backpaid, 'back_paid', 'paid') AS kind, first_month, last_month,
                max(last_month) OVER (PARTITION BY enrollment_no, is_backpaid ORDER BY first_month, last_month, premium_no
                    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reached
            FROM payment
            WHERE enrollment_no IN (SELECT enrollment_no FROM member)
        )
    )
    GROUP BY enrollment_no, kind, run
),
stretch AS (
    SELECT enrollment_no, 'enrolled' AS kind, starts_on, ends_on FROM member
    UNION ALL
    SELECT enrollment_no, 'benefits', benefits_from, ends_on FROM member WHERE benefits_from < ends_on
    UNION ALL
    SELECT enrollment_no, 'active', starts_on, ends_on FROM cover WHERE enrollment_no IN (SELECT enrollment_no FROM member)
    UNION ALL
    SELECT enrollment_no, kind, make_date(first_month // 12, first_month % 12 + 1, 1),
        make_date((last_month + 1) // 12, (last_month + 1) % 12 + 1, 1)
    FROM month_run
)
SELECT m.enrollment_id, m.person_id, m.scheme, m.insu_admdvs, m.standing, t.kind, t.starts_on, t.ends_on, CAST(NULL AS VARCHAR) AS part_of
FROM stretch t JOIN member m USING (enrollment_no)
UNION ALL
SELECT r.enrollment_id, m.person_id, m.scheme, r.insu_admdvs, m.standing, 'merged', r.crt_insu_date, r.ends_on, m.enrollment_id
FROM spell_of o
JOIN member m ON m.enrollment_no = o.spell_no
JOIN enrollment_row r ON r.enrollment_no = o.enrollment_no
WHERE o.enrollment_no <> o.spell_no
