-- The published dataset of the same name; columns, types and order are those of contracts/datasets.py.
SELECT w.person_id, w.from_enrollment_id, s.enrollment_id AS to_enrollment_id, w.continuous_months, w.gap_months, w.waiting_months,
    w.benefits_from AS benefit_start, if(w.is_38 AND NOT w.is_continued, $late_enrollment_clause, $continuity_clause) AS clause
FROM spell s
JOIN (SELECT w.*, p.person_id FROM person p JOIN switch w USING (person_key)) w USING (enrollment_no)
ORDER BY person_id, to_enrollment_id
