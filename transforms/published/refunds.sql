-- The published dataset of the same name; columns, types and order are those of contracts/datasets.py.
SELECT s.enrollment_id, p.person_id, r.insu_admdvs, r.period_begin, r.period_end, r.eligibility, r.case_id, r.personal_amount,
    r.assistance_amount, r.channel, $refund_clause AS clause
FROM refund r
JOIN spell s USING (enrollment_no)
JOIN person p ON p.person_key = r.person_key
ORDER BY enrollment_id, period_begin
