-- Each scheme narrowed by its own rule (rules 3, step 2): the members that are best on the ladder lead.
-- A ladder is a row of weights, the first fact the heaviest: the best score is the first in lexicographic order, and
-- the heaviest bit on which a member differs from the leaders is its deciding fact. newest_in_pool looks at the leaders
-- that are left: they share one pool, and its crt_insu_date is the latest of theirs, strictly.
-- Where one of the employees is retired, all are tied at once.
-- grain: one row per overlap and enrollment. inputs: member_fact, ladder.
WITH ruled AS (
    SELECT *,
        CASE
            WHEN scheme = 'employee' THEN 'employee_workplace'
            WHEN n_employee = 0 AND is_freshman
                 AND count(*) FILTER (school_place) OVER (PARTITION BY person_key, starts_on, scheme) = 1 THEN 'freshman_year'
            WHEN is_student THEN 'student_school_place'
            ELSE 'resident_usual_residence'
        END AS own_rule,
        bool_or(is_retired) OVER (PARTITION BY person_key, starts_on, scheme) AS has_retired
    FROM member_fact
),
scored AS (
    SELECT r.*, l.w_newest_in_pool,
        if(has_retired, 0,
            school_place::INT * w_school_place + usual_residence::INT * w_usual_residence + usual_county::INT * w_usual_county
            + employer_paid::INT * w_employer_paid + employment_place::INT * w_employment_place) AS score
    FROM ruled r JOIN ladder l ON l.rule_id = r.own_rule
),
led AS (
    SELECT *, max(score) OVER (PARTITION BY person_key, starts_on, scheme) AS best,
        score = best AS leads_so_far
    FROM scored
),
pooled AS (
    SELECT *,
        min(pool) FILTER (leads_so_far) OVER (PARTITION BY person_key, starts_on, scheme)
            = max(pool) FILTER (leads_so_far) OVER (PARTITION BY person_key, starts_on, scheme) AS one_pool,
        max(crt_insu_date) FILTER (leads_so_far) OVER (PARTITION BY person_key, starts_on, scheme) AS newest_date
    FROM led
),
newest AS (
    SELECT *,
        w_newest_in_pool > 0 AND NOT has_retired AND leads_so_far AND one_pool AND crt_insu_date = newest_date
            AND count(*) FILTER (leads_so_far AND crt_insu_date = newest_date) OVER (PARTITION BY person_key, starts_on, scheme) = 1
            AS newest_in_pool
    FROM pooled
)
SELECT * EXCLUDE (leads_so_far, one_pool, newest_date, w_newest_in_pool, newest_in_pool),
    leads_so_far AND (newest_in_pool OR NOT bool_or(newest_in_pool) OVER (PARTITION BY person_key, starts_on, scheme)) AS is_leader,
    CASE WHEN is_leader THEN NULL
         WHEN leads_so_far THEN 'newest_in_pool'
         ELSE (SELECT arg_max(fact, weight) FROM rung WHERE rung.rule_id = own_rule AND (best & weight) <> (score & weight))
    END AS own_fact
FROM newest
