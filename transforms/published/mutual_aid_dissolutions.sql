-- The published dataset of the same name; columns, types and order are those of contracts/datasets.py.
SELECT d.relation_id, o.person_id AS donor_person_id, b.person_id AS beneficiary_person_id, d.status, d.reason, d.unused_quota,
    d.return_to_enrollment_id, d.effective_date, $mutual_aid_clause AS clause
FROM dissolution d
JOIN person o ON o.person_key = d.donor_key
JOIN person b ON b.person_key = d.beneficiary_key
ORDER BY d.relation_id
