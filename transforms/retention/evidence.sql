-- A view: decisions with their evidence as items (see overlap_evidence.sql), in the order of the ladder: the enrollment itself,
-- the one that stays, the dates that were compared, what the departments say, the links of the person's documents, and what
-- was found after the ladder. It is never kept as a table: as text it is
-- larger than everything else about the decisions. An item whose date is not known falls out: || gives null, where evidence_item would
-- give half an item. Where there are many it is read a share of the persons at a time.
-- grain: one row per decision, key (enrollment_id, overlap_id).
-- inputs: decision, overlap_evidence, person_evidence.
SELECT d.*,
    concat_ws(chr(30),
        evidence_item('enrolled', d.enrolled_on, 'enrollment', d.enrollment_id),
        'kept' || chr(31) || d.kept_on || chr(31) || 'enrollment' || chr(31) || d.kept_enrollment_id,
        d.deciding_fact || chr(31) || d.compared_on || chr(31) || 'enrollment' || chr(31) || d.enrollment_id,
        d.deciding_fact || chr(31) || d.kept_compared_on || chr(31) || 'enrollment' || chr(31) || d.kept_enrollment_id,
        if(d.scheme = 'employee', o.of_employee, o.of_resident),
        if(d.rule_id IN ('cross_scheme_one_year', 'cross_scheme_under_one_year'), o.months, NULL),
        if(d.starts_on IS NULL, e.deceased, NULL),
        if(d.starts_on IS NULL, e.deregistered, NULL),
        if(d.rule_id = 'identity_conflict', e.identity_conflict, NULL),
        e.identity_link,
        d.found) AS items
FROM (FROM decision WHERE in_share(person_key)) d
LEFT JOIN (FROM overlap_evidence WHERE in_share(person_key)) o ON o.person_key = d.person_key AND o.starts_on = d.starts_on
LEFT JOIN (FROM person_evidence WHERE in_share(person_key)) e ON e.person_key = d.person_key
