-- The time line of each person with two active intervals or more, cut wherever the set of active enrollments changes, with the
-- number of its members. Two intervals are cut at their four ends; of more, a sweep over the ends costs no more than sorting them,
-- also for one person with thousands of rows.
-- grain: one row per person and stretch with at least one member, key (person_key, starts_on). inputs: cover.
WITH person AS (
    SELECT person_key, count(*) AS intervals, min(starts_on) AS first_start, max(starts_on) AS last_start, min(ends_on) AS first_end, max(ends_on) AS last_end
    FROM cover
    GROUP BY person_key
),
edges AS (
    SELECT person_key, day, sum(step) AS step
    FROM (
        SELECT person_key, unnest([starts_on, ends_on]) AS day, unnest([1, -1]) AS step
        FROM cover
        WHERE person_key IN (SELECT person_key FROM person WHERE intervals > 2)
    )
    GROUP BY person_key, day
)
SELECT person_key, starts_on, ends_on, members
FROM (
    SELECT person_key,
        unnest([first_start, last_start, greatest(last_start, first_end)]) AS starts_on,
        unnest([least(last_start, first_end), first_end, last_end]) AS ends_on,
        unnest([1, 2, 1]) AS members
    FROM person
    WHERE intervals = 2
)
WHERE starts_on < ends_on
UNION ALL
SELECT person_key, day, next_day, members
FROM (
    SELECT person_key, day,
        lead(day) OVER (PARTITION BY person_key ORDER BY day) AS next_day,
        sum(step) OVER (PARTITION BY person_key ORDER BY day ROWS UNBOUNDED PRECEDING) AS members
    FROM edges
)
WHERE members > 0
