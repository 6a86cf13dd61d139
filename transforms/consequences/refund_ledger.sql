-- The ledger of refunds over the nights, one row for a paid period (granted_refund: its slot). What an earlier night reported is not
-- new again, unless it was no money and now is. What the tax extract shows as paid back is refunded, and stays as it was refunded, also
-- where another row continues its enrollment.
-- What tonight's decisions no longer grant is withdrawn, unless it was carried out: the enrollment has been ended, by tonight or
-- by the day that was told, or it was ended before it began (docs/decisions/0054); one that another row continues only where it ends on that very
-- day and the other has no such refund. None of it holds where the extract has the premiums that name the enrollment, and they are void now
-- or come to another sum. What a flexible worker had paid ahead in a year that is over stands while the enrollment is
-- to be ended. Where tonight's decisions grant another sum or other months, the old row is withdrawn tonight and the other one new on
-- the next night; so is what came to nothing because the period had begun, once an end of before it is shown. The state is the last
-- publication (last_refund).
-- A share of the enrollments at a time.
-- grain: one row per enrollment and period, key (enrollment_id, period_begin).
-- inputs: granted_refund, paid_back, reported_enrollment, reported_premium, timeline, decided, pending, last_refund, last_case, payment,
-- spell_row.
WITH rejected AS (
    SELECT enrollment_id, max(decided_on) AS rejected_on FROM last_case WHERE status = 'rejected' GROUP BY enrollment_id
),
reported AS (
    SELECT *, if(case_id = 'flexible_prepaid', make_date(year(period_begin), 1, 1), period_begin) AS slot FROM last_refund
),
known AS (
    SELECT l.* REPLACE (place_told(l.insu_admdvs, e.insu_admdvs) AS insu_admdvs), coalesce(e.person_id, l.person_id) AS known_as, e.ended_on, e.never_began, e.continued_by,
        coalesce(j.rejected_on >= l.first_reported_on, false) AS is_rejected
    FROM (FROM reported WHERE in_share(number_of(enrollment_id))) l
    LEFT JOIN (FROM reported_enrollment WHERE in_share(number_of(enrollment_id))) e USING (enrollment_id)
    LEFT JOIN rejected j USING (enrollment_id)
    -- an earlier version told what was paid ahead under each of its first months
    QUALIFY row_number() OVER (PARTITION BY l.enrollment_id, l.slot ORDER BY l.status = 'refunded' DESC, l.status <> 'withdrawn' DESC, l.period_begin) = 1
),
before AS (
    SELECT enrollment_id, slot, status, first_reported_on, ended_on, never_began, continued_by,
        {'enrollment_id': enrollment_id, 'person_id': known_as, 'insu_admdvs': insu_admdvs, 'period_begin': period_begin, 'period_end': period_end,
        'eligibility': eligibility, 'case_id': case_id, 'personal_amount': personal_amount, 'assistance_amount': assistance_amount,
        'channel': channel, 'account_person_id': account_person_id, 'effective_date': effective_date, 'slot': slot} AS told
    FROM known
),
after_all AS (
    -- their end is shown only now, and is of before the period: it has not begun
    SELECT k.enrollment_id, k.slot, if(k.case_id = 'death', 'death', 'not_begun') AS case_id, p.personal_amount
    FROM known k
    JOIN (SELECT * FROM reported_premium WHERE is_paid) p ON p.enrollment_id = k.enrollment_id AND p.first_month = month_of(k.period_begin)
    WHERE k.continued_by IS NULL AND k.ended_on <= k.period_begin AND NOT k.is_rejected
      AND (k.case_id = 'begun' OR k.status = 'withdrawn' AND (k.case_id = 'not_begun' OR k.case_id = 'death' AND k.personal_amount > 0))
),
disproved AS (
    SELECT k.enrollment_id, k.slot
    FROM known k
    JOIN reported_premium p ON p.enrollment_id = k.enrollment_id
        AND if(k.case_id = 'flexible_prepaid', p.first_month // 12 = year(k.slot), p.first_month = month_of(k.slot))
    -- where another row continues it, premiums of both are told
    WHERE k.continued_by IS NULL
    GROUP BY k.enrollment_id, k.slot, k.case_id, k.personal_amount
    HAVING NOT bool_or(p.is_paid OR p.is_nameless)
        OR (k.case_id IN ('not_begun', 'death') AND k.personal_amount > 0 AND NOT bool_or(p.is_nameless) AND sum(p.personal_amount) <> k.personal_amount)
),
still_paid AS (
    -- withdrawn, of an enrollment that was ended as told, and what was paid comes to what was told
    SELECT k.enrollment_id, k.slot
    FROM payment p
    JOIN (
        SELECT k.*, r.enrollment_no, month_of(k.period_begin) AS first_unused, month_of(k.period_end) AS after_unused
        FROM spell_row r
        JOIN (SELECT * FROM known
              WHERE status = 'withdrawn' AND case_id IN ('assisted', 'flexible_prepaid') AND continued_by IS NULL AND NOT is_rejected
                AND ended_on <= $as_of) k USING (enrollment_id)
    ) k ON k.enrollment_no = p.enrollment_no AND p.last_month >= k.first_unused AND p.first_month < k.after_unused
        AND if(k.case_id = 'assisted', p.first_month = k.first_unused, p.last_month > p.first_month)
    GROUP BY k.enrollment_id, k.slot, k.case_id, k.personal_amount, k.assistance_amount
    HAVING if(k.case_id = 'assisted', sum(p.psn_clct_amt) = k.personal_amount AND sum(p.oth_clct_amt) = k.assistance_amount,
        sum(round(p.psn_clct_amt * (least(p.last_month + 1, k.after_unused) - greatest(p.first_month, k.first_unused)) / (p.last_month + 1 - p.first_month), 2))
            = k.personal_amount)
),
refunded_as_it_was AS (
    SELECT e.continued_by AS enrollment_id, l.slot
    FROM (SELECT * FROM reported WHERE status = 'refunded' AND personal_amount + assistance_amount > 0) l
    JOIN (SELECT * FROM reported_enrollment WHERE continued_by IS NOT NULL) e USING (enrollment_id)
),
granted AS (
    FROM granted_refund WHERE in_share(number_of(enrollment_id)) AND (enrollment_id, slot) NOT IN (SELECT (enrollment_id, slot) FROM refunded_as_it_was)
),
tonight AS (
    SELECT enrollment_id, slot, granted FROM granted
    UNION ALL
    SELECT b.enrollment_id, b.slot, struct_update(b.told, eligibility := 'eligible', case_id := a.case_id, personal_amount := a.personal_amount,
        assistance_amount := 0::DECIMAL(12, 2), effective_date := b.ended_on)
    FROM before b
    JOIN (FROM after_all ANTI JOIN granted USING (enrollment_id, slot)) a USING (enrollment_id, slot)
    UNION ALL
    -- its enrollment was ended as told: the nights on which it was not granted change nothing
    SELECT b.enrollment_id, b.slot, b.told FROM before b JOIN (FROM still_paid ANTI JOIN granted USING (enrollment_id, slot)) USING (enrollment_id, slot)
),
ending AS (
    SELECT t.enrollment_id
    FROM timeline t
    SEMI JOIN (SELECT enrollment_id FROM last_refund WHERE case_id = 'flexible_prepaid' AND year(period_begin) < year($as_of)) l USING (enrollment_id)
    JOIN (SELECT enrollment_no FROM decided WHERE counts AND action = 'terminate' AND rule_id = 'employee_workplace') d USING (enrollment_no)
),
going_on AS (
    SELECT enrollment_id, slot
    FROM granted_refund
    SEMI JOIN (SELECT continued_by AS enrollment_id FROM reported_enrollment WHERE continued_by IS NOT NULL) USING (enrollment_id)
),
paired AS (
    SELECT told, granted, status, first_reported_on,
        t.enrollment_id IS NOT NULL AND coalesce(t.yuan >= told.personal_amount + told.assistance_amount, true) AS told_is_paid_back,
        g.enrollment_id IS NOT NULL AND coalesce(g.yuan >= granted.personal_amount + granted.assistance_amount, true) AS granted_is_paid_back,
        coalesce(
            CASE
                WHEN continued_by IS NULL THEN ended_on <= greatest($as_of, told.effective_date) OR never_began
                ELSE ended_on = told.effective_date AND (continued_by, told.slot) NOT IN (SELECT (enrollment_id, slot) FROM going_on)
            END, false) AND (told.enrollment_id, told.slot) NOT IN (SELECT (enrollment_id, slot) FROM disproved)
            OR (told.enrollment_id, if(told.case_id = 'suspended', 'suspend', 'terminate')) IN (SELECT (enrollment_id, would_be) FROM pending)
            OR (told.case_id = 'flexible_prepaid' AND year(told.slot) < year($as_of) AND told.enrollment_id IN (SELECT enrollment_id FROM ending)) AS stands,
        told.personal_amount + told.assistance_amount > 0 AS told_is_money,
        granted.personal_amount + granted.assistance_amount > 0 AS granted_is_money,
        (told.personal_amount, told.assistance_amount, told.period_begin) IS DISTINCT FROM
            (granted.personal_amount, granted.assistance_amount, granted.period_begin) AS is_another
    FROM before
    FULL JOIN tonight USING (enrollment_id, slot)
    LEFT JOIN paid_back t ON t.enrollment_id = told.enrollment_id AND t.period_begin = told.period_begin
    LEFT JOIN paid_back g ON g.enrollment_id = granted.enrollment_id AND g.period_begin = granted.period_begin
),
judged AS (
    -- a row that came to nothing was reported as such: where it comes to money now, nobody has booked it
    SELECT *, granted IS NOT NULL AS is_granted, told_is_money OR NOT coalesce(granted_is_money, false) AS is_no_news,
        coalesce(status IN ('new', 'reported'), false) AS is_open,
        coalesce(status = 'refunded', false) AND is_no_news AS is_done,
        is_granted AND is_open AND told_is_money AND is_another AS is_changed,
        is_done OR NOT is_granted OR is_changed AS is_as_told,
        is_open AND is_no_news AS is_known
    FROM paired
)
SELECT unnest(if(is_as_told, told, granted)),
    CASE
        WHEN is_done OR if(is_as_told, told_is_paid_back, granted_is_paid_back) THEN 'refunded'
        WHEN is_changed OR NOT is_granted AND (status = 'withdrawn' OR NOT stands) THEN 'withdrawn'
        WHEN is_as_told OR is_known THEN 'reported'
        ELSE 'new'
    END AS status,
    if(is_as_told OR is_known, first_reported_on, $as_of) AS first_reported_on
FROM judged
