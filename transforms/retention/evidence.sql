-- The evidence of each decision as one ordered list.
-- grain: one row per decision, key (enrollment_id, starts_on). inputs: evidence_row.
SELECT enrollment_id, starts_on,
    list_sort(list(DISTINCT {'fact': fact, 'value': value, 'extract': extract, 'row_key': row_key})) AS evidence
FROM evidence_row
GROUP BY enrollment_id, starts_on
