-- Identifiers that carry more rows than any person has, or more enrollments at one time: placeholders, a mother's number for
-- all newborns, or made to harm. Nothing is decided about them.
-- grain: one row per person, key person_key. inputs: enrollment, resident, death.
WITH carried AS MATERIALIZED (
    SELECT person_key, count(*) AS rows, count(*) FILTER (is_enrollment) AS enrollments
    FROM (
        SELECT person_key, true AS is_enrollment FROM enrollment
        UNION ALL
        SELECT person_key, false FROM resident
        UNION ALL
        SELECT person_key, false FROM death
    )
    GROUP BY person_key
    HAVING count(*) > $most_enrollments_at_once
),
change AS (
    SELECT person_key, crt_insu_date AS day, 1 AS more FROM enrollment SEMI JOIN carried USING (person_key)
    UNION ALL
    SELECT person_key, paus_insu_date, -1 FROM enrollment SEMI JOIN carried USING (person_key) WHERE paus_insu_date IS NOT NULL
),
at_once AS (
    SELECT person_key, sum(more) OVER (PARTITION BY person_key ORDER BY day, more) AS enrollments FROM change
)
SELECT person_key, enrollments
FROM carried
WHERE rows > $most_rows_of_a_person
    OR person_key IN (SELECT person_key FROM at_once WHERE enrollments > $most_enrollments_at_once)
