-- The leaders of the two schemes against each other, by the first cross-scheme rule that applies (rules 3, step 3).
-- Where that rule lets the person choose, a leader that the person chose stays; an employee enrollment that a choice
-- removes is suspended, never terminated: what an employer owes does not end by a wish. What would have been reviewed
-- is suspended by a choice as well.
-- outcome says who is removed: 'resident', 'employee' or nobody ('tolerate': the residents wait; 'tied': all review).
-- grain: one row per overlap with both schemes, key (person_key, starts_on). inputs: narrowed, benefit, continuity, rule.
WITH leaders AS (
    SELECT person_key, starts_on,
        count(*) FILTER (scheme = 'employee') AS employees,
        count(*) FILTER (scheme = 'resident') AS residents,
        bool_and(is_flexible) FILTER (scheme = 'employee') AS all_flexible,
        bool_and(benefits_from > decision_date) FILTER (scheme = 'employee') AS all_waiting,
        min(benefits_from) FILTER (scheme = 'employee') AS first_benefits,
        bool_or(benefits_from <= decision_date) FILTER (scheme = 'employee') AS employee_active,
        bool_or(benefits_from <= decision_date) FILTER (scheme = 'resident') AS resident_active,
        max(crt_insu_date) FILTER (scheme = 'employee') AS employee_begun,
        max(crt_insu_date) FILTER (scheme = 'resident') AS resident_begun,
        min(enrollment_no) FILTER (scheme = 'employee') AS employee_leader,
        min(enrollment_no) FILTER (scheme = 'resident') AS resident_leader,
        min(scheme) FILTER (person_choice) AS chosen_scheme,
        bool_or(is_contradicted) AS is_contradicted,
        bool_or(has_retired) AS has_retired
    FROM benefit b
    JOIN (SELECT * FROM narrowed WHERE is_leader AND has_both) n USING (enrollment_no)
    GROUP BY person_key, starts_on
),
ruled AS (
    SELECT l.*,
        CASE WHEN all_waiting THEN 'waiting_period'
             WHEN all_flexible THEN 'cross_scheme_flexible'
             WHEN coalesce(c.continuous_employee_months, 0) >= $one_year_months THEN 'cross_scheme_one_year'
             ELSE 'cross_scheme_under_one_year' END AS cross_rule
    FROM leaders l LEFT JOIN continuity c USING (person_key, starts_on)
)
SELECT person_key, starts_on, cross_rule, first_benefits,
    -- nobody chooses against a cover for life
    rule.choice_first AND NOT has_retired AS may_choose,
    if(employees = 1, employee_leader, NULL) AS employee_leader,
    if(residents = 1, resident_leader, NULL) AS resident_leader,
    CASE
        WHEN may_choose AND is_contradicted THEN 'tied'
        WHEN may_choose AND chosen_scheme IS NOT NULL THEN if(chosen_scheme = 'employee', 'resident', 'employee')
        WHEN rule.action = 'review' THEN 'tied'
        WHEN cross_rule = 'waiting_period' THEN 'tolerate'
        WHEN cross_rule <> 'cross_scheme_flexible' THEN 'resident'
        WHEN employees > 1 THEN 'tied'
        WHEN residents > 1 THEN if(employee_active AND NOT resident_active, 'resident', 'tied')
        WHEN employee_active <> resident_active THEN if(employee_active, 'resident', 'employee')
        WHEN employee_begun > resident_begun THEN 'resident'
        WHEN resident_begun > employee_begun THEN 'employee'
        ELSE 'tied'
    END AS outcome,
    CASE
        WHEN outcome = 'tied' THEN NULL
        WHEN may_choose AND chosen_scheme IS NOT NULL THEN 'person_choice'
        WHEN cross_rule = 'waiting_period' THEN 'benefit_active'
        WHEN cross_rule = 'cross_scheme_flexible' THEN if(employee_active <> resident_active, 'benefit_active', 'newest')
        ELSE 'continuous_employee_months'
    END AS cross_fact,
    if(cross_fact = 'person_choice' AND (outcome = 'employee' OR rule.action = 'review'), 'suspend', rule.action) AS losing_action
FROM ruled JOIN rule ON rule.rule_id = cross_rule
