-- Which row continues which: of one person, scheme, pool and kind, one begins on the very day another ends (rules 1.1,
-- spell). Those that end wait in the order of (start, id); those that begin, in the order of id, each take the first
-- that waits. A row of no length begins and then ends: it may take one and is then taken itself, never by itself.
-- grain: one row per pair, key later_id. inputs: enrollment_row.
WITH kinds AS (
    SELECT *, scheme || if(is_flexible, ' flexible', '') || if(is_retired, ' retired', '') AS kind
    FROM enrollment_row
),
ending AS (
    SELECT person_key, pool, kind, ends_on AS day, enrollment_id,
        row_number() OVER (PARTITION BY person_key, pool, kind, ends_on ORDER BY crt_insu_date, enrollment_id) AS place,
        count(*) FILTER (crt_insu_date < ends_on) OVER (PARTITION BY person_key, pool, kind, ends_on) AS waiting
    FROM kinds
    WHERE ends_on < DATE '9999-12-31'
),
beginning AS (
    SELECT k.person_key, k.pool, k.kind, k.crt_insu_date AS day, k.enrollment_id, e.waiting,
        row_number() OVER in_order AS place,
        count(*) FILTER (k.crt_insu_date = k.ends_on) OVER (in_order ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS joined
    FROM kinds k
    JOIN (SELECT DISTINCT person_key, pool, kind, day, waiting FROM ending) e
      ON e.person_key = k.person_key AND e.pool = k.pool AND e.kind = k.kind AND e.day = k.crt_insu_date
    WINDOW in_order AS (PARTITION BY k.person_key, k.pool, k.kind, k.crt_insu_date ORDER BY k.enrollment_id)
),
served AS (
    -- how many so far found nobody waiting
    SELECT *, greatest(0, max(place - waiting - joined) OVER
        (PARTITION BY person_key, pool, kind, day ORDER BY enrollment_id ROWS UNBOUNDED PRECEDING)) AS unserved
    FROM beginning
),
turn AS (
    SELECT *, unserved = lag(unserved, 1, 0) OVER (PARTITION BY person_key, pool, kind, day ORDER BY enrollment_id) AS is_served
    FROM served
)
SELECT ending.enrollment_id AS earlier_id, turn.enrollment_id AS later_id
FROM turn
JOIN ending
  ON ending.person_key = turn.person_key AND ending.pool = turn.pool AND ending.kind = turn.kind
 AND ending.day = turn.day AND ending.place = turn.place - turn.unserved
WHERE turn.is_served
