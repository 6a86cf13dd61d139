-- Persons who have left by the register of households, for a reason for which the policy suspends (suspended_deregistrations),
-- up to the as-of date; of several such rows the latest counts. A row without a date, or a row of the same person that says
-- anything else (no deregistration, a later one, another reason), is doubt. The dead are dealt with as such (rules 2 and 3,
-- deregistered).
-- grain: one row per person, key person_key. inputs: resident, suspended_reason, deceased.
WITH gone AS (
    SELECT person_key, row_id
    FROM resident
    WHERE dereg_reason IN (SELECT code FROM suspended_reason) AND coalesce(dereg_date, $as_of) <= $as_of
      AND person_key NOT IN (SELECT person_key FROM deceased)
)
SELECT r.person_key, max(r.dereg_date) FILTER (g.row_id IS NOT NULL) AS left_on,
    without_nulls([if(bool_or(g.row_id IS NOT NULL AND r.dereg_date IS NULL), 'dereg_date', NULL),
                 if(bool_or(g.row_id IS NULL), 'dereg_reason', NULL)]) AS doubts
FROM resident r
LEFT JOIN gone g USING (row_id)
WHERE r.person_key IN (SELECT person_key FROM gone)
GROUP BY r.person_key
