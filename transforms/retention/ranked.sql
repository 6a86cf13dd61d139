-- A view, read once: what the ladders say of every member, before hospital and guard (rules 3, steps 1 to 3): action, rule, deciding fact
-- and the enrollment that stays in its place.
-- grain: one row per overlap and enrollment. inputs: narrowed, matched, rule, identity_conflict.
WITH placed AS (
    SELECT n.*, m.cross_rule, m.outcome, m.cross_fact, m.employee_leader, m.losing_action, m.first_benefits,
        coalesce(m.outcome = n.scheme, false) AS is_scheme_removed,
        if(n.scheme = 'employee', m.resident_leader, m.employee_leader) AS other_leader,
        x.person_key IS NOT NULL AS is_conflict
    FROM narrowed n
    LEFT JOIN matched m USING (person_key, starts_on)
    LEFT JOIN identity_conflict x ON x.person_key = n.person_key
),
decided AS (
    SELECT p.*, own.action AS own_action,
        CASE
            WHEN is_conflict THEN 'review'
            WHEN NOT is_leader THEN own_action
            WHEN is_scheme_removed THEN losing_action
            WHEN outcome = 'tolerate' AND p.scheme = 'resident' THEN 'tolerate'
            WHEN own_leaders > 1 OR outcome = 'tied' THEN 'review'
            ELSE 'retain'
        END AS action,
        CASE
            WHEN is_conflict THEN 'identity_conflict'
            WHEN NOT is_leader THEN own_rule
            WHEN is_scheme_removed THEN cross_rule
            WHEN outcome = 'tolerate' AND p.scheme = 'resident' THEN cross_rule
            WHEN own_leaders > 1 AND (p.scheme = 'employee' OR cross_rule IS NULL OR cross_rule = 'cross_scheme_flexible') THEN own_rule
            ELSE coalesce(cross_rule, own_rule)
        END AS rule_id,
        CASE
            WHEN is_conflict THEN NULL
            WHEN NOT is_leader THEN own_fact
            WHEN is_scheme_removed OR (outcome = 'tolerate' AND p.scheme = 'resident') THEN cross_fact
        END AS deciding_fact,
        CASE
            WHEN is_conflict THEN NULL
            WHEN is_scheme_removed THEN other_leader
            WHEN NOT is_leader AND own_leaders = 1 THEN own_leader
            WHEN is_leader AND outcome = 'tolerate' AND p.scheme = 'resident' THEN employee_leader
        END AS kept_enrollment_no
    FROM placed p JOIN rule own ON own.rule_id = p.own_rule
)
SELECT person_key, starts_on, enrollment_no, scheme, timing, decision_date, category,
    is_contradicted AND action = 'review' AND NOT is_conflict AS is_choice_doubted,
    action, rule_id, deciding_fact, kept_enrollment_no, first_benefits
FROM decided
