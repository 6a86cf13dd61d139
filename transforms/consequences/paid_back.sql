-- Refunds, tonight's and those reported before, of whose period the tax extract shows something paid back (clct_type 20 or 991), and how
-- much: a row that has the very months of one pays that one back, one that meets several pays each back by its share. Null where a row does not say how much it is.
-- A row of it belongs to the enrollment that it names, as it goes on or, where nothing is refunded of that one, as it was; where it
-- names none, to that of the person's enrollments of the same scheme and pool with the latest crt_insu_date, then the smallest id, as
-- payments do (rules 1.1), but only of those with a refund for its months, one that is money first, and
-- whether or not these have been ended before them.
-- grain: one row per refund, key (enrollment_id, period_begin).
-- inputs: granted_refund, last_refund, contribution, spell_row, spell, pooling.
WITH period AS (
    SELECT enrollment_id, period_begin, period_end, max(personal_amount + assistance_amount) AS amount
    FROM (SELECT * EXCLUDE (slot) FROM granted_refund UNION ALL BY NAME FROM last_refund)
    GROUP BY ALL
),
-- few, so that they stand on the right of every join
back AS MATERIALIZED (
    SELECT row_id, person_key, psn_insu_rlts_id AS named_id, scheme_of(insutype) AS scheme,
        insu_admdvs[1:pool_digits] AS pool, abs(psn_clct_amt) + abs(coalesce(oth_clct_amt, 0)) AS yuan,
        first_day(accrym_begn) AS begins_on, first_day(accrym_end + 1) AS ends_on
    FROM contribution LEFT JOIN pooling ON province = insu_admdvs[1:2]
    WHERE is_basic(insutype) AND clct_type IN ('20', '991') AND is_settled(clct_flag, revs_flag)
      AND (psn_clct_amt IS DISTINCT FROM 0 OR coalesce(oth_clct_amt, 0) <> 0)
),
named AS (
    SELECT b.row_id, r.enrollment_no, b.begins_on, b.ends_on
    FROM spell_row r
    JOIN back b ON b.named_id = r.enrollment_id AND b.scheme = r.scheme
),
candidate AS (
    SELECT n.row_id, s.enrollment_id, n.begins_on, n.ends_on, 1 AS turn FROM spell s JOIN named n USING (enrollment_no)
    UNION ALL
    SELECT row_id, named_id, begins_on, ends_on, 2 FROM back WHERE named_id IS NOT NULL
    UNION ALL
    SELECT b.row_id, s.enrollment_id, b.begins_on, b.ends_on, row_number() OVER (PARTITION BY b.row_id ORDER BY s.crt_insu_date DESC, s.enrollment_id)
    FROM spell s JOIN (SELECT * FROM back WHERE named_id IS NULL) b USING (person_key, scheme, pool)
),
met AS (
    SELECT c.row_id, p.enrollment_id, p.period_begin, p.amount
    FROM period p
    JOIN candidate c ON p.enrollment_id = c.enrollment_id AND p.period_begin < c.ends_on AND p.period_end > c.begins_on
    QUALIFY rank() OVER (PARTITION BY c.row_id ORDER BY p.amount > 0 DESC, c.turn,
        (p.period_begin = c.begins_on AND p.period_end = c.ends_on) DESC) = 1
)
SELECT enrollment_id, period_begin, if(bool_or(yuan IS NULL), NULL, round(sum(yuan * part), 2)) AS yuan
FROM (
    SELECT row_id, enrollment_id, period_begin, max(amount) AS owed, coalesce(owed / nullif(sum(owed) OVER (PARTITION BY row_id), 0), 1) AS part
    FROM met
    GROUP BY row_id, enrollment_id, period_begin
)
JOIN back USING (row_id)
GROUP BY enrollment_id, period_begin
