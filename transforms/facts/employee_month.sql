-- Paid employee months of persons with both schemes in an overlap, as ranges: normal payments (back-payment only by
-- parameter), flexible ones too, over all employers and areas, but none that names somebody else's enrollment; months of a retired enrollment's span count as paid.
-- row_key is the published id of the row.
-- grain: one row per range, not unique. inputs: payment, spell, overlap_shape.
SELECT person_key, first_month, last_month, 'contribution' AS extract, clct_detl_id AS row_key
FROM payment
WHERE scheme = 'employee' AND is_continuous AND NOT is_anothers
  AND person_key IN (SELECT person_key FROM overlap_shape WHERE n_employee > 0 AND n_resident > 0)
UNION ALL
SELECT person_key, month_of(starts_on), month_of(ends_on - 1), 'enrollment', enrollment_id
FROM spell
WHERE is_retired AND starts_on < ends_on
  AND person_key IN (SELECT person_key FROM overlap_shape WHERE n_employee > 0 AND n_resident > 0)
