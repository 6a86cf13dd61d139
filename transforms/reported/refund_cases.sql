-- Refunds by outcome and case, with the yuan they come to and how many people these are of; those that were paid back or
-- withdrawn are no more.
-- grain: one row per eligibility and case. inputs: refunds.
SELECT eligibility, case_id, count(*) AS refunds, sum(personal_amount) AS personal_amount, sum(assistance_amount) AS assistance_amount,
    count(DISTINCT person_id) FILTER (personal_amount <> 0) AS people_of_personal_amount,
    count(DISTINCT person_id) FILTER (assistance_amount <> 0) AS people_of_assistance_amount
FROM refunds
WHERE status IN ('new', 'reported')
GROUP BY eligibility, case_id
ORDER BY eligibility, case_id
