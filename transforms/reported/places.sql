-- What is to be done and paid back, by the first digits of the division: two for provinces, four for prefectures.
-- grain: one row per division, key code. inputs: terminations, suspensions, reviews, subsidy_deductions.
WITH told AS (
    SELECT insu_admdvs, 1 AS terminations, 0 AS suspensions, 0 AS reviews, 0 AS deducted FROM terminations
    UNION ALL
    SELECT insu_admdvs, 0, 1, 0, 0 FROM suspensions
    UNION ALL
    SELECT insu_admdvs, 0, 0, 1, 0 FROM reviews
    UNION ALL
    SELECT insu_admdvs, 0, 0, 0, amount FROM subsidy_deductions WHERE status <> 'reversed'
)
SELECT code, digits, sum(t.terminations) AS terminations, sum(t.suspensions) AS suspensions, sum(t.reviews) AS reviews, sum(t.deducted) AS deducted
FROM (SELECT *, unnest([insu_admdvs[1:2] || '0000', insu_admdvs[1:4] || '00']) AS code, unnest([2, 4]) AS digits FROM told) t
GROUP BY code, digits
ORDER BY digits, sum(t.terminations + t.suspensions + t.reviews) DESC, code
