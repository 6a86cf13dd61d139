-- Effective contributions of each resident enrollment by the calendar year of accrym_begn, for money (rules 1.1).
-- grain: one row per enrollment and year, key (enrollment_id, fiscal_year). inputs: payment.
SELECT enrollment_id, first_month // 12 AS fiscal_year, sum(finsubs_amt) AS finsubs_amt
FROM payment
WHERE enrollment_id IS NOT NULL AND scheme = 'resident'
GROUP BY enrollment_id, fiscal_year
