-- Each scheme narrowed by its own rule (rules 3, step 2): the members that are best on the ladder lead.
-- A ladder is a row of weights, the first fact the heaviest: the best score is the first in lexicographic order, and
-- the heaviest bit on which a member differs from the leaders is its deciding fact. newest_in_pool looks at the leaders
-- that are left: they share one pool, and its crt_insu_date is the latest of theirs, strictly.
-- Where the rule lets the person choose, the choice is the heaviest of all. Where one of the employees is retired, the choices
-- contradict each other, or the place of school is in doubt, all are tied at once.
-- grain: one row per overlap and enrollment. inputs: member_fact, ladder, rung.
WITH ruled AS (
    SELECT m.*,
        CASE
            WHEN m.scheme = 'employee' THEN 'employee_workplace'
            WHEN m.n_employee = 0 AND m.is_freshman AND m.at_school = 1 THEN 'freshman_year'
            WHEN m.is_student THEN 'student_school_place'
            ELSE 'resident_usual_residence'
        END AS own_rule
    FROM member_fact m
),
scored AS MATERIALIZED (
    SELECT side_no, person_key, starts_on, enrollment_no, scheme, timing, decision_date, pool, is_flexible, crt_insu_date,
        category, n_employee > 0 AND n_resident > 0 AS has_both, person_choice, is_home_known, has_retired, is_contradicted, own_rule,
        has_retired OR (is_contradicted AND w_person_choice > 0) OR (own_rule = 'student_school_place' AND is_school_doubted) AS is_tied,
        if(is_tied, 0,
            person_choice::INT * w_person_choice
            + school_place::INT * w_school_place + usual_residence::INT * w_usual_residence + usual_county::INT * w_usual_county
            + employer_paid::INT * w_employer_paid + employment_place::INT * w_employment_place) AS score,
        NOT is_tied AND w_newest_in_pool > 0 AS looks_at_newest
    FROM ruled JOIN ladder l ON l.rule_id = own_rule
),
best AS (
    -- of one member, or of two that differ, it is plain who leads
    SELECT side_no, max(score) AS score, count(*) = 1 OR count(*) = 2 AND min(score) < max(score) AS is_plain,
        arg_max(enrollment_no, score) AS leader
    FROM scored
    GROUP BY side_no
),
ahead AS (
    -- those that lead before newest_in_pool: one_newest is their latest day where one pool and one enrollment has it
    SELECT side_no, count(*) AS ahead, arg_max(enrollment_no, s.crt_insu_date) AS newest_no, max(s.crt_insu_date, 2) AS latest,
        if(min(s.pool) = max(s.pool) AND bool_and(s.looks_at_newest) AND latest[1] IS DISTINCT FROM latest[2], latest[1], NULL) AS one_newest
    FROM scored s JOIN (SELECT * FROM best WHERE NOT is_plain) b USING (side_no, score)
    GROUP BY side_no
),
heaviest AS (
    -- the heaviest fact for each way in which two scores differ
    SELECT rule_id, difference, arg_max(fact, weight) AS fact
    FROM rung JOIN (SELECT unnest(range(1, 2 * max(weight))) AS difference FROM rung) d ON d.difference & rung.weight <> 0
    GROUP BY rule_id, difference
)
SELECT s.* EXCLUDE (side_no, score, pool, is_tied, looks_at_newest),
    coalesce(s.score = b.score AND (a.one_newest IS NULL OR s.crt_insu_date = a.one_newest), false) AS is_leader,
    if(b.is_plain OR a.one_newest IS NOT NULL, 1, a.ahead) AS own_leaders,
    if(own_leaders = 1, coalesce(a.newest_no, b.leader), NULL) AS own_leader,
    CASE WHEN is_leader THEN NULL
         WHEN s.score = b.score THEN 'newest_in_pool'
         ELSE h.fact
    END AS own_fact
FROM scored s
JOIN best b USING (side_no)
LEFT JOIN ahead a USING (side_no)
LEFT JOIN heaviest h ON h.rule_id = s.own_rule AND h.difference = xor(s.score, b.score)
