-- The sheet of terminations, in the order of its rows. case_no is the same from night to night for the same case.
-- grain: one row per termination, key enrollment_id. inputs: work.terminations, work.work_area, work.persons, work.overlaps.
SELECT a.area, 'T-' || case_digits(t.enrollment_id, o.starts_on) AS case_no, p.name, p.certno_canonical,
    t.enrollment_id, t.scheme, t.insu_admdvs, t.emp_no, t.effective_date, t.kept_enrollment_id, t.kept_admdvs,
    o.enrollment_ids AS choices, t.rule_id, t.reason_zh, t.first_reported_on
FROM work.terminations t
JOIN work.work_area a USING (enrollment_id)
LEFT JOIN work.persons p USING (person_id)
LEFT JOIN work.overlaps o USING (overlap_id)
ORDER BY a.area, t.insu_admdvs, t.enrollment_id
