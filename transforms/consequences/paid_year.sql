-- Effective contributions of each resident enrollment by the calendar year of accrym_begn, for money (rules 1.1).
-- grain: one row per enrollment and year, key (enrollment_no, fiscal_year). inputs: payment.
SELECT enrollment_no, first_month // 12 AS fiscal_year, sum(finsubs_amt) AS finsubs_amt
FROM payment
WHERE enrollment_no IS NOT NULL AND scheme = 'resident'
GROUP BY enrollment_no, fiscal_year
