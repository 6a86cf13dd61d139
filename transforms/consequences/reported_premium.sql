-- What the tax extract says tonight of the premiums of enrollments of the ledgers that have an end, by their first month: whether any that
-- names the enrollment is effective (is_paid), the sum of those that are, and whether one is that names none, of the person, scheme and
-- pool (is_nameless): whose that was nobody can say, once an enrollment is ended.
-- grain: one row per enrollment and month, key (enrollment_id, first_month).
-- inputs: contribution, spell_row, reported_enrollment, pooling.
WITH told AS (
    SELECT r.enrollment_id, r.enrollment_no, r.person_key, r.scheme, r.pool
    FROM spell_row r SEMI JOIN (SELECT enrollment_id FROM reported_enrollment WHERE ended_on IS NOT NULL) USING (enrollment_id)
),
premium AS NOT MATERIALIZED (
    SELECT person_key, psn_insu_rlts_id AS named_id, scheme_of(insutype) AS scheme, accrym_begn AS first_month, psn_clct_amt,
        insu_admdvs[1:pool_digits] AS pool, is_settled(clct_flag, revs_flag) AS is_effective
    FROM contribution LEFT JOIN pooling ON province = insu_admdvs[1:2]
    WHERE is_basic(insutype) AND is_premium(clct_type)
),
found AS (
    SELECT n.enrollment_id, p.first_month, p.is_effective AS is_paid, false AS is_nameless, p.psn_clct_amt
    FROM premium p
    JOIN (SELECT t.enrollment_id, r.enrollment_id AS named_id, r.scheme FROM spell_row r JOIN told t USING (enrollment_no)) n USING (named_id, scheme)
    UNION ALL
    SELECT t.enrollment_id, p.first_month, false, true, 0
    FROM premium p JOIN told t USING (person_key, scheme, pool)
    WHERE p.named_id IS NULL AND p.is_effective
)
SELECT enrollment_id, first_month, bool_or(is_paid) AS is_paid, bool_or(is_nameless) AS is_nameless,
    CAST(coalesce(sum(psn_clct_amt) FILTER (is_paid), 0) AS DECIMAL(12, 2)) AS personal_amount
FROM found
GROUP BY enrollment_id, first_month
