-- Category and place of each overlap, its members by scheme, and whether one of the employees is retired.
-- grain: one row per overlap, key (person_key, starts_on), also overlap_no. inputs: overlap_member.
SELECT overlap_no, any_value(person_key) AS person_key, any_value(starts_on) AS starts_on,
    count(*) AS n_enrollments,
    count(*) FILTER (scheme = 'employee') AS n_employee,
    n_enrollments - n_employee AS n_resident,
    bool_or(is_retired) AS has_retired,
    CASE WHEN n_resident = 0 THEN 'within_employee' WHEN n_employee = 0 THEN 'within_resident'
         WHEN n_enrollments = 2 THEN 'cross_scheme' ELSE 'mixed' END AS category,
    CASE WHEN min(pool) = max(pool) THEN 'same_pool'
         WHEN min(insu_admdvs)[1:2] = max(insu_admdvs)[1:2] THEN 'same_province' ELSE 'cross_province' END AS place
FROM overlap_member
GROUP BY overlap_no
