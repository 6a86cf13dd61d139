-- Of how many people the money of the headlines is another than on the night before.
-- grain: one row.
-- inputs: reported.subsidy_deductions, reported.refunds, reported_before.subsidy_deductions, reported_before.refunds.
WITH booked AS (
    SELECT enrollment_id, person_id AS tonight_id, person_id, amount AS deducted, 0 AS refundable FROM reported.subsidy_deductions WHERE status <> 'reversed'
    UNION ALL
    SELECT enrollment_id, person_id, person_id, 0, personal_amount + assistance_amount FROM reported.refunds WHERE eligibility = 'eligible' AND status IN ('new', 'reported')
    UNION ALL
    SELECT enrollment_id, NULL, person_id, -amount, 0 FROM reported_before.subsidy_deductions WHERE status <> 'reversed'
    UNION ALL
    SELECT enrollment_id, NULL, person_id, 0, -(personal_amount + assistance_amount) FROM reported_before.refunds WHERE eligibility = 'eligible' AND status IN ('new', 'reported')
)
SELECT count(DISTINCT person_id) FILTER (deducted <> 0) AS deducted, count(DISTINCT person_id) FILTER (refundable <> 0) AS refundable
FROM (
    -- by enrollment, whose id does not change with the site's key
    SELECT enrollment_id, coalesce(max(tonight_id), max(person_id)) AS person_id, sum(deducted) AS deducted, sum(refundable) AS refundable
    FROM booked
    GROUP BY enrollment_id
)
