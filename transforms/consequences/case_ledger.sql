-- The cases that clerks returned, each with the decision and the evidence as they stood when it came back: those of the last
-- night before the return was read, else tonight's. A case that is known stays as it was (last_case), also where
-- tonight's decisions no longer contain it, unless the return is gone and another is there under its number (docs/decisions/0103), or a
-- later choice of the person's rules about it. The
-- id of an overlap changes with that of its person (a new key, a link): the case is the one of the same first day, and takes the new id.
-- grain: one row per case, key (enrollment_id, overlap_id).
-- inputs: returned_case, last_decision, last_case, reported_enrollment, case_feedback, ruled_by_choice.
WITH as_listed AS (
    -- of the few that came back: the decisions of a province's night do not fit in memory with their evidence
    SELECT enrollment_id, overlap_id, rule_id, action_to_answer(action, would_be) AS action, evidence_text(evidence) AS items
    FROM last_decision SEMI JOIN returned_case USING (enrollment_id)
),
known AS (
    SELECT c.* REPLACE (coalesce(e.person_id, c.person_id) AS person_id),
        evidence_text(c.evidence) AS items
    FROM last_case c LEFT JOIN reported_enrollment e USING (enrollment_id)
),
taken_back AS (
    SELECT k.*
    FROM case_feedback f
    JOIN (SELECT DISTINCT enrollment_id, case_numbers, decided_on, if(status = 'contradicted', 1, 0) AS days FROM last_case) k
        ON k.enrollment_id = f.enrollment_id AND list_contains(k.case_numbers, f.case_no)
    WHERE f.decided_on BETWEEN k.decided_on + k.days AND $as_of AND f.result <> 'person_chose'
    GROUP BY ALL
    HAVING NOT bool_or(f.decided_on = k.decided_on AND f.result IN ('rejected', 'confirmed'))
),
kept AS (
    SELECT k.* REPLACE (coalesce(t.overlap_id, k.overlap_id) AS overlap_id, coalesce(k.starts_on, t.starts_on) AS starts_on),
        coalesce(t.decided_on = k.decided_on AND t.status = k.status, false) AS is_as_returned, t.enrollment_id IS NULL AS is_returned_no_more
    FROM known k
    LEFT JOIN returned_case t ON t.enrollment_id = k.enrollment_id AND (t.overlap_id IS NOT DISTINCT FROM k.overlap_id OR t.starts_on = k.starts_on)
    QUALIFY row_number() OVER (PARTITION BY k.enrollment_id, coalesce(t.overlap_id, k.overlap_id) ORDER BY k.first_reported_on, k.decided_on DESC, k.case_numbers) = 1
)
SELECT t.overlap_id, t.starts_on, t.enrollment_id, t.person_id, t.case_numbers, t.status, t.decided_on,
    coalesce(l.rule_id, t.rule_id) AS rule_id, coalesce(l.action, t.action) AS action, coalesce(l.items, t.items) AS items,
    $as_of AS first_reported_on
FROM returned_case t
LEFT JOIN as_listed l ON l.enrollment_id = t.enrollment_id AND l.overlap_id IS NOT DISTINCT FROM t.overlap_id
WHERE NOT EXISTS (
    SELECT 1 FROM kept k WHERE k.is_as_returned AND k.enrollment_id = t.enrollment_id AND k.overlap_id IS NOT DISTINCT FROM t.overlap_id)
UNION ALL BY NAME
SELECT overlap_id, starts_on, enrollment_id, person_id, case_numbers, status, decided_on, rule_id, action, items, first_reported_on
FROM kept
WHERE is_as_returned
    OR is_returned_no_more
    AND (enrollment_id, case_numbers, decided_on) NOT IN (SELECT (enrollment_id, case_numbers, decided_on) FROM taken_back)
    AND coalesce((enrollment_id, starts_on) NOT IN (SELECT (enrollment_id, starts_on) FROM ruled_by_choice), true)
