-- Which row continues which: of one person, scheme, pool and kind, one begins on the very day another ends. Those that
-- end and those that begin on a day are paired one to one, each in the order of (start, id). A row of no length stands on both sides, and
-- is gone on from: it comes first among those that begin, and where nothing else ends that day the first of them has nothing before it,
-- so that none continues itself (rules 1.1, spell).
-- grain: one row per pair, key later_no. inputs: enrollment_row.
WITH touching AS (
    -- the few days on which a person has something that ends and something that begins
    SELECT DISTINCT person_key, ends_on AS day
    FROM enrollment_row SEMI JOIN (SELECT person_key, crt_insu_date AS ends_on FROM enrollment_row) USING (person_key, ends_on)
),
kinds AS (
    SELECT *, scheme || if(is_flexible, ' flexible', '') || if(is_retired, ' retired', '') AS kind
    FROM enrollment_row
    WHERE person_key IN (SELECT person_key FROM touching)
),
ending AS (
    SELECT k.person_key, pool, kind, day, enrollment_no,
        row_number() OVER (PARTITION BY k.person_key, pool, kind, day ORDER BY crt_insu_date, enrollment_id)
            + bool_and(crt_insu_date = day) OVER (PARTITION BY k.person_key, pool, kind, day)::INT AS place
    FROM kinds k JOIN touching t ON t.person_key = k.person_key AND t.day = k.ends_on
),
beginning AS (
    SELECT k.person_key, pool, kind, day, enrollment_no,
        row_number() OVER (PARTITION BY k.person_key, pool, kind, day ORDER BY ends_on > day, enrollment_id) AS place
    FROM kinds k JOIN touching t ON t.person_key = k.person_key AND t.day = k.crt_insu_date
)
SELECT ending.enrollment_no AS earlier_no, beginning.enrollment_no AS later_no
FROM ending JOIN beginning USING (person_key, pool, kind, day, place)
