-- Refunds by outcome and case, with the yuan they come to; those that were paid back or withdrawn are no more.
-- grain: one row per eligibility and case. inputs: refunds.
SELECT eligibility, case_id, count(*) AS refunds, sum(personal_amount) AS personal_amount, sum(assistance_amount) AS assistance_amount
FROM refunds
WHERE status IN ('new', 'reported')
GROUP BY eligibility, case_id
ORDER BY eligibility, case_id
