-- Switches between the schemes by the months until benefits begin.
-- grain: one row per number of months. inputs: benefit_continuity.
SELECT waiting_months, count(*) AS switches
FROM benefit_continuity
GROUP BY waiting_months
ORDER BY waiting_months
