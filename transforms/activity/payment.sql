-- Effective contributions of persons in question, or that name an enrollment of theirs, each with the one enrollment it
-- belongs to: the one it names; where it names none, of the person's enrollments of the same scheme and pool whose span
-- meets its months the one with the latest crt_insu_date, then the smallest id (rules 1.1). Null where there is none.
-- Its pool and kind are those of the enrollment it names, though it is never active or somebody else's (others: nobody in
-- question), else of its own area. is_anothers: its number is not that of whose enrollment it names. is_kind_known: whether a flexible worker
-- or an employer paid is said by the row, or by the enrollment; of what nobody says it of, an employer is taken to have paid.
-- contribution_no is the place of the row in the input, unique; nothing is ever ordered by it.
-- grain: one row per contribution, key contribution_no.
-- inputs: contribution, spell_row, basic_row, others.basic_row, spell, pooling, flexible_type.
WITH premium AS NOT MATERIALIZED (
    SELECT row_id AS contribution_no, clct_detl_id, person_key, psn_insu_rlts_id AS named_id, insu_admdvs,
        scheme_of(insutype) AS scheme,
        accrym_begn AS first_month, accrym_end AS last_month,
        coalesce(psn_clct_amt, 0) AS psn_clct_amt, coalesce(oth_clct_amt, 0) AS oth_clct_amt, coalesce(finsubs_amt, 0) AS finsubs_amt,
        clct_type = '10' OR $count_backpay AS is_continuous, clct_type <> '10' AS is_backpaid,
        CASE
            WHEN psn_type = '1103' OR coalesce(emp_mgt_type, '') IN (SELECT code FROM flexible_type) THEN true
            WHEN psn_type IS NOT NULL OR emp_mgt_type IS NOT NULL THEN false
        END AS says_flexible,
        payer_is_given, payer_person_key AS payer_key
    FROM contribution
    WHERE is_basic(insutype) AND is_premium(clct_type) AND is_settled(clct_flag, revs_flag)
),
named AS (
    -- rows of one spell are of one scheme, pool and kind
    SELECT enrollment_id AS named_id, scheme, enrollment_no, pool, is_flexible, person_key FROM spell_row
    UNION ALL
    SELECT enrollment_id, scheme, NULL, pool, is_flexible, person_key FROM basic_row WHERE is_void
    UNION ALL
    SELECT enrollment_id, scheme, NULL, pool, is_flexible, person_key FROM others.basic_row
),
found AS (
    SELECT p.contribution_no, s.enrollment_no, s.pool, s.is_flexible
    FROM spell s
    JOIN (
        SELECT contribution_no, person_key, scheme, first_month, last_month, insu_admdvs[1:pool_digits] AS pool
        FROM premium LEFT JOIN pooling ON province = insu_admdvs[1:2]
        WHERE named_id IS NULL
    ) p ON s.person_key = p.person_key AND s.scheme = p.scheme AND s.pool = p.pool
    WHERE s.starts_on < s.ends_on
      AND s.starts_on < first_day(p.last_month + 1)
      AND s.ends_on > first_day(p.first_month)
    QUALIFY row_number() OVER (PARTITION BY p.contribution_no ORDER BY s.crt_insu_date DESC, s.enrollment_id) = 1
)
SELECT p.* EXCLUDE (named_id, says_flexible, insu_admdvs),
    coalesce(n.enrollment_no, f.enrollment_no) AS enrollment_no,
    coalesce(n.pool, f.pool, p.insu_admdvs[1:o.pool_digits]) AS pool,
    coalesce(n.person_key <> p.person_key, false) AS is_anothers,
    coalesce(p.says_flexible, n.is_flexible, f.is_flexible) IS NOT NULL AS is_kind_known,
    p.scheme = 'employee' AND NOT coalesce(p.says_flexible, n.is_flexible, f.is_flexible, false) AS is_employer_paid
FROM premium p
LEFT JOIN named n ON n.named_id = p.named_id AND n.scheme = p.scheme
LEFT JOIN found f ON f.contribution_no = p.contribution_no
-- asked of the few that belong to none
LEFT JOIN pooling o ON o.province = if(coalesce(n.pool, f.pool) IS NULL, p.insu_admdvs[1:2], NULL)
