-- Decisions that two policies take differently, in what is done, on what ground, for whose sake, when, or in money; a
-- decision that only one of them takes has nulls on the other side.
-- grain: one row per decision, key (enrollment_id, overlap_id). inputs: outcome_a, outcome_b.
WITH told AS (
    SELECT 'a' AS side, * FROM outcome_a
    UNION ALL
    SELECT 'b' AS side, * FROM outcome_b
),
paired AS (
    -- grouping takes two nulls of overlap_id for the same; each side has one row at most
    SELECT enrollment_id, overlap_id, max(person_id) AS person_id, max(scheme) AS scheme, max(insu_admdvs) AS insu_admdvs,
        max(action) FILTER (side = 'a') AS action_a, max(action) FILTER (side = 'b') AS action_b,
        max(would_be) FILTER (side = 'a') AS would_be_a, max(would_be) FILTER (side = 'b') AS would_be_b,
        max(rule_id) FILTER (side = 'a') AS rule_id_a, max(rule_id) FILTER (side = 'b') AS rule_id_b,
        max(deciding_fact) FILTER (side = 'a') AS deciding_fact_a, max(deciding_fact) FILTER (side = 'b') AS deciding_fact_b,
        max(kept_enrollment_id) FILTER (side = 'a') AS kept_enrollment_id_a, max(kept_enrollment_id) FILTER (side = 'b') AS kept_enrollment_id_b,
        max(effective_date) FILTER (side = 'a') AS effective_date_a, max(effective_date) FILTER (side = 'b') AS effective_date_b,
        max(resumes_on) FILTER (side = 'a') AS resumes_on_a, max(resumes_on) FILTER (side = 'b') AS resumes_on_b,
        coalesce(max(deductions) FILTER (side = 'a'), 0) AS deductions_a, coalesce(max(deductions) FILTER (side = 'b'), 0) AS deductions_b,
        coalesce(max(refunds) FILTER (side = 'a'), 0) AS refunds_a, coalesce(max(refunds) FILTER (side = 'b'), 0) AS refunds_b,
        max(refund_cases) FILTER (side = 'a') AS refund_cases_a, max(refund_cases) FILTER (side = 'b') AS refund_cases_b
    FROM told
    GROUP BY enrollment_id, overlap_id
)
SELECT $policy_a AS policy_a, $policy_b AS policy_b, *
FROM paired
WHERE (action_a, would_be_a, rule_id_a, deciding_fact_a, kept_enrollment_id_a, effective_date_a, resumes_on_a, deductions_a, refunds_a, refund_cases_a)
    IS DISTINCT FROM
    (action_b, would_be_b, rule_id_b, deciding_fact_b, kept_enrollment_id_b, effective_date_b, resumes_on_b, deductions_b, refunds_b, refund_cases_b)
