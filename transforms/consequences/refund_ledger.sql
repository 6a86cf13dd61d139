-- The ledger of refunds over the nights, one row for a paid period (granted_refund: its slot). What an earlier night reported is not
-- new again, unless it was no money and now is. What the tax extract shows as paid back is refunded, and stays as it was refunded.
-- What tonight's decisions no longer grant is withdrawn, unless it was carried out: the enrollment has been ended, by tonight or
-- by the day that was told, or it was ended before it began (rules 4.2); one that another row continues only where it ends on that very
-- day and the other has no such refund. What a flexible worker had paid ahead in a year that is over stands while the enrollment is
-- to be ended. Where tonight's decisions grant another sum or other months, the old row is withdrawn tonight and the other one new on
-- the next night. The state is the last publication (last_refund).
-- grain: one row per enrollment and period, key (enrollment_id, period_begin).
-- inputs: granted_refund, paid_back, reported_enrollment, timeline, decided, last_refund.
WITH told AS (
    SELECT l.enrollment_id, coalesce(e.person_id, l.person_id) AS person_id, l.insu_admdvs, l.period_begin, l.period_end, l.eligibility,
        l.case_id, l.personal_amount, l.assistance_amount, l.channel, l.account_person_id, l.effective_date,
        if(l.case_id = 'flexible_prepaid', make_date(year(l.period_begin), 1, 1), l.period_begin) AS slot
    FROM last_refund l LEFT JOIN reported_enrollment e USING (enrollment_id)
    -- an earlier version told what was paid ahead under each of its first months
    QUALIFY row_number() OVER (PARTITION BY l.enrollment_id, slot ORDER BY status = 'refunded' DESC, status <> 'withdrawn' DESC, l.period_begin) = 1
),
ending AS (
    SELECT enrollment_id FROM timeline JOIN decided USING (enrollment_no) WHERE counts AND action = 'terminate' AND rule_id = 'employee_workplace'
),
met AS (
    SELECT told, granted, l.status, l.first_reported_on,
        (told.enrollment_id, told.period_begin) IN (SELECT (enrollment_id, period_begin) FROM paid_back) AS told_is_paid_back,
        (granted.enrollment_id, granted.period_begin) IN (SELECT (enrollment_id, period_begin) FROM paid_back) AS granted_is_paid_back,
        coalesce(
            CASE
                WHEN e.continued_by IS NULL THEN e.ended_on <= greatest($as_of, told.effective_date) OR e.is_void
                ELSE e.ended_on = told.effective_date AND (e.continued_by, told.slot) NOT IN (SELECT (enrollment_id, slot) FROM granted_refund)
            END, false)
            OR (told.case_id = 'flexible_prepaid' AND year(told.slot) < year($as_of) AND told.enrollment_id IN (SELECT enrollment_id FROM ending)) AS stands,
        told.personal_amount + told.assistance_amount > 0 AS told_is_money,
        granted.personal_amount + granted.assistance_amount > 0 AS granted_is_money,
        (told.personal_amount, told.assistance_amount, told.period_begin) IS DISTINCT FROM
            (granted.personal_amount, granted.assistance_amount, granted.period_begin) AS is_another
    FROM told
    FULL JOIN granted_refund granted ON granted.enrollment_id = told.enrollment_id AND granted.slot = told.slot
    LEFT JOIN last_refund l ON l.enrollment_id = told.enrollment_id AND l.period_begin = told.period_begin
    LEFT JOIN reported_enrollment e ON e.enrollment_id = told.enrollment_id
),
judged AS (
    SELECT *, granted.enrollment_id IS NOT NULL AS is_granted, coalesce(status IN ('new', 'reported'), false) AS is_open,
        is_granted AND is_open AND told_is_money AND is_another AS is_changed,
        status = 'refunded' OR NOT is_granted OR is_changed AS is_as_told,
        -- a row that came to nothing was reported as such: where it comes to money now, nobody has booked it
        is_open AND (told_is_money OR NOT granted_is_money) AS is_known
    FROM met
)
SELECT unnest(if(is_as_told, told, granted)),
    CASE
        WHEN status = 'refunded' OR if(is_as_told, told_is_paid_back, granted_is_paid_back) THEN 'refunded'
        WHEN is_changed OR NOT is_granted AND (status = 'withdrawn' OR NOT stands) THEN 'withdrawn'
        WHEN is_as_told OR is_known THEN 'reported'
        ELSE 'new'
    END AS status,
    if(is_as_told OR is_known, first_reported_on, $as_of) AS first_reported_on
FROM judged
