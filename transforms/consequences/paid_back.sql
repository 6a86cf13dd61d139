-- Refunds, tonight's and those reported before, of whose period the tax extract shows something paid back (clct_type 20 or 991).
-- A row of it belongs to the enrollment that it names; where it names none, of the person's enrollments of the same scheme and pool
-- that have a refund for its months to the one with the latest crt_insu_date, then the smallest id, as payments do (rules 1.1) but
-- for the span, which may have been ended before those months.
-- grain: one row per refund, key (enrollment_id, period_begin).
-- inputs: granted_refund, last_refund, contribution, enrollment_row, spell_of, spell, pooling.
WITH period AS (
    SELECT enrollment_id, period_begin, period_end FROM granted_refund
    UNION
    SELECT enrollment_id, period_begin, period_end FROM last_refund
),
back AS (
    SELECT row_id, person_key, psn_insu_rlts_id AS named_id, if(insutype = '310', 'employee', 'resident') AS scheme,
        insu_admdvs[1:coalesce(pool_digits, 4)] AS pool,
        make_date(accrym_begn // 12, accrym_begn % 12 + 1, 1) AS begins_on,
        make_date((accrym_end + 1) // 12, (accrym_end + 1) % 12 + 1, 1) AS ends_on
    FROM contribution LEFT JOIN pooling ON province = insu_admdvs[1:2]
    WHERE clct_type IN ('20', '991') AND clct_flag IN ('1', '4') AND revs_flag = 'Z'
),
named AS (
    SELECT b.row_id, coalesce(s.enrollment_id, b.named_id) AS enrollment_id, b.begins_on, b.ends_on
    FROM back b
    LEFT JOIN enrollment_row e ON e.enrollment_id = b.named_id
    LEFT JOIN spell_of o ON o.enrollment_no = e.enrollment_no
    LEFT JOIN spell s ON s.enrollment_no = o.spell_no
    WHERE b.named_id IS NOT NULL
),
found AS (
    SELECT b.row_id, s.enrollment_id, b.begins_on, b.ends_on
    FROM (SELECT * FROM back WHERE named_id IS NULL) b
    JOIN spell s USING (person_key, scheme, pool)
    JOIN period p ON p.enrollment_id = s.enrollment_id AND p.period_begin < b.ends_on AND p.period_end > b.begins_on
    QUALIFY row_number() OVER (PARTITION BY b.row_id ORDER BY s.crt_insu_date DESC, s.enrollment_id) = 1
)
SELECT DISTINCT p.enrollment_id, p.period_begin
FROM period p
JOIN (SELECT * FROM named UNION ALL SELECT * FROM found) b USING (enrollment_id)
WHERE p.period_begin < b.ends_on AND p.period_end > b.begins_on
