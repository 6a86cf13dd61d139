-- Relations that end because the donor's employee enrollment is terminated or suspended, tonight or, where they name it, before, and those
-- that are not valid: the kinship is not in the list, the donor is no employee enrollee, the beneficiary is active under no basic enrollment
-- (rules 4.4); but not while a row of theirs, of an enrollment or a payment, cannot be used (docs/decisions/0098). Where a relation names no
-- enrollment of the donor, any employee enrollment stands for it, as long as the donor keeps none.
-- grain: one row per relation, key relation_id.
-- inputs: relation, aid.enrollment, aid.spell_row, aid.spell, decided, covered_person, plan.uncovered, doubtful, unread_enrollment,
-- unread_contribution.
WITH named AS (
    -- every row of a donor's enrollments, with the enrollment that it belongs to (rules 1.1)
    SELECT r.enrollment_id AS row_enrollment_id, s.*
    FROM aid.spell_row r
    JOIN aid.spell s USING (enrollment_no)
),
donor AS (
    SELECT t.relation_id, n.* FROM relation t JOIN named n ON n.row_enrollment_id = t.donor_enrollment_id
    UNION ALL
    SELECT t.relation_id, s.enrollment_id, s.* FROM relation t JOIN aid.spell s ON s.person_key = t.donor_key WHERE t.donor_enrollment_id IS NULL
),
tonight AS (
    SELECT enrollment_no, effective_date, action FROM decided WHERE counts AND action IN ('terminate', 'suspend')
),
employee AS (
    SELECT person_key, enrollment_no FROM aid.spell WHERE scheme = 'employee' AND starts_on <= $as_of AND ends_on > $as_of
),
ending AS (
    SELECT relation_id, min(it) AS it
    FROM (
        SELECT d.relation_id, {'day': e.effective_date, 'id': d.enrollment_id, 'action': e.action} AS it
        FROM donor d
        JOIN relation t USING (relation_id)
        JOIN tonight e ON e.enrollment_no = d.enrollment_no
        WHERE d.scheme = 'employee' AND (t.donor_enrollment_id IS NOT NULL
            OR t.donor_key NOT IN (SELECT person_key FROM employee WHERE enrollment_no NOT IN (SELECT enrollment_no FROM tonight)))
        UNION ALL
        SELECT d.relation_id, {'day': d.ends_on, 'id': d.enrollment_id, 'action': if(e.psn_insu_stas = '2', 'suspend', 'terminate')}
        FROM donor d
        JOIN relation t USING (relation_id)
        JOIN aid.enrollment e ON e.row_id = d.enrollment_no
        WHERE d.scheme = 'employee' AND t.donor_enrollment_id IS NOT NULL AND d.ends_on <= $as_of
    )
    GROUP BY relation_id
),
known AS (
    -- a resident enrollment has no account
    SELECT relation_id, arg_max(enrollment_id, (crt_insu_date, enrollment_id)) FILTER (scheme = 'employee') AS enrollment_id, true AS is_known
    FROM donor
    GROUP BY relation_id
),
covered AS (
    -- of the few in question, so that the many are not held
    SELECT person_key FROM covered_person SEMI JOIN relation ON beneficiary_key = person_key
),
unprotected AS (
    -- a newborn who is registered in time is covered from birth (rules 4.5)
    SELECT person_key FROM plan.uncovered WHERE left_out IS DISTINCT FROM 'newborn'
),
in_doubt AS (
    SELECT relation_id FROM relation WHERE donor_enrollment_id IN (SELECT psn_insu_rlts_id FROM unread_enrollment)
    UNION
    SELECT relation_id FROM relation WHERE donor_key IN (SELECT person_key FROM unread_enrollment)
    UNION
    SELECT relation_id FROM relation
    WHERE beneficiary_key IN (SELECT person_key FROM unread_enrollment UNION SELECT person_key FROM unread_contribution)
),
judged AS (
    SELECT t.*, e.it, o.enrollment_id AS known_enrollment_id, o.is_known,
        CASE
            WHEN e.it IS NOT NULL THEN if(e.it.action = 'terminate', 'donor_terminated', 'donor_suspended')
            WHEN t.kinship NOT IN ('spouse', 'parent', 'child', 'sibling', 'grandparent', 'grandchild') THEN 'kinship'
            WHEN t.relation_id IN (FROM in_doubt) THEN NULL
            WHEN t.donor_key NOT IN (SELECT person_key FROM employee) THEN 'donor_not_employee'
            WHEN t.beneficiary_key NOT IN (SELECT person_key FROM covered)
             AND (t.beneficiary_key NOT IN (SELECT person_key FROM doubtful) OR t.beneficiary_key IN (SELECT person_key FROM unprotected))
                THEN 'beneficiary_not_insured'
        END AS reason
    FROM relation t LEFT JOIN ending e USING (relation_id) LEFT JOIN known o USING (relation_id)
)
SELECT relation_id, donor_key, donor_kind, donor_canonical, beneficiary_key, beneficiary_kind, beneficiary_canonical,
    if(it IS NULL, 'invalid', 'dissolved') AS status, reason, unused_quota,
    coalesce(it.id, known_enrollment_id, if(is_known, NULL, donor_enrollment_id), '') AS return_to_enrollment_id,
    CASE WHEN it IS NOT NULL THEN it.day WHEN reason = 'kinship' THEN begin_on ELSE $as_of END AS effective_date
FROM judged
WHERE reason IS NOT NULL
