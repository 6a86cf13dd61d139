-- The ledger of refunds over the nights, keyed on (enrollment, period): what an earlier night reported is not new again, unless it
-- was no money and now is; what the tax extract shows as paid back is refunded; what tonight's decisions no longer grant is
-- withdrawn, but for enrollments that have ended meanwhile, because then it was carried out (rules 4.2); and where they grant another
-- sum, the old one is withdrawn tonight and the other one new on the next night. The state is the last publication (last_refund).
-- grain: one row per enrollment and period, key (enrollment_id, period_begin).
-- inputs: refund, timeline, spell, spell_of, enrollment_row, person, contribution, carried_out, last_refund.
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
changed AS (
    SELECT enrollment_id, period_begin
    FROM last_refund l JOIN tonight t USING (enrollment_id, period_begin)
    WHERE l.status IN ('new', 'reported') AND l.personal_amount + l.assistance_amount > 0
      AND (l.personal_amount, l.assistance_amount) <> (t.personal_amount, t.assistance_amount)
),
granted AS (
    SELECT * FROM tonight ANTI JOIN changed USING (enrollment_id, period_begin)
),
missing AS (
    SELECT * FROM last_refund ANTI JOIN granted USING (enrollment_id, period_begin)
),
refunded AS (
    SELECT DISTINCT t.enrollment_id, t.period_begin
    FROM (SELECT enrollment_id, period_begin, period_end FROM granted UNION ALL SELECT enrollment_id, period_begin, period_end FROM missing) t
    JOIN paid_back b ON b.enrollment_id = t.enrollment_id AND b.month >= t.period_begin AND b.month < t.period_end
),
before AS (
    SELECT enrollment_id, period_begin, first_reported_on, personal_amount + assistance_amount AS amount
    FROM last_refund
    WHERE status IN ('new', 'reported', 'refunded')
)
SELECT t.* EXCLUDE (enrollment_no),
    CASE
        WHEN (t.enrollment_id, t.period_begin) IN (SELECT (enrollment_id, period_begin) FROM refunded) THEN 'refunded'
        WHEN b.first_reported_on IS NOT NULL THEN 'reported'
        ELSE 'new'
    END AS status,
    coalesce(b.first_reported_on, $as_of) AS first_reported_on
FROM granted t
-- a row that came to nothing was reported as such: where it comes to money now, nobody has booked it
LEFT JOIN before b ON b.enrollment_id = t.enrollment_id AND b.period_begin = t.period_begin
    AND (b.amount > 0 OR t.personal_amount + t.assistance_amount <= 0)
UNION ALL
SELECT enrollment_id, person_id, insu_admdvs, period_begin, period_end, eligibility, case_id, personal_amount, assistance_amount, channel,
    account_person_id,
    CASE
        WHEN status IN ('withdrawn', 'refunded') THEN status
        WHEN (enrollment_id, period_begin) IN (SELECT (enrollment_id, period_begin) FROM refunded) THEN 'refunded'
        WHEN enrollment_id IN (SELECT enrollment_id FROM carried_out) AND (enrollment_id, period_begin) NOT IN (SELECT (enrollment_id, period_begin) FROM changed)
            THEN 'reported'
        ELSE 'withdrawn'
    END,
    first_reported_on
FROM missing
