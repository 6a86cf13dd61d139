-- Which row continues which: of one person, scheme, pool and kind, one begins on the very day another ends. Those that
-- end and those that begin on a day are paired one to one, each in the order of (start, id); a row of no length may
-- stand on both sides, but never continues itself (rules 1.1, spell).
-- grain: one row per pair, key later_no. inputs: enrollment_row.
WITH kinds AS (
    SELECT *, scheme || if(is_flexible, ' flexible', '') || if(is_retired, ' retired', '') AS kind
    FROM enrollment_row
),
ending AS (
    SELECT person_key, pool, kind, ends_on AS day, enrollment_no,
        row_number() OVER (PARTITION BY person_key, pool, kind, ends_on ORDER BY crt_insu_date, enrollment_id) AS place
    FROM kinds
    WHERE ends_on < DATE '9999-12-31'
),
beginning AS (
    SELECT person_key, pool, kind, crt_insu_date AS day, enrollment_no,
        row_number() OVER (PARTITION BY person_key, pool, kind, crt_insu_date ORDER BY enrollment_id) AS place
    FROM kinds
)
SELECT ending.enrollment_no AS earlier_no, beginning.enrollment_no AS later_no
FROM ending JOIN beginning USING (person_key, pool, kind, day, place)
WHERE ending.enrollment_no <> beginning.enrollment_no
