-- Refunds by outcome and case, with the yuan they come to.
-- grain: one row per eligibility and case. inputs: refunds.
SELECT eligibility, case_id, count(*) AS refunds, sum(personal_amount) AS personal_amount, sum(assistance_amount) AS assistance_amount
FROM refunds
GROUP BY eligibility, case_id
ORDER BY eligibility, case_id
