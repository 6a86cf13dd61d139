-- Each scheme narrowed by its own rule (rules 3, step 2): the members that are best on the ladder lead.
-- A ladder is a row of weights, the first fact the heaviest: the best score is the first in lexicographic order, and
-- the heaviest bit on which a member differs from the leaders is its deciding fact. newest_in_pool looks at the leaders
-- that are left: they share one pool, and its crt_insu_date is the latest of theirs, strictly.
-- Where the rule lets the person choose, the choice is the heaviest of all. Where one of the employees is retired, or the
-- choices contradict each other, all are tied at once.
-- grain: one row per overlap and enrollment. inputs: member_fact, ladder, rung.
WITH side AS (
    SELECT person_key, starts_on, scheme, count(*) FILTER (school_place) AS at_school, bool_or(is_retired) AS has_retired,
        bool_or(is_choice_contradicted) AS is_contradicted
    FROM member_fact
    GROUP BY person_key, starts_on, scheme
),
ruled AS (
    SELECT m.*, s.has_retired, s.is_contradicted,
        CASE
            WHEN m.scheme = 'employee' THEN 'employee_workplace'
            WHEN m.n_employee = 0 AND m.is_freshman AND s.at_school = 1 THEN 'freshman_year'
            WHEN m.is_student THEN 'student_school_place'
            ELSE 'resident_usual_residence'
        END AS own_rule
    FROM member_fact m JOIN side s USING (person_key, starts_on, scheme)
),
scored AS (
    SELECT r.*, l.w_newest_in_pool, l.w_person_choice,
        if(has_retired OR (is_contradicted AND w_person_choice > 0), 0,
            person_choice::INT * w_person_choice
            + school_place::INT * w_school_place + usual_residence::INT * w_usual_residence + usual_county::INT * w_usual_county
            + employer_paid::INT * w_employer_paid + employment_place::INT * w_employment_place) AS score
    FROM ruled r JOIN ladder l ON l.rule_id = r.own_rule
),
best AS (
    SELECT person_key, starts_on, scheme, max(score) AS score FROM scored GROUP BY person_key, starts_on, scheme
),
ahead AS (
    -- those that lead before newest_in_pool: one_newest is their latest day where one pool and one enrollment has it
    SELECT person_key, starts_on, scheme, count(*) AS ahead, arg_max(enrollment_no, s.crt_insu_date) AS newest_no,
        max(s.crt_insu_date, 2) AS latest,
        if(min(s.pool) = max(s.pool) AND any_value(s.w_newest_in_pool) > 0 AND NOT any_value(s.has_retired)
            AND NOT (any_value(s.is_contradicted) AND any_value(s.w_person_choice) > 0) AND latest[1] IS DISTINCT FROM latest[2],
            latest[1], NULL) AS one_newest
    FROM scored s JOIN best b USING (person_key, starts_on, scheme, score)
    GROUP BY person_key, starts_on, scheme
)
SELECT s.* EXCLUDE (w_newest_in_pool, w_person_choice, score, n_employee, n_resident, pool, is_retired, school_place, usual_residence, usual_county,
        employer_paid, employment_place, is_student),
    s.n_employee > 0 AND s.n_resident > 0 AS has_both,
    coalesce(s.score = b.score AND (a.one_newest IS NULL OR s.crt_insu_date = a.one_newest), false) AS is_leader,
    if(a.one_newest IS NULL, a.ahead, 1) AS own_leaders,
    if(own_leaders = 1, a.newest_no, NULL) AS own_leader,
    CASE WHEN is_leader THEN NULL
         WHEN s.score = b.score THEN 'newest_in_pool'
         ELSE (SELECT arg_max(fact, weight) FROM rung WHERE rung.rule_id = s.own_rule AND (b.score & weight) <> (s.score & weight))
    END AS own_fact
FROM scored s
JOIN best b USING (person_key, starts_on, scheme)
JOIN ahead a USING (person_key, starts_on, scheme)
