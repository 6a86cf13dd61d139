-- How many rows each sheet of the worklists must have over all workbooks.
-- grain: one row per sheet. inputs: work.terminations, work.suspensions, work.reviews, work.refunds, work.subsidy_deductions.
SELECT 'terminations' AS sheet, count(*) AS rows FROM work.terminations
UNION ALL SELECT 'suspensions', count(*) FROM work.suspensions
UNION ALL SELECT 'reviews', count(*) FROM work.reviews
UNION ALL SELECT 'refunds', count(*) FROM work.refunds
UNION ALL SELECT 'deductions', count(DISTINCT (enrollment_id, fiscal_year)) FROM work.subsidy_deductions
