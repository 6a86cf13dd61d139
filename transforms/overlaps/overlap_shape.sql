-- Category and place of each overlap, and its members by scheme.
-- grain: one row per overlap, key (person_key, starts_on). inputs: overlap_member.
SELECT person_key, starts_on,
    count(*) AS n_enrollments,
    count(*) FILTER (scheme = 'employee') AS n_employee,
    count(*) FILTER (scheme = 'resident') AS n_resident,
    CASE WHEN n_resident = 0 THEN 'within_employee' WHEN n_employee = 0 THEN 'within_resident'
         WHEN n_enrollments = 2 THEN 'cross_scheme' ELSE 'mixed' END AS category,
    CASE WHEN min(pool) = max(pool) THEN 'same_pool'
         WHEN min(insu_admdvs[1:2]) = max(insu_admdvs[1:2]) THEN 'same_province' ELSE 'cross_province' END AS place
FROM overlap_member
GROUP BY person_key, starts_on
