-- People covered by nothing, by status and the scheme they should join.
-- grain: one row per status and scheme. inputs: coverage_gaps.
SELECT status, suggested_scheme, count(*) AS people
FROM coverage_gaps
GROUP BY status, suggested_scheme
ORDER BY status, suggested_scheme
