-- What the person chose, where the policy lets the choice decide (choice_decides): a clerk's return with the result
-- person_chose speaks for each overlap of which both the enrollment of the case and the chosen one are members. The
-- latest return counts; returns of one day that name different enrollments contradict each other and choose none, and so does one that
-- names no enrollment of the person's that is known: nobody can tell what was chosen. What decided last night, or was contradicted, counts
-- on where the extract no longer has it, unless it has something else under its number that day or later (docs/decisions/0103).
-- grain: one row per overlap with a choice, key (person_key, starts_on). chosen_no is null where is_contradicted.
-- inputs: case_feedback, last_decision, spell_row, overlap_member.
WITH behind AS (
    SELECT overlap_id, scheme, enrollment_id, kept_enrollment_id, rule_id, evidence
    FROM last_decision
    WHERE $choice_decides AND deciding_fact = 'person_choice'
),
chosen_before AS (
    -- within its scheme the one that a choice left behind nobody; what stays in the end may be of the other scheme
    SELECT overlap_id, scheme, any_value(enrollment_id) AS enrollment_id
    FROM last_decision SEMI JOIN behind USING (overlap_id, scheme)
    WHERE $choice_decides AND deciding_fact IS DISTINCT FROM 'person_choice'
    GROUP BY overlap_id, scheme
),
last AS (
    -- of who was left behind the chosen one, and of those of whom nobody could tell what was chosen
    SELECT b.enrollment_id, if(b.rule_id LIKE 'cross_scheme_%', b.kept_enrollment_id, c.enrollment_id) AS chosen_enrollment_id, b.evidence
    FROM behind b LEFT JOIN chosen_before c USING (overlap_id, scheme)
    WHERE chosen_enrollment_id IS NOT NULL
    UNION ALL
    SELECT enrollment_id, NULL, evidence
    FROM last_decision
    WHERE $choice_decides AND deciding_fact IS NULL AND coalesce(would_be, action) = 'review'
),
known AS (
    SELECT enrollment_id, chosen_enrollment_id, item.row_key AS case_no, CAST(item.value AS DATE) AS decided_on
    FROM (SELECT *, unnest(list_filter(evidence, lambda e: e.fact = 'person_choice')) AS item FROM last)
),
choice AS (
    SELECT enrollment_id, chosen_enrollment_id, case_no, decided_on
    FROM case_feedback
    WHERE $choice_decides AND result = 'person_chose' AND decided_on <= $as_of
    UNION ALL
    SELECT * FROM known k
    WHERE NOT EXISTS (SELECT 1 FROM case_feedback f WHERE f.case_no = k.case_no
                      AND f.decided_on BETWEEN k.decided_on + if(k.chosen_enrollment_id IS NULL, 1, 0) AND $as_of)
),
said AS (
    SELECT m.person_key, m.starts_on, k.enrollment_no AS chosen_no, f.decided_on, f.case_no
    FROM choice f
    JOIN spell_row about ON about.enrollment_id = f.enrollment_id
    JOIN overlap_member m ON m.enrollment_no = about.enrollment_no
    LEFT JOIN spell_row chosen ON chosen.enrollment_id = f.chosen_enrollment_id AND chosen.person_key = m.person_key
    LEFT JOIN overlap_member k ON k.person_key = m.person_key AND k.starts_on = m.starts_on AND k.enrollment_no = chosen.enrollment_no
    -- what is not known was chosen in an overlap that had begun, or in the case of its number
    WHERE (k.enrollment_no IS NOT NULL OR chosen.enrollment_no IS NULL AND (m.starts_on <= f.decided_on OR f.case_no[3:] = case_digits(f.enrollment_id, m.starts_on)))
),
latest AS (
    SELECT * FROM said
    QUALIFY decided_on = max(decided_on) OVER (PARTITION BY person_key, starts_on)
)
SELECT person_key, starts_on,
    count(DISTINCT chosen_no) > 1 OR count(chosen_no) < count(*) AS is_contradicted,
    if(is_contradicted, NULL, any_value(chosen_no)) AS chosen_no,
    any_value(decided_on) AS decided_on,
    list_sort(list(DISTINCT case_no)) AS cases
FROM latest
GROUP BY person_key, starts_on
