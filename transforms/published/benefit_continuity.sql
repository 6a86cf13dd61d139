-- The published dataset of the same name; columns, types and order are those of contracts/datasets.py.
SELECT p.person_id, w.from_enrollment_id, s.enrollment_id AS to_enrollment_id, w.continuous_months, w.gap_months, w.waiting_months,
    w.benefits_from AS benefit_start, if(w.is_38 AND NOT w.is_continued, $late_enrollment_clause, $continuity_clause) AS clause
FROM switch w
JOIN spell s USING (enrollment_no)
JOIN person p ON p.person_key = w.person_key
ORDER BY person_id, to_enrollment_id
