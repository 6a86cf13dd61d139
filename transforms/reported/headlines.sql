-- What a night publishes, in one row.
-- grain: one row. inputs: overlaps, terminations, suspensions, reviews, subsidy_deductions, refunds, coverage_gaps, after_death.
SELECT (SELECT count(*) FROM "overlaps") AS "overlaps",
    (SELECT count(DISTINCT person_id) FROM "overlaps") AS people,
    (SELECT count(*) FROM terminations) AS terminations,
    (SELECT count(*) FROM suspensions) AS suspensions,
    (SELECT count(*) FROM reviews) AS reviews,
    (SELECT coalesce(sum(amount), 0) FROM subsidy_deductions WHERE status <> 'reversed') AS deducted,
    (SELECT coalesce(sum(personal_amount + assistance_amount), 0) FROM refunds WHERE eligibility = 'eligible' AND status IN ('new', 'reported')) AS refundable,
    (SELECT count(*) FROM coverage_gaps) AS gaps,
    (SELECT count(*) FROM after_death) AS after_death
