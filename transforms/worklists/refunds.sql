-- The sheet of refunds, in the order of its rows. case_no is the same from night to night for the same period.
-- grain: one row per refund, key (enrollment_id, period_begin). inputs: work.refunds, work.work_area, work.persons.
SELECT a.area, 'F-' || case_digits(t.enrollment_id, t.period_begin) AS case_no, p.name, p.certno_canonical,
    t.enrollment_id, t.insu_admdvs, t.period_begin, t.period_end, t.eligibility, t.case_id, t.personal_amount, t.assistance_amount,
    t.channel, r.name AS account_name, t.status, t.clause, t.first_reported_on
FROM work.refunds t
JOIN work.work_area a USING (enrollment_id)
LEFT JOIN work.persons p USING (person_id)
LEFT JOIN work.persons r ON r.person_id = t.account_person_id
ORDER BY a.area, t.insu_admdvs, t.enrollment_id, t.period_begin
