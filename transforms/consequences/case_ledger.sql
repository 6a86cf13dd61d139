-- The cases that clerks returned, each with the decision and the evidence as they stood when it came back: those of the last
-- night before the return was read, else tonight's. A case that is known stays as it was (last_case), also where
-- tonight's decisions no longer contain it.
-- grain: one row per case, key (enrollment_id, overlap_id).
-- inputs: returned_case, last_decision, last_case, reported_enrollment.
WITH as_listed AS (
    -- of the few that came back: the decisions of a province's night do not fit in memory with their evidence
    SELECT enrollment_id, overlap_id, rule_id, coalesce(would_be, action) AS action,
        evidence_text(evidence) AS items
    FROM last_decision SEMI JOIN returned_case USING (enrollment_id)
),
known AS (
    SELECT c.* REPLACE (coalesce(e.person_id, c.person_id) AS person_id),
        evidence_text(c.evidence) AS items
    FROM last_case c LEFT JOIN reported_enrollment e USING (enrollment_id)
)
SELECT t.overlap_id, t.enrollment_id, t.person_id, t.case_numbers, t.status, t.decided_on,
    coalesce(l.rule_id, t.rule_id) AS rule_id, coalesce(l.action, t.action) AS action, coalesce(l.items, t.items) AS items,
    $as_of AS first_reported_on
FROM returned_case t
LEFT JOIN as_listed l ON l.enrollment_id = t.enrollment_id AND l.overlap_id IS NOT DISTINCT FROM t.overlap_id
WHERE NOT EXISTS (
    SELECT 1 FROM known k
    WHERE k.enrollment_id = t.enrollment_id AND k.overlap_id IS NOT DISTINCT FROM t.overlap_id AND k.decided_on = t.decided_on AND k.status = t.status)
UNION ALL
SELECT k.overlap_id, k.enrollment_id, k.person_id, k.case_numbers, k.status, k.decided_on, k.rule_id, k.action, k.items, k.first_reported_on
FROM known k
WHERE NOT EXISTS (
    SELECT 1 FROM returned_case t
    WHERE t.enrollment_id = k.enrollment_id AND t.overlap_id IS NOT DISTINCT FROM k.overlap_id AND (t.decided_on <> k.decided_on OR t.status <> k.status))
