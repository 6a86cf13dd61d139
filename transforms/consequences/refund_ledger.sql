-- The ledger of refunds over the nights, keyed on (enrollment, period): what an earlier night reported is not new again; what
-- the tax extract shows as paid back is refunded; what tonight's decisions no longer grant is withdrawn, but for enrollments
-- that have ended meanwhile, because then it was carried out (rules 4.2). The state is the last publication (last_refund).
-- grain: one row per enrollment and period, key (enrollment_id, period_begin).
-- inputs: refund, timeline, spell, spell_of, enrollment_row, person, contribution, everybody_enrollment, last_refund.
WITH tonight AS (
    SELECT r.enrollment_no, t.enrollment_id, t.person_id, r.insu_admdvs, r.period_begin, r.period_end, r.eligibility, r.case_id,
        r.personal_amount, r.assistance_amount, r.channel, a.person_id AS account_person_id
    FROM timeline t
    JOIN refund r USING (enrollment_no)
    LEFT JOIN (SELECT person_key, person_id FROM person WHERE person_key IN (SELECT payer_key FROM refund)) a ON a.person_key = r.payer_key
),
paid_back AS (
    SELECT DISTINCT s.enrollment_id, b.month
    FROM spell s
    JOIN (
        SELECT coalesce(o.spell_no, e.enrollment_no) AS enrollment_no, make_date(c.accrym_begn // 12, c.accrym_begn % 12 + 1, 1) AS month
        FROM enrollment_row e
        JOIN (SELECT * FROM contribution WHERE clct_type IN ('20', '991') AND clct_flag IN ('1', '4') AND revs_flag = 'Z') c
            ON c.psn_insu_rlts_id = e.enrollment_id
        LEFT JOIN spell_of o ON o.enrollment_no = e.enrollment_no
    ) b USING (enrollment_no)
),
missing AS (
    SELECT l.* FROM last_refund l ANTI JOIN tonight t ON t.enrollment_id = l.enrollment_id AND t.period_begin = l.period_begin
),
refunded AS (
    SELECT DISTINCT t.enrollment_id, t.period_begin
    FROM (SELECT enrollment_id, period_begin, period_end FROM tonight UNION ALL SELECT enrollment_id, period_begin, period_end FROM missing) t
    JOIN paid_back b ON b.enrollment_id = t.enrollment_id AND b.month >= t.period_begin AND b.month < t.period_end
),
carried_out AS (
    SELECT e.psn_insu_rlts_id AS enrollment_id FROM everybody_enrollment e SEMI JOIN missing m ON m.enrollment_id = e.psn_insu_rlts_id
    WHERE e.paus_insu_date <= $as_of
)
SELECT t.* EXCLUDE (enrollment_no),
    CASE
        WHEN (t.enrollment_id, t.period_begin) IN (SELECT (enrollment_id, period_begin) FROM refunded) THEN 'refunded'
        WHEN l.status IN ('new', 'reported', 'refunded') THEN 'reported'
        ELSE 'new'
    END AS status,
    if(l.status IN ('new', 'reported', 'refunded'), l.first_reported_on, $as_of) AS first_reported_on
FROM tonight t
LEFT JOIN last_refund l ON l.enrollment_id = t.enrollment_id AND l.period_begin = t.period_begin
UNION ALL
SELECT enrollment_id, person_id, insu_admdvs, period_begin, period_end, eligibility, case_id, personal_amount, assistance_amount, channel,
    account_person_id,
    CASE
        WHEN status IN ('withdrawn', 'refunded') THEN status
        WHEN (enrollment_id, period_begin) IN (SELECT (enrollment_id, period_begin) FROM refunded) THEN 'refunded'
        WHEN enrollment_id IN (SELECT enrollment_id FROM carried_out) THEN 'reported'
        ELSE 'withdrawn'
    END,
    first_reported_on
FROM missing
