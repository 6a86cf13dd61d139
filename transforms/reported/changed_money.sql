-- Of how many people the money of the headlines is another than on the night before.
-- grain: one row.
-- inputs: reported.subsidy_deductions, reported.refunds, reported_before.subsidy_deductions, reported_before.refunds.
WITH booked AS (
    SELECT person_id, amount AS deducted, 0 AS refundable FROM reported.subsidy_deductions WHERE status <> 'reversed'
    UNION ALL
    SELECT person_id, 0, personal_amount + assistance_amount FROM reported.refunds WHERE eligibility = 'eligible' AND status IN ('new', 'reported')
    UNION ALL
    SELECT person_id, -amount, 0 FROM reported_before.subsidy_deductions WHERE status <> 'reversed'
    UNION ALL
    SELECT person_id, 0, -(personal_amount + assistance_amount) FROM reported_before.refunds WHERE eligibility = 'eligible' AND status IN ('new', 'reported')
)
SELECT count(*) FILTER (deducted <> 0) AS deducted, count(*) FILTER (refundable <> 0) AS refundable
FROM (SELECT person_id, sum(deducted) AS deducted, sum(refundable) AS refundable FROM booked GROUP BY person_id)
