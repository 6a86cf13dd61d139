-- The time line of each person cut wherever the set of active enrollments changes, with the number of its members.
-- A sweep over the ends of the intervals, so that one person with thousands of rows costs no more than they.
-- grain: one row per person and stretch with at least one member, key (person_key, starts_on). inputs: cover.
WITH edges AS (
    SELECT person_key, day, sum(step) AS step
    FROM (
        SELECT person_key, starts_on AS day, 1 AS step FROM cover
        UNION ALL
        SELECT person_key, ends_on, -1 FROM cover
    )
    GROUP BY person_key, day
)
SELECT person_key, day AS starts_on, next_day AS ends_on, members
FROM (
    SELECT person_key, day,
        lead(day) OVER (PARTITION BY person_key ORDER BY day) AS next_day,
        sum(step) OVER (PARTITION BY person_key ORDER BY day ROWS UNBOUNDED PRECEDING) AS members
    FROM edges
)
WHERE members > 0
