-- What a night publishes, in one row; beside each sum of money the number of people whose money it is.
-- grain: one row. inputs: overlaps, terminations, suspensions, reviews, subsidy_deductions, refunds, coverage_gaps, after_death.
WITH deducted AS (
    SELECT coalesce(sum(amount), 0) AS amount, count(DISTINCT person_id) FILTER (amount <> 0) AS people
    FROM subsidy_deductions WHERE status <> 'reversed'
),
refundable AS (
    SELECT coalesce(sum(personal_amount + assistance_amount), 0) AS amount,
        count(DISTINCT person_id) FILTER (personal_amount + assistance_amount <> 0) AS people
    FROM refunds WHERE eligibility = 'eligible' AND status IN ('new', 'reported')
)
SELECT (SELECT count(*) FROM "overlaps") AS "overlaps",
    (SELECT count(DISTINCT person_id) FROM "overlaps") AS people,
    (SELECT count(*) FROM terminations) AS terminations,
    (SELECT count(*) FROM suspensions) AS suspensions,
    (SELECT count(*) FROM reviews) AS reviews,
    d.amount AS deducted, d.people AS people_of_deducted,
    r.amount AS refundable, r.people AS people_of_refundable,
    (SELECT count(*) FROM coverage_gaps) AS gaps,
    (SELECT count(*) FROM after_death) AS after_death
FROM deducted d, refundable r
