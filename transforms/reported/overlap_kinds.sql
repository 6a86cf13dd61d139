-- Overlaps by kind, place and time.
-- grain: one row per category, place and timing. inputs: overlaps.
SELECT category, place, timing, count(*) AS "overlaps"
FROM "overlaps"
GROUP BY category, place, timing
ORDER BY category, place, timing
