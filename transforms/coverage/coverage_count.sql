-- How many the population is, and where each of it is counted: the numbers add up.
-- grain: one row per place, key place. inputs: covered_person, doubtful, uncovered, gap.
SELECT 'population' AS place, (SELECT count(*) FROM covered_person) + (SELECT count(*) FROM doubtful) AS persons
UNION ALL
SELECT 'covered', (SELECT count(*) FROM covered_person) + (SELECT count(*) FROM doubtful) - (SELECT count(*) FROM uncovered)
UNION ALL
SELECT 'left_out_' || left_out, count(*) FROM uncovered WHERE left_out IS NOT NULL GROUP BY left_out
UNION ALL
SELECT status, count(*) FROM gap GROUP BY status
