-- What reviews wait for; a review that waits for two things counts in both.
-- grain: one row per kind of evidence. inputs: reviews.
SELECT unnest(missing) AS missing, count(*) AS reviews
FROM reviews
GROUP BY missing
ORDER BY missing
