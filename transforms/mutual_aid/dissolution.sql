-- Relations that end tonight because the donor's enrollment is terminated or suspended, and those that are not valid: the
-- kinship is not in the list, the donor is no employee enrollee, the beneficiary is active under no basic enrollment
-- (rules 4.4). Where a relation names no enrollment of the donor, any employee enrollment of the donor stands for it.
-- grain: one row per relation, key relation_id.
-- inputs: relation, aid_enrollment, decided, spell_of, enrollment_row, covered_person, plan.uncovered, doubtful.
WITH donor_row AS (
    SELECT r.enrollment_id, coalesce(o.spell_no, r.enrollment_no) AS enrollment_no
    FROM enrollment_row r LEFT JOIN spell_of o USING (enrollment_no)
    WHERE r.enrollment_id IN (SELECT donor_enrollment_id FROM relation) OR r.person_key IN (SELECT donor_key FROM relation)
),
ended AS (
    SELECT r.enrollment_id, d.person_key, d.scheme, d.action, d.effective_date
    FROM donor_row r JOIN decided d USING (enrollment_no)
    WHERE d.counts AND d.action IN ('terminate', 'suspend')
),
ending AS (
    SELECT relation_id, min({'day': effective_date, 'id': enrollment_id, 'action': action}) AS it
    FROM (
        SELECT t.relation_id, e.* FROM relation t JOIN ended e ON e.enrollment_id = t.donor_enrollment_id
        UNION ALL
        SELECT t.relation_id, e.* FROM relation t JOIN ended e ON e.person_key = t.donor_key
        WHERE t.donor_enrollment_id IS NULL AND e.scheme = 'employee'
    )
    GROUP BY relation_id
),
donor AS (
    SELECT relation_id, bool_or(is_employee AND holds) AS is_employee, arg_max(enrollment_id, (is_employee, crt_insu_date, enrollment_id)) AS enrollment_id
    FROM (
        SELECT t.relation_id, a.* FROM relation t JOIN aid_enrollment a ON a.enrollment_id = t.donor_enrollment_id
        UNION ALL
        SELECT t.relation_id, a.* FROM relation t JOIN aid_enrollment a ON a.person_key = t.donor_key
        WHERE t.donor_enrollment_id IS NULL
    )
    GROUP BY relation_id
),
covered AS (
    -- of the few in question, so that the many are not held
    SELECT person_key FROM covered_person SEMI JOIN relation ON beneficiary_key = person_key
),
judged AS (
    SELECT t.*, e.it, o.enrollment_id AS known_enrollment_id,
        CASE
            WHEN e.it IS NOT NULL THEN if(e.it.action = 'terminate', 'donor_terminated', 'donor_suspended')
            WHEN t.kinship NOT IN ('spouse', 'parent', 'child', 'sibling', 'grandparent', 'grandchild') THEN 'kinship'
            WHEN NOT coalesce(o.is_employee, false) THEN 'donor_not_employee'
            WHEN t.beneficiary_key NOT IN (SELECT person_key FROM covered)
             AND (t.beneficiary_key NOT IN (SELECT person_key FROM doubtful) OR t.beneficiary_key IN (SELECT person_key FROM plan.uncovered))
                THEN 'beneficiary_not_insured'
        END AS reason
    FROM relation t LEFT JOIN ending e USING (relation_id) LEFT JOIN donor o USING (relation_id)
)
SELECT relation_id, donor_key, donor_kind, donor_canonical, beneficiary_key, beneficiary_kind, beneficiary_canonical,
    if(it IS NULL, 'invalid', 'dissolved') AS status, reason, unused_quota,
    coalesce(donor_enrollment_id, it.id, known_enrollment_id, '') AS return_to_enrollment_id,
    CASE WHEN it IS NOT NULL THEN it.day WHEN reason = 'kinship' THEN begin_on ELSE $as_of END AS effective_date
FROM judged
WHERE reason IS NOT NULL
