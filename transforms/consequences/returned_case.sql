-- The cases of tonight that clerks returned, with tonight's decision and evidence. A share of the persons at a time.
-- grain: one row per case, key (enrollment_id, overlap_id). inputs: evidence, returned.
SELECT d.overlap_id, b.starts_on, d.enrollment_id, d.person_id, b.case_numbers, b.fate AS status, b.decided_on, d.rule_id,
    if(b.fate = 'contradicted', coalesce(d.would_be, d.action), action_to_answer(d.action, d.would_be)) AS action, d.items
FROM evidence d
JOIN returned b ON b.enrollment_no = d.enrollment_no AND b.starts_on IS NOT DISTINCT FROM d.starts_on
