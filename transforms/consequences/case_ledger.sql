-- The cases that clerks returned, each with the decision and the evidence as they stood when it came back: those of the last
-- night before the return was read, else tonight's. A case that is known stays as it was (last_case), also where
-- tonight's decisions no longer contain it.
-- grain: one row per case, key (enrollment_id, overlap_id).
-- inputs: evidence, returned, last_decision, last_case, reported_enrollment.
WITH tonight AS (
    SELECT d.overlap_id, d.enrollment_id, d.person_id, b.case_numbers, b.fate AS status, b.decided_on, d.rule_id,
        coalesce(d.would_be, d.action) AS action, d.items
    FROM evidence d
    JOIN returned b ON b.enrollment_no = d.enrollment_no AND b.starts_on IS NOT DISTINCT FROM d.starts_on
),
known AS (
    SELECT c.* REPLACE (coalesce(e.person_id, c.person_id) AS person_id),
        array_to_string(list_transform(c.evidence, lambda e: evidence_item(e.fact, e.value, e.extract, e.row_key)), chr(30)) AS items
    FROM last_case c LEFT JOIN reported_enrollment e USING (enrollment_id)
)
SELECT t.overlap_id, t.enrollment_id, t.person_id, t.case_numbers, t.status, t.decided_on,
    coalesce(l.rule_id, t.rule_id) AS rule_id, coalesce(l.would_be, l.action, t.action) AS action,
    coalesce(array_to_string(list_transform(l.evidence, lambda e: evidence_item(e.fact, e.value, e.extract, e.row_key)), chr(30)), t.items) AS items,
    $as_of AS first_reported_on
FROM tonight t
LEFT JOIN last_decision l ON l.enrollment_id = t.enrollment_id AND l.overlap_id IS NOT DISTINCT FROM t.overlap_id
WHERE NOT EXISTS (
    SELECT 1 FROM known k
    WHERE k.enrollment_id = t.enrollment_id AND k.overlap_id IS NOT DISTINCT FROM t.overlap_id AND k.decided_on = t.decided_on AND k.status = t.status)
UNION ALL
SELECT k.overlap_id, k.enrollment_id, k.person_id, k.case_numbers, k.status, k.decided_on, k.rule_id, k.action, k.items, k.first_reported_on
FROM known k
WHERE NOT EXISTS (
    SELECT 1 FROM tonight t
    WHERE t.enrollment_id = k.enrollment_id AND t.overlap_id IS NOT DISTINCT FROM k.overlap_id AND (t.decided_on <> k.decided_on OR t.status <> k.status))
