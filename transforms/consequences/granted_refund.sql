-- Tonight's refunds as they are published. The slot tells what the ledger holds for one: the paid period; of what a flexible worker
-- had paid ahead the year, because its first month moves when an earlier payment of the employer comes in.
-- grain: one row per refund, key (enrollment_id, slot). inputs: refund, timeline, person.
SELECT t.enrollment_id, t.person_id, r.insu_admdvs, r.period_begin, r.period_end, r.eligibility, r.case_id,
    r.personal_amount, r.assistance_amount, r.channel, a.person_id AS account_person_id, r.effective_date,
    if(r.case_id = 'flexible_prepaid', make_date(year(r.period_begin), 1, 1), r.period_begin) AS slot
FROM timeline t
JOIN refund r USING (enrollment_no)
LEFT JOIN (SELECT person_key, person_id FROM person WHERE person_key IN (SELECT payer_key FROM refund)) a ON a.person_key = r.payer_key
