-- The published dataset of the same name; columns, types and order are those of contracts/datasets.py.
SELECT r.enrollment_id, p.person_id, r.insu_admdvs, r.period_begin, r.period_end, r.eligibility, r.case_id, r.personal_amount,
    r.assistance_amount, r.channel, $refund_clause AS clause
FROM refund r
JOIN person p USING (person_key)
ORDER BY enrollment_id, period_begin
