-- Months of basic insurance, whichever the scheme, as ranges: normal payments (back-payment only by parameter), and the
-- months of a retired enrollment's span (rules 4.3, months of continuous basic insurance).
-- grain: one row per range, not unique. inputs: payment, spell.
SELECT person_key, first_month, last_month, premium_no AS row_id FROM payment WHERE is_continuous
UNION ALL
SELECT person_key, year(starts_on) * 12 + month(starts_on) - 1, year(ends_on - 1) * 12 + month(ends_on - 1) - 1, enrollment_no
FROM spell
WHERE is_retired AND starts_on < ends_on
