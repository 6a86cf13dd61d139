-- What is to be done and paid back, by the first digits of the division: two for provinces, four for prefectures; and how many
-- people the money is of.
-- grain: one row per division, key code. inputs: terminations, suspensions, reviews, subsidy_deductions.
WITH told AS (
    SELECT insu_admdvs, count(*) AS terminations, 0 AS suspensions, 0 AS reviews, 0 AS deducted, NULL AS person_id FROM terminations GROUP BY insu_admdvs
    UNION ALL
    SELECT insu_admdvs, 0, count(*), 0, 0, NULL FROM suspensions GROUP BY insu_admdvs
    UNION ALL
    SELECT insu_admdvs, 0, 0, count(*), 0, NULL FROM reviews GROUP BY insu_admdvs
    UNION ALL
    SELECT insu_admdvs, 0, 0, 0, sum(amount), person_id FROM subsidy_deductions WHERE status <> 'reversed' GROUP BY insu_admdvs, person_id
)
SELECT code, digits, sum(t.terminations) AS terminations, sum(t.suspensions) AS suspensions, sum(t.reviews) AS reviews,
    sum(t.deducted) AS deducted, count(DISTINCT t.person_id) FILTER (t.deducted <> 0) AS people_of_deducted
FROM (SELECT *, unnest([insu_admdvs[1:2] || '0000', insu_admdvs[1:4] || '00']) AS code, unnest([2, 4]) AS digits FROM told) t
GROUP BY code, digits
ORDER BY digits, code
